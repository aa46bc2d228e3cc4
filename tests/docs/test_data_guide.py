"""docs/data.md: its rules can be declared, and its table names each of them."""

import re
from pathlib import Path

import driftline
from driftline.quality import QualityRule

TEXT = (Path(__file__).parents[2] / "docs" / "data.md").read_text()


def test_the_rules_of_the_guide_can_be_declared():
    names: dict[str, object] = {}
    exec(re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)[0], names)  # noqa: S102
    checks = [rule.check_name for rule in names["census"].quality]
    assert checks[:2] == ["accepted_range_age", "accepted_range_hours_per_week_warn"]
    assert names["updated"].quality[0].column == "updated_at"


def test_each_rule_is_in_the_table():
    exported = {name: getattr(driftline, name) for name in driftline.__all__}
    rules = {name for name, kind in exported.items() if isinstance(kind, type) and issubclass(kind, QualityRule)}
    assert set(re.findall(r"^\| `(\w+)\(", TEXT, re.MULTILINE)) == rules
