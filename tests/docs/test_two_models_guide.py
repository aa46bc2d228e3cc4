"""docs/two_models.md: its code runs; its commands are tested with those of all guides."""

import re
from dataclasses import replace
from pathlib import Path

from tests.histories import another_version
from tests.streams import day, fires

TEXT = (Path(__file__).parents[2] / "docs" / "two_models.md").read_text()
SHADOW, BANDIT, SHARE = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)


def test_a_shadow_is_begun_and_compared_as_the_guide_says(served, monkeypatch, capsys):
    another_version(served)
    monkeypatch.setattr("driftline.workspace.open_workspace", lambda: replace(served, replay_at=day("2025-02-12")))
    exec(SHADOW, {"fires": fires()})  # noqa: S102
    assert capsys.readouterr().out == "version 2: 0 rows are compared, 0 partitions wait\n"


def test_a_bandit_is_begun_as_the_guide_says(served, monkeypatch, capsys):
    another_version(served)
    monkeypatch.setattr("driftline.workspace.open_workspace", lambda: replace(served, replay_at=day("2025-02-12")))
    exec(BANDIT, {"fires": fires()})  # noqa: S102
    assert capsys.readouterr().out == "version 2 beside 1: go_on, 0 partitions\n"


def test_the_share_of_the_guide_is_what_the_rewards_say(capsys):
    names: dict[str, object] = {}
    exec(SHARE, names)  # noqa: S102
    assert capsys.readouterr().out == "go_on 0.82\n"
    assert names["served"].shape == (2,)
