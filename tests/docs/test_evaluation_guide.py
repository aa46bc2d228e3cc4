"""docs/evaluation.md: its code runs, and its table names each metric with what else it is called."""

import re
from pathlib import Path

from driftline.metrics.catalogue import ALIASES, METRICS
from tests.streams import fires

TEXT = (Path(__file__).parents[2] / "docs" / "evaluation.md").read_text()
CODE = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)


def test_what_the_guide_declares_can_be_declared():
    names: dict[str, object] = {}
    exec(CODE[0] + CODE[2], names)  # noqa: S102
    declared = fires(**{key: names[key] for key in ("metrics", "drift", "alerts", "slices", "promote")})
    assert declared.metrics == ("auroc", "average_precision", "balanced_accuracy", "recall")


def test_each_metric_and_each_alias_is_in_the_table():
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \|", TEXT, re.MULTILINE)
    told = {name: {*re.findall(r"`(\w+)`", also)} for name, also in rows}
    assert told == {name: {alias for alias, own in ALIASES.items() if own == name} for name in METRICS}
