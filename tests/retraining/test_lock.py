"""Two trainings of one pipeline never run together, and a dead holder blocks nobody."""

import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta

import pytest

from driftline.clock import now
from driftline.process import process_here, this_process
from driftline.retraining import adjudicate, read_dataset, train
from driftline.store import lock_rows, run_rows
from driftline.workspace import LockedError
from tests.histories import decisions
from tests.retrainings import Broken
from tests.streams import fires


def test_an_interrupted_training_is_killed_and_gives_its_lock_back(served):
    read_dataset(served, fires())
    with pytest.raises(KeyboardInterrupt):
        train(served, fires(trainer=Broken(KeyboardInterrupt())))
    with served.database.reading() as session:
        assert [run.status for run in run_rows.newest_runs(session, first=1)] == ["killed"]
    assert decisions(served)[-1].status == "failed"
    assert train(served, fires()).version.version == 2


def test_two_trainings_of_one_pipeline_never_run_together(served):
    with served.lock("retraining fires"):
        with pytest.raises(LockedError, match="already being done"):
            train(served, fires())
        with pytest.raises(LockedError):
            adjudicate(served, fires())
    assert len(decisions(served)) == 1


def test_of_several_that_take_a_free_lock_at_once_one_has_it(served):
    def hold(_):
        try:
            with served.lock("a door"):
                entered.append(1)
                done.result(timeout=10)
        except LockedError:
            return "locked"
        return "held"

    entered, done = [], Future()
    with ThreadPoolExecutor(6) as pool:
        asked = [pool.submit(hold, position) for position in range(6)]
        while sum(future.done() for future in asked) < 5:
            pass
        done.set_result(None)
        came = sorted(future.result() for future in asked)
    assert (came, len(entered)) == (["held"] + ["locked"] * 5, 1)


@pytest.mark.parametrize(
    ("holder", "left"),
    [
        ("dead", timedelta(hours=6)),
        ("another-host:1", timedelta(seconds=-1)),
        (str(this_process()), timedelta(hours=-2)),  # it could not let go
    ],
    ids=["a dead process", "another machine", "this process"],
)
def test_a_lock_whose_holder_is_dead_or_whose_lease_ended_is_taken_over(served, holder, left):
    if holder == "dead":
        ended = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
        holder = str(process_here(ended.pid))
        ended.communicate()
    with served.database.transaction() as session:
        session.add(lock_rows.Lock(name="retraining fires", holder=holder, expires_at=now() + left))
    read_dataset(served, fires())
    assert train(served, fires()).version.version == 2


def test_a_lock_of_another_machine_is_left_alone_while_its_lease_runs(served):
    with served.database.transaction() as session:
        told = {"name": "retraining fires", "holder": "another-host:1", "expires_at": now() + timedelta(hours=1)}
        session.add(lock_rows.Lock(**told))
    with pytest.raises(LockedError, match="process 1 on another-host"):
        train(served, fires())
    with served.database.reading() as session:
        assert session.get(lock_rows.Lock, "retraining fires").holder == "another-host:1"
