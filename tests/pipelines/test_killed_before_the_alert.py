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
from driftline.pipelines import WorkspaceResource, alert_sensor
from tests.histories import decisions
from tests.lost_levels import LOST, lost_look, said
from tests.receivers import hook
from tests.streams import LONG_AFTER, day, fires

ROOT = Path(__file__).parents[2]
TOLD = (Alert(on="decision"),)
PIPELINE = fires(retrain=Retrain(trigger=Recovery()), alerts=TOLD)
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
    for number, rows in enumerate((200, 400, 800)):
        lost_look(replace(serving, clock=lambda: LONG_AFTER), day(f"2025-03-{3 + 5 * number:02}"), rows)
    said(serving, "2025-03-18", LOST)
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
