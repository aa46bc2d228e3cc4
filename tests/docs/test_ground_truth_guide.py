"""docs/ground_truth.md: its declaration is one, its delivery runs, and its table names what is counted."""

import re
from dataclasses import fields, replace
from pathlib import Path

import pytest

from driftline import Window
from driftline.ground_truth import AddedGroundTruth
from tests.streams import Forest, day

TEXT = (Path(__file__).parents[2] / "docs" / "ground_truth.md").read_text()
DECLARED, DELIVERED = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)


@pytest.fixture
def names():
    """What the guide's first block declares, and the labels of a day."""
    declared: dict[str, object] = {}
    exec(DECLARED, declared)  # noqa: S102
    rows = Forest()(Window(day("2025-02-10"), day("2025-02-11")))
    return {**declared, "labels": rows[["time", "station", "fire"]]}


def test_the_declaration_of_the_guide_takes_its_labels_from_deliveries(names):
    assert names["fires"].ground_truth.delivered


def test_the_delivery_of_the_guide_is_made_once(served, names, monkeypatch, capsys):
    monkeypatch.setattr("driftline.workspace.open_workspace", lambda: replace(served))
    exec(DELIVERED, names)  # noqa: S102
    exec(DELIVERED, names)  # noqa: S102
    assert capsys.readouterr().out == "60 new, 0 the same, 0 corrected\n0 new, 60 the same, 0 corrected\n"


def test_each_count_of_a_delivery_is_in_the_table():
    counts = {field.name.removesuffix("_count") for field in fields(AddedGroundTruth) if "_count" in field.name}
    assert set(re.findall(r"^\| `(\w+)`", TEXT, re.MULTILINE)) == counts - {"row"}
