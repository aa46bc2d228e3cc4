"""However a run ends, its status says so: a signal kills it, and one whose process vanished is found lost."""

import os
import signal
import time
from dataclasses import replace
from datetime import timedelta
from itertools import chain, repeat

import pytest
from sqlmodel import select

from driftline import workspace as workspaces
from driftline.clock import now
from driftline.experiments import describe_run, list_runs
from driftline.journal import Point
from driftline.process import this_process
from driftline.store import lock_rows, run_rows
from driftline.tracking import start_run
from driftline.workspace import LockedError
from tests.forks import again, ended, forked
from tests.logged import START_US, a_run, metrics
from tests.logged import ended as has_ended

on_one_database = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def running(workspace, artifacts):
    """What a process does that is amid a run."""

    def work(begun):
        with start_run("income", workspace=again(workspace, artifacts)) as run:
            run.log_metrics({"loss": 0.5})
            run.flush()
            begun()
            time.sleep(60)

    workspace.database.close()  # no connection is shared with the fork
    return work


@on_one_database
def test_a_run_whose_process_is_asked_to_end_is_killed(workspace, tmp_path):
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        with forked(running(workspace, str(tmp_path))) as process:
            assert ended(process, number) == 128 + number
        run = list_runs(workspace)[0]
        assert (run["status"], run["metrics"]) == ("killed", {"loss": 0.5})
        assert f"ended by {number.name}" in describe_run(workspace, run["run_id"])["error"]


def test_a_run_whose_process_vanished_is_found_lost_by_who_reads_it(workspace, tmp_path):
    with forked(running(workspace, str(tmp_path))) as process:
        [run] = list_runs(workspace)
        assert (run["status"], run["ended_at"]) == ("running", None)
        ended(process)
    [run] = list_runs(workspace, status="running") + list_runs(workspace, status="lost")
    assert run["status"] == "lost"
    assert timedelta(0) <= run["ended_at"] - run["started_at"] < timedelta(seconds=60)
    assert f"process {process} on {this_process().host} ended" in describe_run(workspace, run["run_id"])["error"]
    with workspace.database.reading() as session:
        assert run_rows.abandoned_runs(session, now=now()) == []


def test_a_run_of_another_machine_is_lost_once_its_lease_has_ended(workspace):
    run_id = a_run(workspace.database, process=str(replace(this_process(), host="another-host")))
    for left, status in ((timedelta(minutes=1), "running"), (timedelta(minutes=-1), "lost")):
        with workspace.database.transaction() as session:
            session.exec(select(run_rows.RunWriter)).one().heard_at = now() - lock_rows.LEASE + left
        assert describe_run(workspace, run_id)["status"] == status
    a_run(workspace.database, Point(1, "loss", 0, START_US, 0.5), run_id=run_id, process="another-host:1::1.00")
    assert describe_run(workspace, run_id)["status"] == "running"  # it was not lost: the machine was only cut off
    a_run(workspace.database, has_ended(2), run_id=run_id)
    told = describe_run(workspace, run_id)
    assert (told["status"], told["error"]) == ("finished", None)


def test_a_lease_is_renewed_while_its_holder_lives(workspace, monkeypatch):
    monkeypatch.setattr(workspaces, "HEARTBEAT_S", 0.01)
    workspaces._heartbeat.cache_clear()  # that of another test beats by the minute
    with workspace.lock("a door"):
        with workspace.database.transaction() as session:
            session.get(lock_rows.Lock, "a door").expires_at = now() - timedelta(minutes=30)
        with pytest.raises(LockedError), workspace.lock("a door"):  # its holder lives here, and may have slept
            pass
        ends = time.monotonic() + 10
        while time.monotonic() < ends:
            with workspace.database.reading() as session:
                if session.get(lock_rows.Lock, "a door").expires_at > now() + lock_rows.LEASE / 2:
                    break
        assert time.monotonic() < ends


@on_one_database
def test_what_a_user_has_said_of_a_signal_stays_and_after_a_run_it_does_what_it_did_before(workspace):
    seen, other = [], signal.getsignal(signal.SIGHUP)
    before = signal.signal(signal.SIGTERM, lambda number, _: seen.append(number))
    try:
        with start_run("income", workspace=workspace):
            signal.raise_signal(signal.SIGTERM)
        assert seen == [signal.SIGTERM]
        assert signal.getsignal(signal.SIGHUP) is other
    finally:
        signal.signal(signal.SIGTERM, before)


@on_one_database
def test_a_process_that_is_forked_amid_a_run_does_not_end_it(workspace, tmp_path):
    def helper(begun):
        begun()
        time.sleep(60)

    def work(begun):
        with start_run("income", workspace=again(workspace, str(tmp_path))), forked(helper) as process:
            assert ended(process, signal.SIGTERM) == -signal.SIGTERM
        begun()

    workspace.database.close()
    with forked(work) as process:
        os.waitpid(process, 0)
    assert [run["status"] for run in list_runs(workspace)] == ["finished"]


@on_one_database
def test_a_clock_that_is_set_back_drops_no_point_and_makes_no_run_end_before_its_start(workspace):
    at = now()
    times = chain([at, at], repeat(at - timedelta(days=1)))
    with start_run("income", workspace=replace(workspace, clock=lambda: next(times))) as run:
        for value in (3.0, 2.0, 1.0):
            run.log_metrics({"loss": value})
    [told] = list_runs(workspace)
    assert 0 <= told["duration_s"] < 60
    [summary] = metrics(workspace, run.run_id).values()
    assert (summary.count, summary.first, summary.last) == (3, 3.0, 1.0)
