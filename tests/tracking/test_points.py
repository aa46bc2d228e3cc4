"""Points of metrics outlive whatever logs them, and wait where the database does not serve."""

import os
import signal
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from driftline.errors import DatabaseUnavailableError
from driftline.experiments import list_runs
from driftline.journal import Journal, segments
from driftline.process import this_process
from driftline.tracking import deliver_left, destination_of, start_run
from tests.forks import again, ended, forked
from tests.logged import steps

on_one_database = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def test_points_are_in_the_database_after_a_flush_and_the_journal_is_gone_after_the_end(workspace):
    with start_run("income", workspace=workspace) as run:
        for step in range(12_000):
            run.log_metrics({"loss": 1.0 / (step + 1)}, step=step)
        run.flush()
        assert steps(workspace, run.run_id) == list(range(12_000))
        run.log_metrics({"loss": 0.0}, step=12_000)
    assert steps(workspace, run.run_id) == list(range(12_001))
    assert segments(workspace.journals) == []


def test_a_database_that_somebody_else_writes_to_holds_no_training_up(workspace):
    other = again(workspace, "unused")
    with start_run("income", workspace=workspace) as run, other.database.transaction() as session:
        session.connection()  # holds the lock of all who write
        for step in range(100):
            run.log_metrics({"loss": 0.5}, step=step)
        time.sleep(0.5)  # the thread waits, too
    other.database.close()
    assert steps(workspace, run.run_id) == list(range(100))


@on_one_database
def test_points_wait_in_the_journal_where_the_database_does_not_serve(workspace, caplog):
    file = Path(workspace.database._engine.url.database)
    workspace.database.close()
    with start_run("income", workspace=workspace) as run:
        workspace.database.close()
        file.rename(file.with_suffix(".away"))
        file.mkdir()  # no database can be opened here
        for step in range(10):
            run.log_metrics({"loss": 0.5}, step=step)
        with pytest.raises(DatabaseUnavailableError):
            run.flush()
        file.rmdir()
        file.with_suffix(".away").rename(file)
        run.flush()
        assert steps(workspace, run.run_id) == list(range(10))


def test_a_journal_that_cannot_be_written_lets_events_wait_in_memory(workspace, caplog):
    workspace.journals.write_text("in the way")
    with start_run("income", workspace=workspace) as run:
        for step in range(3):
            run.log_metrics({"loss": 0.5}, step=step)
        run.flush()
        assert steps(workspace, run.run_id) == [0, 1, 2]
    assert list_runs(workspace)[0]["status"] == "finished"
    [warning] = [record.message for record in caplog.records if record.name == "driftline.tracking.recorder"]
    assert "cannot be written" in warning


@on_one_database
def test_a_worker_that_is_forked_amid_a_run_logs_into_a_journal_of_its_own(workspace):
    with start_run("income", workspace=workspace) as run:
        run.log_metrics({"loss": 0.5}, step=0)
        workspace.database.close()
        child = os.fork()
        if not child:
            for step in range(1, 50):
                run.log_metrics({"loss": 0.5}, step=step)
            os._exit(0)
        os.waitpid(child, 0)
    list_runs(workspace)
    assert steps(workspace, run.run_id) == list(range(50))


def left(workspace, tmp_path):
    """The id of a run whose process was killed with points in its journal alone."""

    def work(begun):
        own = again(workspace, str(tmp_path))
        with start_run("income", workspace=own) as run, own.database.transaction() as session:
            run.flush()
            session.connection().exec_driver_sql(
                "LOCK TABLE run_writer" if own.database.dialect != "sqlite" else "SELECT 1"
            )
            for step in range(200):
                run.log_metrics({"loss": 0.5}, step=step)
            begun()
            time.sleep(60)

    workspace.database.close()
    with forked(work) as process:
        ended(process, signal.SIGKILL)
    [segment] = segments(workspace.journals)
    return segment


def test_two_who_read_runs_at_once_deliver_once(workspace, tmp_path):
    run_id = left(workspace, tmp_path).run_id
    readers = [threading.Thread(target=deliver_left, args=(destination_of(workspace),)) for _ in range(4)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert steps(workspace, run_id) == list(range(200))
    assert segments(workspace.journals) == []


@on_one_database
def test_a_damaged_journal_is_set_aside_once_what_is_whole_is_stored(workspace, tmp_path, caplog):
    segment = left(workspace, tmp_path)
    content = bytearray(segment.path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    segment.path.write_bytes(content)
    deliver_left(destination_of(workspace))
    assert len(steps(workspace, segment.run_id)) == 199
    [kept] = workspace.journals.iterdir()
    assert kept.name == f"{segment.path.name}.damaged"
    assert "its bytes" in caplog.text
    deliver_left(destination_of(workspace))
    assert list(workspace.journals.iterdir()) == [kept]


@on_one_database
def test_journals_of_the_living_of_other_machines_and_of_other_databases_are_left_alone(workspace):
    own, to = this_process(), destination_of(workspace).name
    dead = replace(own, started_s=own.started_s - 1000)
    for number, (process, name) in enumerate(
        [(own, to), (replace(own, host="elsewhere"), to), (dead, "other.db"), (dead, to)]
    ):
        about = {"process": str(process), "to": name, "experiment": "income", "name": "left"}
        Journal(workspace.journals, f"{number:032x}", writer=1, about=about).close()
    [done] = deliver_left(destination_of(workspace))
    assert (done.run_id, done.problem) == (f"{3:032x}", None)
    assert [segment.run_id for segment in segments(workspace.journals)] == [f"{number:032x}" for number in range(3)]
    delivered = [done.run_id for done in deliver_left(destination_of(workspace), anywhere=True)]
    assert delivered == [f"{1:032x}", f"{2:032x}"]
    assert {run["run_id"]: run["status"] for run in list_runs(workspace)} == {
        f"{1:032x}": "running",  # of a machine that was heard of just now
        f"{2:032x}": "lost",
        f"{3:032x}": "lost",
    }
