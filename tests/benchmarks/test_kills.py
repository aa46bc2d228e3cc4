"""benchmarks/kills.py in short: killed work leaves nothing false and holds nothing up; the check is not blind."""

import os
from dataclasses import replace
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.test_utils import create_run_for_test
from sqlalchemy import text

from benchmarks import kills
from benchmarks.kills import WORK, Left
from driftline.pipelines import dagster_home, open_instance
from driftline.tracking import start_run
from driftline.workspace import open_workspace

KILLS = {kills.script: 0.2, kills.retraining: 0.8, kills.backfilling: 0.8, kills.delivery: 0.2, kills.switching: 0.3}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A project in use: the working directory, and the settings, of processes that are forked."""
    before, settings = Path.cwd(), dict(os.environ)
    os.environ.pop("DRIFTLINE_DATABASE_URL", None)
    kills.make_project(tmp_path_factory.mktemp("kills"))
    kills.forked(kills.prepare)
    yield
    os.chdir(before)
    os.environ.clear()
    os.environ.update(settings)


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("work", KILLS, ids=[work.__name__ for work in KILLS])
def test_killed_work_leaves_nothing_false_and_holds_nothing_up(work):
    left = kills.kill(work, kills=1, within_s=KILLS[work])
    assert replace(left, orphans=0) == Left()


def test_all_work_that_is_killed_at_length_is_killed_here():
    assert set(WORK.values()) == set(KILLS)


def falsify():
    """Leave what no killed process may leave."""
    workspace = open_workspace()
    workspace.artifacts.put(b"that nothing names")
    with open_instance(dagster_home()) as instance:
        create_run_for_test(instance, status=dg.DagsterRunStatus.STARTED)
    with start_run("script", workspace=workspace) as run:
        digest = run.log_bytes(b"that is gone", "model.txt")
        run.flush()
        for segment in workspace.journals.glob("*.0"):
            segment.unlink()
        with workspace.database.transaction() as session:
            session.connection().execute(text("DELETE FROM run_writer"))
        (Path("home") / "artifacts" / digest[:2] / digest[2:]).unlink()
        os._exit(0)


@pytest.mark.usefixtures("project")
def test_the_check_sees_what_is_false(monkeypatch):
    monkeypatch.setattr(kills, "FOUND", Path("falsified.json"))
    kills.forked(falsify)
    kills.forked(kills.look)
    assert replace(kills.found(), gaps=0) == Left(false_states=1, blocking=1, broken=1, orphans=1)
