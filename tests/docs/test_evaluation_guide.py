"""docs/evaluation.md: its code runs, and its table names each metric with what else it is called."""

import re
from dataclasses import replace
from pathlib import Path

from driftline.metrics.catalogue import ALIASES, METRICS
from driftline.predictions import predict
from tests.streams import fires

TEXT = (Path(__file__).parents[2] / "docs" / "evaluation.md").read_text()
CODE = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)


def test_the_declaration_of_the_guide_is_one():
    names: dict[str, object] = {}
    exec(CODE[0], names)  # noqa: S102
    assert names["fires"].metrics == ("auroc", "average_precision", "balanced_accuracy", "recall")


def test_the_guarded_declaration_of_the_guide_is_one():
    names: dict[str, object] = {}
    exec(CODE[0] + CODE[2], names)  # noqa: S102
    assert names["guarded"].slices == ("station",)


def test_each_metric_and_each_alias_is_in_the_table():
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \|", TEXT, re.MULTILINE)
    told = {name: {*re.findall(r"`(\w+)`", also)} for name, also in rows}
    assert told == {name: {alias for alias, own in ALIASES.items() if own == name} for name in METRICS}


def test_the_window_of_the_guide_is_measured(served, monkeypatch, capsys):
    predict(served, fires(), [f"2025-03-{number}" for number in range(17, 24)])
    monkeypatch.setattr("driftline.open_workspace", lambda: replace(served), raising=False)
    exec(CODE[1], {"fires": fires()})  # noqa: S102
    *metrics, labels = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in metrics] == ["auroc", "f1"]
    assert labels == "420 of 420 predictions of [2025-03-17, 2025-03-24) are labelled"
    exec(CODE[3], {"fires": fires(), "open_workspace": lambda: served})  # noqa: S102
    assert re.fullmatch(r"precision 0\.\d\d at recall 1\.00\n", capsys.readouterr().out)
