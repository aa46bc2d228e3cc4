"""Points of metrics outlive whatever logs them, and wait where the database does not serve."""

import os
import random
import signal
import threading
import time
from pathlib import Path

import pytest

from driftline.journal import segments
from driftline.process import this_process
from driftline.store import metric_rows, run_rows
from driftline.store.errors import DatabaseUnavailableError
from driftline.tracking import list_runs, start_run
from driftline.tracking.points import deliver_left
from tests.forks import again, ended, forked

on_one_database = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def steps(workspace, run_id, key="loss"):
    """The steps of a metric that are in the database, and what the summary counts."""
    with workspace.database.reading() as session:
        points = run_rows.of_runs(session, metric_rows.MetricPoint, [run_id])[run_id]
        summaries = run_rows.of_runs(session, metric_rows.MetricSummary, [run_id])[run_id]
    assert {one.key: one.count for one in summaries if one.key == key} == ({key: len(points)} if points else {})
    return sorted(point.step for point in points if point.key == key)


def test_points_are_in_the_database_after_a_flush_and_the_journal_is_gone_after_the_end(workspace):
    with start_run(workspace, experiment="income") as run:
        for step in range(12_000):
            run.log_metrics({"loss": 1.0 / (step + 1)}, step=step)
        run.flush()
        assert steps(workspace, run.run_id) == list(range(12_000))
        run.log_metrics({"loss": 0.0}, step=12_000)
    assert steps(workspace, run.run_id) == list(range(12_001))
    assert segments(workspace.journals) == []


def test_a_run_without_a_metric_makes_no_journal(workspace):
    with start_run(workspace, experiment="income") as run:
        run.log_params({"a": 1})
        run.flush()
    assert not workspace.journals.exists()


def test_a_database_that_somebody_else_writes_to_holds_no_training_up(workspace):
    other = again(workspace, "unused")
    with start_run(workspace, experiment="income") as run, other.database.transaction() as session:
        run_rows.set_tags(session, run.run_id, {"held": "yes"})
        session.flush()
        for step in range(100):
            run.log_metrics({"loss": 0.5}, step=step)
        time.sleep(0.5)  # the thread waits, too
    other.database.close()
    assert steps(workspace, run.run_id) == list(range(100))


@on_one_database
def test_points_wait_in_the_journal_where_the_database_does_not_serve(workspace, caplog):
    file = Path(workspace.database._engine.url.database)
    workspace.database.close()
    with start_run(workspace, experiment="income") as run:
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


def test_a_journal_that_cannot_be_written_lets_points_go_to_the_database(workspace, caplog):
    workspace.journals.write_text("in the way")
    with start_run(workspace, experiment="income") as run:
        for step in range(3):
            run.log_metrics({"loss": 0.5}, step=step)
        assert steps(workspace, run.run_id) == [0, 1, 2]
    [warning] = [record.message for record in caplog.records if record.name == "driftline.tracking.points"]
    assert "cannot be written" in warning


@on_one_database
def test_what_a_killed_process_had_logged_is_stored_by_who_reads_runs_next(workspace, tmp_path):
    dice = random.Random(3)  # noqa: S311
    workspace.database.close()
    for _ in range(8):
        readable, writable = os.pipe()

        def work(begun, writable=writable):
            with start_run(again(workspace, str(tmp_path)), experiment="income") as run:
                begun()
                for step in range(1_000_000):
                    run.log_metrics({"loss": 0.5}, step=step)
                    os.write(writable, b".")

        with forked(work) as process:
            time.sleep(dice.random() / 2)
            ended(process)
        os.close(writable)
        confirmed = 0
        while read := os.read(readable, 1 << 16):
            confirmed += len(read)
        os.close(readable)
        newest = list_runs(workspace, first=1)[0]
        found = steps(workspace, newest["run_id"])
        assert newest["status"] == "lost"
        assert found == list(range(len(found)))
        assert len(found) >= confirmed
        workspace.database.close()
    assert segments(workspace.journals) == []


@on_one_database
def test_a_worker_that_is_forked_amid_a_run_logs_into_a_journal_of_its_own(workspace):
    with start_run(workspace, experiment="income") as run:
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
        with start_run(own, experiment="income") as run, own.database.transaction() as session:
            run_rows.set_tags(session, run.run_id, {"held": "yes"})
            session.flush()  # nobody else can write
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
    readers = [threading.Thread(target=deliver_left, args=(workspace,)) for _ in range(4)]
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
    deliver_left(workspace)
    assert len(steps(workspace, segment.run_id)) == 199
    [kept] = workspace.journals.iterdir()
    assert kept.name == f"{segment.path.name}.damaged"
    assert "its bytes" in caplog.text
    deliver_left(workspace)
    assert list(workspace.journals.iterdir()) == [kept]


@on_one_database
def test_journals_of_the_living_of_other_machines_and_of_other_databases_are_left_alone(workspace, tmp_path):
    segment = left(workspace, tmp_path)
    whole = segment.path.read_bytes()
    with start_run(workspace, experiment="income") as run:
        run.log_metrics({"loss": 0.5})
        own = {one.path for one in segments(workspace.journals)} - {segment.path}
        segment.path.rename(segment.path.with_name(f"{'0' * 32}.1.0"))  # a run that is not here
        deliver_left(workspace)
        assert own <= {one.path for one in segments(workspace.journals)}
    assert [one.run_id for one in segments(workspace.journals)] == ["0" * 32]
    host = this_process().host.encode()
    assert host in whole
