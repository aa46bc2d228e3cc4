"""Runs that are made of their events, and what is stored of a run, asked of the tables."""

import uuid

from driftline.ingest import Batch, apply
from driftline.journal import Event, Kind
from driftline.store import metric_rows, param_rows

START_US = 1_767_225_600_000_000  # 1 January 2026


def params(workspace, run_id):
    with workspace.database.reading() as session:
        return {row.key: row.value for row in param_rows.params_of(session, [run_id])[run_id]}


def tags(workspace, run_id):
    with workspace.database.reading() as session:
        return {row.key: row.value for row in param_rows.tags_of(session, [run_id])[run_id]}


def metrics(workspace, run_id):
    with workspace.database.reading() as session:
        return {row.key: row for row in metric_rows.metrics_of(session, [run_id])[run_id]}


def points(workspace, run_id, key="loss"):
    """The (step, value) points of a metric, by step and time."""
    with workspace.database.reading() as session:
        found = metric_rows.history(session, run_id, key)
    return list(zip(found.steps, found.values, strict=True))


def steps(workspace, run_id, key="loss"):
    """The steps of a metric; its summary counts as many."""
    found = [step for step, _ in points(workspace, run_id, key)]
    counted = metrics(workspace, run_id).get(key)
    assert (counted.count if counted else 0) == len(found)
    return found


def a_run(database, *events, run_id=None, experiment="income", writer=1, started_us=START_US, **about):
    """Apply the events of a run that has a process nobody knows; return its id."""
    run_id = run_id or uuid.uuid4().hex
    facts = {"experiment": experiment, "name": run_id[:8], "started_us": started_us, "user_name": "ada", **about}
    apply(database.runs, Batch(run_id=run_id, writer=writer, about=facts, events=events))
    return run_id


def ended(sequence=0, at_us=START_US):
    """The event of a run that has finished."""
    return Event(sequence, Kind.ENDED, {"status": "finished", "error": None, "at_us": at_us})
