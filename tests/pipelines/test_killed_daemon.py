"""The daemon is killed at random, again and again: each drift report is decided once, and each yes is run once.

A tick costs the start of a daemon; `DRIFTLINE_TEST_TICKS=30` asks for as many ticks, in some minutes.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager

import pytest
from sqlalchemy import func
from sqlmodel import col, select

from driftline.clock import now
from driftline.declaration import DECISION_TAG
from driftline.pipelines import dagster_home, open_instance
from driftline.registry import find_version
from driftline.retraining import adjudicate, read_dataset, train
from driftline.store import drift_rows
from driftline.store.decision_rows import DecisionRow, DecisionStatus
from driftline.store.drift_rows import DriftReportRow
from driftline.workspace import open_workspace

TICKS = int(os.environ.get("DRIFTLINE_TEST_TICKS", "6"))
PROJECT = """
import dagster as dg
from driftline import Daily, LightGBM, ModelPipeline, Newest, PerformanceDrift, Promote, Retrain, Target
from driftline.datasets import simulate_fire_risk
from driftline.pipelines import WorkspaceResource, build, drift_sensor

fires = ModelPipeline(
    name="fires",
    dataset=lambda window: simulate_fire_risk(window, rows_per_day=60),
    target=Target("fire", positive_class="yes"),
    trainer=LightGBM(num_leaves=7, trees=5, min_leaf_rows=10),
    metrics=("auroc",),
    holdout=Newest(duration="7d"),
    partitions=Daily("2025-02-10"),
    entity=("station",),
    training_window="28d",
    drift=(PerformanceDrift("auroc"),),
    retrain=Retrain(trigger=None, cooldown="15s", budget_per_week=1000),
    promote=Promote(confidence=None),
)
defs = dg.Definitions.merge(
    build(fires),
    dg.Definitions(
        resources={"workspace": WorkspaceResource()},
        sensors=[drift_sensor([fires], interval_s=1)],
        executor=dg.in_process_executor,
    ),
)
"""
FINDING = {
    "kind": "performance",
    "name": "auroc",
    "method": "z test",
    "statistic": 4.1,
    "effect_name": "drop",
    "effect": 0.08,
    "threshold": 0.02,
    "p_value": 0.0001,
    "reference_rows": 400,
    "analysis_rows": 120,
    "verdict": "drift",
    "note": "auroc fell.",
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A project in use: its first model serves."""
    (tmp_path / "definitions.py").write_text(PROJECT)
    monkeypatch.setenv("DRIFTLINE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home" / "dagster"))
    monkeypatch.setenv("PYTHONWARNINGS", "ignore")
    return tmp_path


@pytest.fixture
def production(folder):
    opened = open_workspace()
    names: dict = {}
    exec(PROJECT, names)  # noqa: S102
    for step in (read_dataset, train, adjudicate):
        step(opened, names["fires"])
    yield opened
    opened.database.close()


@contextmanager
def daemon(folder):
    """The real daemon in a process group of its own, killed at the end whatever it does then."""
    command = [sys.executable, "-m", "dagster._daemon", "run", "-f", "definitions.py", "-d", str(folder)]
    with (folder / "daemon.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, start_new_session=True)
        try:
            yield
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def report(production, number):
    """A new report on the version that serves; every second one shows drift."""
    champion = find_version(production, "fires@champion")
    drifted = number % 2 == 0
    with production.database.transaction() as session:
        drift_rows.add_report(
            session,
            model_id=champion.model_id,
            version_id=champion.id,
            partition_key=f"2026-01-{number:03}",
            reference="the holdout",
            verdict="drift" if drifted else "ok",
            summary="auroc fell." if drifted else "No drift.",
            digest=f"report {number}",
            created_at=now(),
            findings=[FINDING] if drifted else [],
        )


def ticks(instance):
    return [
        tick
        for state in instance.all_instigator_state()
        if state.name == "drift"
        for tick in instance.get_ticks(state.instigator_origin_id, state.selector_id)
    ]


def wait_for(happened, folder):
    ends = time.monotonic() + 90
    while not happened():
        assert time.monotonic() < ends, (folder / "daemon.log").read_text()[-2000:]
        time.sleep(0.05)


def undecided(production):
    with production.database.reading() as session:
        return drift_rows.undecided_reports(session)


def test_each_report_is_decided_once_and_each_yes_is_run_once(folder, production):
    chance = random.Random(7)  # noqa: S311  (of when to kill)
    number, kills = 0, 0
    with open_instance(dagster_home()) as instance:
        while len(ticks(instance)) < TICKS or undecided(production):
            seen = len(ticks(instance))
            with daemon(folder):
                for _ in range(3 if seen < TICKS else 0):
                    number += 1
                    report(production, number)
                wait_for(lambda seen=seen: len(ticks(instance)) > seen, folder)
                time.sleep(chance.uniform(0, 2.5))  # amid the tick, between two, or in the launch of a run
            kills += 1
        asked = Counter(run.tags["dagster/run_key"] for run in instance.get_runs() if DECISION_TAG in run.tags)
    with production.database.reading() as session:
        counted = select(DecisionRow.drift_report_id, func.count()).group_by(DecisionRow.drift_report_id)
        decided = dict(session.exec(counted).all())
        reports = list(session.exec(select(DriftReportRow.id)))
        on_reports = select(DecisionRow.id).where(col(DecisionRow.drift_report_id).is_not(None))
        yes = set(session.exec(on_reports.where(DecisionRow.status != DecisionStatus.DECLINED)))
    assert kills >= TICKS / 2
    assert len(reports) == number
    assert [decided[id_] for id_ in reports] == [1] * number
    assert yes
    assert set(asked.values()) == {1}
    assert {int(key.split(":")[2]) for key in asked} <= yes
