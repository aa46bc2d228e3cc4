"""`driftline level`: what a person sees of the level, accepts and sets."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from driftline import Recovery, Retrain
from driftline.cli.app import app
from driftline.drift_reports import accept_level, newest_health, report_drift
from driftline.drift_reports.errors import InvalidLevelError
from driftline.predictions import predict
from driftline.registry import known_model, load_decisions
from driftline.retraining import adjudicate, read_dataset, train
from driftline.rows.errors import NotMaterializedError
from driftline.store import decision_rows
from tests.streams import fires

DAYS = [f"2025-02-{day}" for day in range(10, 24)]
RECOVERING = Retrain(trigger=Recovery(window="3d", long_window="6d"))


@pytest.fixture
def served(workspace):
    """Two weeks of a stream that were predicted and reported on."""
    pipeline = fires(retrain=RECOVERING)
    start = replace(workspace, replay_at=pipeline.partitions.first)
    for step in (read_dataset, train, adjudicate):
        step(start, pipeline)
    known = replace(workspace, replay_at=pipeline.partitions.window(DAYS[-1]).end + timedelta(days=1))
    predict(known, pipeline, DAYS)
    assert not report_drift(known, pipeline, DAYS).failed
    return workspace


def test_a_level_that_is_set_counts_from_the_next_report_on(served):
    pipeline = fires(retrain=RECOVERING)
    before = newest_health(served, "fires")
    changed = accept_level(served, "fires", actor="ada", reason="A strike.", level=0.3)
    assert (changed.level, changed.before) == (0.3, before.level)
    following = "2025-02-24"
    known = replace(served, replay_at=pipeline.partitions.window(following).end + timedelta(days=1))
    predict(known, pipeline, [following])
    health = report_drift(known, pipeline, [following]).done[following].report.health
    assert (health.level, health.level_since) == (0.3, before.as_of)
    with served.database.reading() as session:
        rows = decision_rows.decisions(session, known_model(session, "fires").id, kind=decision_rows.DecisionKind.LEVEL)
        [decision] = load_decisions(session, rows).values()
    assert (decision.actor, decision.status) == ("ada", "accepted")
    assert decision.events[0].details["reason"] == "A strike."


def test_what_is_lost_now_can_be_accepted(served):
    health = newest_health(served, "fires")
    assert accept_level(served, "fires", actor="ada", reason="So be it.").level == pytest.approx(health.bound)


@pytest.mark.parametrize("level", [0.0, -1.0, float("nan"), float("inf")])
def test_what_is_no_loss_is_refused(served, level):
    with pytest.raises(InvalidLevelError):
        accept_level(served, "fires", actor="ada", reason="A slip.", level=level)


def test_a_pipeline_without_reports_has_no_health(workspace):
    pipeline = fires()
    start = replace(workspace, replay_at=pipeline.partitions.first)
    for step in (read_dataset, train, adjudicate):
        step(start, pipeline)
    with pytest.raises(NotMaterializedError):
        newest_health(workspace, "fires")


def test_the_command_shows_and_sets(served, monkeypatch):
    for name in ("open_workspace", "read_workspace"):
        monkeypatch.setattr(f"driftline.workspace.{name}", lambda: served)
    shown = CliRunner().invoke(app, ["level", "fires", "--json"])
    assert json.loads(shown.stdout)["level"] == newest_health(served, "fires").level
    in_words = CliRunner().invoke(app, ["level", "fires"])
    assert "level" in in_words.stdout
    done = CliRunner().invoke(app, ["level", "fires", "--set", "0.25", "--reason", "Agreed.", "--json"])
    assert json.loads(done.stdout)["level"] == 0.25
