"""docs/ground_truth.md: its table names what is counted of a delivery."""

import re
from dataclasses import fields
from pathlib import Path

from driftline.ground_truth import AddedGroundTruth

TEXT = (Path(__file__).parents[2] / "docs" / "ground_truth.md").read_text()


def test_each_count_of_a_delivery_is_in_the_table():
    counts = {field.name.removesuffix("_count") for field in fields(AddedGroundTruth) if "_count" in field.name}
    assert set(re.findall(r"^\| `(\w+)`", TEXT, re.MULTILINE)) == counts - {"row"}
