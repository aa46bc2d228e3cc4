"""docs/alerts.md: its declaration is one, and its table names each kind of alert."""

import re
from pathlib import Path
from typing import get_args

from driftline.declaration import AlertKind
from tests.streams import fires

TEXT = (Path(__file__).parents[2] / "docs" / "alerts.md").read_text()


def test_the_declaration_of_the_guide_is_one():
    [code] = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    names: dict[str, object] = {}
    exec(code, names)  # noqa: S102
    declared = fires(floor=0.6, alerts=names["alerts"])
    assert [rule.on for rule in declared.alerts].count("evaluation") == 2


def test_each_kind_of_alert_is_in_the_table():
    assert set(re.findall(r"^\| `(\w+)` \|", TEXT, re.MULTILINE)) == {*get_args(AlertKind), "on"}
