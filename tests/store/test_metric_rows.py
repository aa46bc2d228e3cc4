"""Metric summaries: what grows point by point is what all points say, and its cost does not grow."""

import math
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from sqlmodel import select

from driftline.process import this_process
from driftline.store import metric_rows, run_rows
from driftline.store.database import Database, open_database
from driftline.store.metric_rows import MetricPoint, MetricSummary

START = datetime(2026, 1, 1, tzinfo=UTC)
NUMBERS = count()


def started(database: Database) -> str:
    run_id = f"r{next(NUMBERS)}"
    with database.transaction() as session:
        run_rows.create_run(
            session,
            run_id=run_id,
            experiment="e",
            name=run_id,
            started_at=START,
            process=this_process(),
            user_name="ada",
        )
    return run_id


def log(database: Database, run_id: str, points) -> None:
    with database.transaction() as session:
        metric_rows.add_points(session, run_id, points)


def summaries(database: Database, run_id: str) -> dict[str, MetricSummary]:
    with database.reading() as session:
        return {row.key: row for row in run_rows.of_runs(session, MetricSummary, [run_id])[run_id]}


def recomputed(points: list[MetricPoint]) -> dict[str, object]:
    """A summary from all points of a key, in the order of steps and times."""
    finite = [point for point in points if point.value is not None]
    lowest = min(finite, key=lambda point: point.value, default=None)
    highest = max(finite, key=lambda point: point.value, default=None)
    return {
        "count": len(points),
        "finite_count": len(finite),
        "first": points[0].value,
        "first_step": points[0].step,
        "last": points[-1].value,
        "last_step": points[-1].step,
        "min": lowest and lowest.value,
        "min_step": lowest and lowest.step,
        "max": highest and highest.value,
        "max_step": highest and highest.step,
    }


values = st.one_of(st.sampled_from([math.nan, math.inf, -math.inf, 0.0, 1.0]), st.floats(-1e6, 1e6))
points = st.tuples(
    st.sampled_from(["auroc", "train/loss"]),
    st.integers(-2, 3),
    st.integers(0, 3).map(lambda minutes: START + timedelta(minutes=minutes)),
    values,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(st.lists(points, max_size=6), max_size=6))
def test_a_summary_is_what_all_its_points_say_in_whatever_order_they_come(database, batches):
    run_id = started(database)
    for batch in batches:
        log(database, run_id, batch)
    own = summaries(database, run_id)
    with database.reading() as session:
        stored = select(MetricPoint).where(MetricPoint.run_id == run_id)
        rows = session.exec(stored.order_by(MetricPoint.step, MetricPoint.logged_at)).all()
    by_key = {key: [row for row in rows if row.key == key] for key in {row.key for row in rows}}
    assert set(own) == set(by_key)
    for key, of_key in by_key.items():
        expected = recomputed(of_key)
        assert {name: getattr(own[key], name) for name in expected} == expected
        finite = [row.value for row in of_key if row.value is not None]
        mean = math.fsum(finite) / len(finite) if finite else None
        assert own[key].mean == (None if mean is None else pytest.approx(mean, rel=1e-9, abs=1e-6))


def test_the_same_point_again_changes_nothing(database):
    run_id = started(database)
    for value in (0.5, 0.9):
        log(database, run_id, [("auroc", 1, START, value), ("auroc", 1, START, 0.7)])
    [summary] = summaries(database, run_id).values()
    assert (summary.count, summary.last, summary.mean) == (1, 0.5, 0.5)


def test_logging_costs_the_same_however_much_was_logged(tmp_path):
    opened = open_database(f"sqlite:///{tmp_path / 'd.db'}")
    run_id = started(opened)
    work = {"instructions": 0, "statements": 0}

    def instruction() -> None:
        work["instructions"] += 1

    def statement(*_: object) -> None:
        work["statements"] += 1

    @event.listens_for(opened._engine, "checkout")
    def watch(connection, *_: object) -> None:
        connection.set_progress_handler(instruction, 10)  # called each ten instructions of SQLite's machine

    event.listen(opened._engine, "before_cursor_execute", statement)
    spent = []
    for block in range(10):
        before = dict(work)
        for step in range(200):
            at = START + timedelta(seconds=200 * block + step)
            log(opened, run_id, [("loss", 200 * block + step, at, 1.0), ("no step", 0, at, 2.0)])
        spent.append({name: work[name] - before[name] for name in work})
    opened.close()
    assert spent[-1]["statements"] == spent[1]["statements"]
    assert spent[-1]["instructions"] < 1.2 * spent[1]["instructions"]
