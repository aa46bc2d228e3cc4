"""Metric summaries: what grows point by point is what all points say, and its cost does not grow."""

import math
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from driftline.ingest import Batch, apply
from driftline.journal import Event, Kind, Point
from driftline.store import metric_rows
from driftline.store.database import open_database
from tests.logged import START_US, a_run, ended

values = st.one_of(st.sampled_from([math.nan, math.inf, -math.inf, 0.0, 1.0]), st.floats(-1e6, 1e6))
points = st.tuples(st.sampled_from(["auroc", "train/loss"]), st.integers(-2, 3), st.integers(0, 3), values)


def logged(database, run_id):
    """The summaries of a run by key, and its points in the order of steps and times."""
    with database.reading() as session:
        metrics = {row.key: row for row in metric_rows.metrics_of(session, [run_id])[run_id]}
        return metrics, {key: metric_rows.history(session, run_id, key) for key in metrics}


def recomputed(steps, values):
    """A summary from all points of a key, in the order of steps and times."""
    finite = [(step, value) for step, value in zip(steps, values, strict=True) if math.isfinite(value)]
    lowest = min(finite, key=lambda point: point[1], default=(None, None))
    highest = max(finite, key=lambda point: point[1], default=(None, None))
    return {
        "count": len(steps),
        "finite_count": len(finite),
        "first": values[0] if math.isfinite(values[0]) else None,
        "first_step": steps[0],
        "last": values[-1] if math.isfinite(values[-1]) else None,
        "last_step": steps[-1],
        "min": lowest[1],
        "min_step": lowest[0],
        "max": highest[1],
        "max_step": highest[0],
    }


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(st.lists(points, max_size=6), max_size=6), is_sealed=st.booleans())
def test_a_summary_is_what_all_its_points_say_in_whatever_order_they_come(database, batches, is_sealed):
    sequence = count()
    run_id = a_run(database)
    for batch in batches:
        events = [Point(next(sequence), key, step, START_US + at, value) for key, step, at, value in batch]
        a_run(database, *events, run_id=run_id)
        if is_sealed:
            a_run(database, ended(next(sequence)), run_id=run_id)
    metrics, histories = logged(database, run_id)
    given = [point for batch in batches for point in batch]
    assert {key: len(history.steps) for key, history in histories.items()} == {
        key: sum(point[0] == key for point in given) for key in {point[0] for point in given}
    }
    for key, history in histories.items():
        assert list(zip(history.steps, history.at_us, strict=True)) == sorted(
            (step, START_US + at) for name, step, at, _ in given if name == key
        )
        expected = recomputed(history.steps, history.values)
        assert {name: getattr(metrics[key], name) for name in expected} == expected
        finite = [value for value in history.values if math.isfinite(value)]
        mean = math.fsum(finite) / len(finite) if finite else None
        assert metrics[key].mean == (None if mean is None else pytest.approx(mean, rel=1e-9, abs=1e-6))


def test_the_same_batch_again_changes_nothing(database):
    events = [Point(0, "auroc", 1, START_US, 0.5), Point(1, "auroc", 1, START_US, 0.9)]
    run_id = a_run(database, *events)
    a_run(database, *events, run_id=run_id)
    a_run(database, *events, Point(2, "auroc", 1, START_US, 0.7), run_id=run_id)
    [summary] = logged(database, run_id)[0].values()
    assert (summary.count, summary.first, summary.last) == (3, 0.5, 0.7)


def test_two_writers_may_log_the_same_step_at_the_same_time(database):
    run_id = a_run(database, Point(0, "loss", 1, START_US, 0.5))
    a_run(database, Point(0, "loss", 1, START_US, 0.7), run_id=run_id, writer=2)
    metrics, histories = logged(database, run_id)
    assert (metrics["loss"].count, sorted(histories["loss"].values)) == (2, [0.5, 0.7])


def test_a_mean_of_the_largest_floats_is_finite(database):
    largest = 1.7e308
    run_id = a_run(database, *(Point(number, "loss", number, START_US, largest) for number in range(3)))
    a_run(database, Point(3, "loss", 3, START_US, largest), run_id=run_id)
    assert logged(database, run_id)[0]["loss"].mean == pytest.approx(largest)


def test_values_that_are_hardly_more_than_nothing_are_counted(database):
    run_id = a_run(database, Point(0, "loss", 0, START_US, 0.0), Point(1, "tiny", 0, START_US, 5e-324))
    a_run(database, Point(2, "loss", 1, START_US, 5e-324), Point(3, "tiny", 1, START_US, 5e-324), run_id=run_id)
    metrics, _ = logged(database, run_id)
    assert (metrics["loss"].count, metrics["loss"].max, metrics["loss"].mean) == (2, 5e-324, 0.0)
    assert (metrics["tiny"].count, metrics["tiny"].min) == (2, 5e-324)


def test_several_metrics_of_one_call_are_one_event(database):
    values = {"loss": 0.5, "auroc": math.nan}
    run_id = a_run(database, Event(0, Kind.POINTS, {"step": 3, "at_us": START_US, "values": values}))
    metrics, histories = logged(database, run_id)
    assert {key: (one.count, one.last, one.last_step) for key, one in metrics.items()} == {
        "loss": (1, 0.5, 3),
        "auroc": (1, None, 3),
    }
    assert math.isnan(histories["auroc"].values[0])


def test_a_long_history_is_sealed_at_the_end_and_takes_points_that_come_late(database):
    events = [Point(number, "loss", number, START_US + number, 1 / (number + 1)) for number in range(9000)]
    run_id = a_run(database, *events, ended(9000))
    with database.reading() as session:
        blocks = session.connection().exec_driver_sql("SELECT count(*), sum(count) FROM metric_block").one()
        rows = session.connection().exec_driver_sql("SELECT count(*) FROM metric_point").scalar()
    assert (tuple(blocks), rows) == ((3, 9000), 0)
    a_run(database, Point(0, "loss", 10, START_US, 5.0), run_id=run_id, writer=2)
    metrics, histories = logged(database, run_id)
    assert (metrics["loss"].count, metrics["loss"].max) == (9001, 5.0)
    assert list(histories["loss"].steps) == sorted([*range(9000), 10])
    a_run(database, ended(1), run_id=run_id, writer=2)
    assert logged(database, run_id) == (metrics, histories)


def test_logging_costs_the_same_however_much_was_logged(tmp_path):
    opened = open_database(f"sqlite:///{tmp_path / 'd.db'}")
    run_id, sequence, spent = a_run(opened), count(), []
    work = {"instructions": 0}

    def instruction() -> None:
        work["instructions"] += 1

    with opened.runs.transaction():
        opened.runs._connection.set_progress_handler(instruction, 10)  # each ten instructions of SQLite's machine
    for block in range(10):
        before = work["instructions"]
        for step in range(200):
            at_us = START_US + 200 * block + step
            pair = [Point(next(sequence), key, 200 * block + step, at_us, 1.0) for key in ("loss", "accuracy")]
            apply(opened.runs, Batch(run_id=run_id, writer=1, about={}, events=pair))
        spent.append(work["instructions"] - before)
    opened.close()
    assert spent[-1] < 1.2 * spent[1]
