"""`driftline shadow`, `promote` and `rollback`: two versions at once, and a switch by hand."""

import json
import shutil
from dataclasses import replace

import pytest

from driftline.rollout import shadow
from driftline.settings import Settings
from driftline.workspace import open_workspace
from tests.streams import day

RANGE = ("fire_risk", "--from", "2025-02-20", "--to", "2025-02-22")


@pytest.fixture
def command(replayed, tmp_path):
    """The command line on a copy of the replayed database, with a Dagster history of its own."""
    home = tmp_path / "home"
    shutil.copytree(replayed[0].home, home, ignore=shutil.ignore_patterns("dagster"))
    return replace(replayed[0], home=home)


@pytest.fixture
def shadowed(command):
    """The same, where version 2 was in the shadow of version 1 from 20 February on."""
    settings = Settings(home=command.home, database_url=None, artifacts_url=None)
    opened = open_workspace(settings, replay_at=day("2025-02-20"))
    shadow(opened, "fire_risk", 2, actor="ann", reason="try it")
    opened.database.close()
    return command


def told(shown):
    assert shown.returncode == 0, shown.stderr
    return json.loads(shown.stdout)


def test_a_backfill_scores_in_the_shadow_too_and_both_are_compared(shadowed):
    before = told(shadowed("backfill", *RANGE, "--missing", "--json"))
    assert told(shadowed("backfill", *RANGE, "--json"))["metrics"] == before["metrics"]
    found = told(shadowed("shadow", "fire_risk", "--json"))
    assert (found["challenger"], found["champions"], found["row_count"]) == (2, [1], 180)
    assert found["partitions"] == ["2025-02-20", "2025-02-21", "2025-02-22"]
    assert [one["metric"] for one in found["comparisons"]] == ["auroc", "log_loss"]
    shown = shadowed("shadow", "fire_risk").stdout
    assert "fire_risk: version 2 in the shadow of version 1" in shown
    assert "180 labelled rows of 3 partitions are compared" in shown


def test_a_shadow_begins_and_ends(command):
    assert told(command("shadow", "fire_risk", 1, "--reason", "once more", "--json"))["version"] == 1
    [model] = told(command("models", "--json"))
    assert (model["champion"], model["challenger"]) == (2, 1)
    assert "no row that both scored is labelled yet" in command("shadow", "fire_risk").stdout
    assert "Version 1 of fire_risk has left the shadow." in command("shadow", "fire_risk", "--end").stdout
    shown = told(command("models", "fire_risk", "--json"))
    assert [(e["version"], e["previous"]) for e in shown["shadows"]] == [(None, 1), (1, None)]
    assert "once more" in command("models", "fire_risk").stdout


def test_the_champion_is_switched_and_switched_back(command):
    shown = command("promote", "fire_risk", 1, "--reason", "Version 2 rings at night.")
    assert "Version 1 of fire_risk is champion of partitions that start from" in shown.stdout
    assert "never judged" not in shown.stdout
    assert told(command("models", "--json"))[0]["champion"] == 1
    assert "Version 2 of fire_risk is champion again" in command("rollback", "fire_risk").stdout
    assert told(command("models", "--json"))[0]["champion"] == 2


def test_a_switch_that_is_planned_for_later_can_be_cancelled(command):
    planned = told(command("promote", "fire_risk", 1, "--reason", "try", "--at", "2090-01-01", "--json"))
    assert planned["effective_at"] == "2090-01-01T00:00:00+00:00"
    assert told(command("models", "--json"))[0]["champion"] == 2
    assert told(command("rollback", "fire_risk", "--json"))["version"] == 2
    assert told(command("models", "fire_risk", "--at", "2091-01-01", "--json"))["version"] == 2


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("shadow", "fire_risk"), "No version of 'fire_risk' is 'challenger' yet"),
        (("shadow", "fire_risk", 2), "cannot be in its own shadow"),
        (("shadow", "fire_risk", 1, "--end"), "Leave the version 1 out"),
        (("promote", "fire_risk", 2, "--reason", "x"), "is champion already"),
        (("promote", "fire_risk", 9, "--reason", "x"), "has no version 9"),
        (("promote", "fire_risk", 1, "--reason", "x", "--at", "2025-01-01"), "Name a time to come"),
        (("rollback", "fire_risc"), "fire_risc"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(replayed, words, sentence):
    shown = replayed[0](*words)
    assert (shown.returncode, shown.stdout) == (1, "")
    assert sentence in shown.stderr
    assert "Traceback" not in shown.stderr
