"""docs/drift.md: its declaration is one, and it names each rule and each kind of finding."""

import re
from dataclasses import is_dataclass
from pathlib import Path
from typing import get_args

from driftline import drift
from driftline.declaration import ModelPipeline
from driftline.drift import FindingKind
from tests.streams import fires

TEXT = (Path(__file__).parents[2] / "docs" / "drift.md").read_text()


def test_the_rules_of_the_guide_can_be_declared():
    names: dict[str, object] = {}
    for code in re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL):
        exec(code, names)  # noqa: S102
        declared = fires(
            metrics=("auroc", "accuracy"),
            drift=names["drift"],
            **{key: names[key] for key in ("retrain",) if key in names},
        )
        assert isinstance(declared, ModelPipeline)


def test_each_rule_and_each_kind_of_finding_is_named():
    rules = {name for name, value in vars(drift).items() if is_dataclass(value) and hasattr(value, "findings")}
    assert {"PerformanceDrift", "RetrainTrigger"} < rules
    names = [*sorted(rules), *get_args(FindingKind)]
    assert [name for name in names if f"`{name}" not in TEXT] == []
