"""docs/backtest.md: its names are those of policies."""

import re
from pathlib import Path

from driftline.backtest.policies import named_policy
from tests.streams import fires

TEXT = (Path(__file__).parents[2] / "docs" / "backtest.md").read_text()


def test_each_name_in_the_table_is_that_of_a_policy():
    names = re.findall(r"^\| `([a-z]+)`", TEXT, re.MULTILINE)
    assert {"never", "daily", "statistical", "alert", "declared"} <= set(names)
    assert [named_policy(name, fires()).name for name in names] == names
