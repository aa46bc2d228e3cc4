"""`driftline bandit`: started, looked at and stopped on the command line; the monitoring step does the rest."""

import json
import shutil
from dataclasses import replace

import pytest

from driftline.rollout import start_bandit
from driftline.settings import Settings
from driftline.workspace import open_workspace
from tests.streams import day, fires

RANGE = ("fire_risk", "--from", "2025-03-20", "--to", "2025-03-22")


@pytest.fixture
def command(replayed, tmp_path):
    """The command line on a copy of the replayed database, in which version 2 is champion."""
    home = tmp_path / "home"
    shutil.copytree(replayed[0].home, home, ignore=shutil.ignore_patterns("dagster"))
    return replace(replayed[0], home=home)


@pytest.fixture
def shared(command):
    """The same, where version 1 shares the keys from 20 March 2025 on."""
    opened = open_workspace(Settings(home=command.home, database_url=None, artifacts_url=None))
    pipeline = replace(fires(), name="fire_risk")
    start_bandit(replace(opened, replay_at=day("2025-03-20")), pipeline, 1, actor="ann", reason="try it")
    opened.database.close()
    return command


def told(shown):
    assert shown.returncode == 0, shown.stderr
    return json.loads(shown.stdout)


def test_a_backfill_shares_the_keys_and_ends_a_bandit_whose_time_is_over(shared):
    shown = shared("backfill", *RANGE, "--json")
    assert shown.returncode == 0, shown.stderr
    found = told(shared("bandit", "status", "fire_risk", "--json"))
    assert (found["champion"], found["challenger"]) == (2, 1)
    assert [one["partition"] for one in found["partitions"]] == ["2025-03-20", "2025-03-21", "2025-03-22"]
    assert [one["label_count"] for one in found["partitions"]][:2] == [0, 0]
    assert found["outcome"].startswith("Keep: no winner within 30 days")
    shown = shared("bandit", "status", "fire_risk").stdout
    assert "fire_risk: version 1 beside version 2" in shown
    assert "too few rewards to say what it would earn" in shown
    assert [model["challenger"] for model in told(shared("models", "--json"))] == [None]


def test_a_bandit_is_started_and_stopped(command):
    shown = command("bandit", "start", "fire_risk", 1, "--reason", "try it", "--min-share", 0.2)
    assert "Version 1 of fire_risk and the champion share the keys" in shown.stdout
    assert "no partition has been predicted yet" in command("bandit", "status", "fire_risk").stdout
    assert "runs already" in command("bandit", "start", "fire_risk", 1, "--reason", "again").stderr
    ended = told(command("bandit", "stop", "fire_risk", "--reason", "enough", "--json"))
    assert ended["status"] == "kept"
    assert ended["outcome"].endswith(": enough")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("status", "fire_risk"), "There is no such bandit of 'fire_risk'"),
        (("stop", "fire_risk", "--reason", "x"), "There is no such bandit of 'fire_risk'"),
        (("start", "fire_risk", 2, "--reason", "x"), "cannot be in its own shadow"),
        (("start", "fire_risk", 1, "--reason", "x", "--min-share", 0.9), "min_share=0.9"),
        (("start", "fire_risk", 1, "--reason", "x", "--max-age", "soon"), "soon"),
        (("status", "fire_risc"), "fire_risc"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(replayed, words, sentence):
    shown = replayed[0]("bandit", *words)
    assert (shown.returncode, shown.stdout) == (1, "")
    assert sentence in shown.stderr
    assert "Traceback" not in shown.stderr
