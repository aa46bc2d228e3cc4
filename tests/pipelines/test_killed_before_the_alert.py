"""A process is killed between the acceptance of a level and the alert about it: people are told, and told once."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import dagster as dg
import pytest

from driftline import Alert, Recovery, Retrain
from driftline.health import Condition, Health, HealthRule, MeanLoss
from driftline.pipelines import WorkspaceResource, alert_sensor
from driftline.registry import find_version
from driftline.store import drift_rows
from tests.histories import decided, decisions
from tests.receivers import hook
from tests.streams import LONG_AFTER, day, fires

ROOT = Path(__file__).parents[2]
TOLD = (Alert(on="decision"),)
PIPELINE = fires(retrain=Retrain(trigger=Recovery()), alerts=TOLD)
LOST = Health(
    as_of=day("2025-03-19"),
    condition=Condition.RECOVERING,
    rule=HealthRule.LEVEL_NOT_REGAINED,
    champion_id=1,
    level=0.1,
    loss=MeanLoss(value=0.2, standard_error=0.01, row_count=700),
    entered_at=day("2025-02-10"),
    changed_at=day("2025-02-08"),
    anchor_id=1,
    rows_since_change=1000,
)
DECIDE = """
from driftline.retraining import decide_reports
from driftline.workspace import open_workspace
from tests.pipelines.test_killed_before_the_alert import PIPELINE
from tests.streams import LONG_AFTER

workspace = open_workspace(replay_at=LONG_AFTER)
decide_reports(workspace, {"fires": PIPELINE})
"""
RAISE = """
from driftline.alerting import raise_alerts

raise_alerts(workspace, {"fires": PIPELINE}, channels=1, dagster_url="http://dagster.example")
"""
DIE = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)\n"


@pytest.fixture
def lost(serving):
    """The level is lost, and three challengers on ever more rows have not brought it back."""
    champion = find_version(serving, "fires@champion")
    for number, rows in enumerate((200, 400, 800)):
        plan = {"look": "rows_have_grown", "rows_since_change": rows, "window_is_new": False, "holdout_is_whole": True}
        at = day(f"2025-03-{3 + 5 * number:02}")
        decided(replace(serving, clock=lambda: LONG_AFTER), champion.model_id, "kept", as_of=at, details={"plan": plan})
    with serving.database.transaction() as session:
        drift_rows.add_report(
            session,
            model_id=champion.model_id,
            version_id=champion.id,
            partition_key="2025-03-18",
            reference="the holdout",
            verdict="degraded",
            summary="The level is not regained.",
            digest="lost",
            created_at=serving.clock(),
            health=LOST.to_json(),
        )
    return serving


def killed(code):
    """Run code in a process that is killed at its end, without a chance to do anything more."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    ended = subprocess.run([sys.executable, "-c", code + DIE], cwd=ROOT, env=environment, check=False)
    assert ended.returncode == -signal.SIGKILL


def tick(dagster):
    resources = {"workspace": WorkspaceResource(replay_at=LONG_AFTER.isoformat())}
    defs = dg.Definitions(resources=resources, sensors=[alert_sensor([PIPELINE])])
    with dg.build_sensor_context(instance=dagster.instance, definitions=defs, resources=resources) as context:
        return defs.resolve_sensor_def("alerts").evaluate_tick(context).skip_message


@pytest.mark.parametrize("done", [DECIDE, DECIDE + RAISE], ids=["before the alert", "before it is sent"])
def test_an_accepted_level_is_told_once_although_its_process_was_killed(dagster, lost, monkeypatch, done):
    with hook() as received:
        monkeypatch.setenv("DRIFTLINE_ALERT_URLS", received.url)
        killed(done)
        assert decisions(lost)[-1].status == "accepted"
        assert received.told == []
        tick(dagster)
        tick(dagster)
        told = [one["message"] for one in received.told if "A lower level is accepted" in one["message"]]
        assert len(told) == 1
