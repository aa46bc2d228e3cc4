"""Each partition is predicted by the champion of its time, and a bad one loses no other."""

from datetime import timedelta

import pytest
from sqlmodel import select

from driftline import Promote
from driftline.declaration.errors import UnknownPartitionError
from driftline.drift_reports import report_drift
from driftline.evaluations import evaluate
from driftline.predictions import predict
from driftline.registry import find_version
from driftline.registry.errors import UnknownVersionError
from driftline.store import batch_rows, declaration_rows
from driftline.store.batch_rows import PredictionBatch
from tests.histories import give_alias, promote_copy, stored_evaluations, stored_reports
from tests.streams import DAYS, FAULTY, Forest, boom, broken, day, fires


def without(column):
    return lambda frame: frame.drop(columns=column)


def test_no_partition_is_no_work(served):
    assert predict(served, fires(), []).done == {}
    assert evaluate(served, fires(), []).done == {}
    assert report_drift(served, fires(), []).done == {}


def test_neighbouring_days_are_read_in_one_call(served):
    forest = Forest()
    predict(served, fires(forest), ["2025-02-20", *reversed(DAYS)])
    assert [window.days for window in forest.windows] == [3, 1]


def test_the_order_of_the_keys_does_not_matter(served):
    forwards = predict(served, fires(), DAYS).done
    assert predict(served, fires(), DAYS[::-1]).done == forwards


def test_predicting_again_is_a_new_revision_and_evaluations_name_the_one_they_measured(served):
    again = fires(Forest(rows_per_day=30))
    for pipeline in (fires(), again, again):
        predict(served, pipeline, DAYS[:1])
        evaluate(served, pipeline, DAYS[:1])
    with served.database.reading() as session:
        batches = session.exec(select(PredictionBatch).order_by(PredictionBatch.id)).all()
        [newest] = batch_rows.batches(session, [find_version(served, "fires").id], DAYS[:1])
    assert [(batch.revision, batch.row_count) for batch in batches] == [(1, 60), (2, 30)]
    assert newest == batches[1]
    assert [row.batch_id for row, _ in stored_evaluations(served)] == [batch.id for batch in batches]


def test_a_batch_names_the_declaration_that_was_in_force(served):
    stricter = fires(promote=Promote(min_gain=0.01))
    predict(served, fires(), DAYS[:1])
    predict(served, stricter, DAYS[1:2])
    with served.database.reading() as session:
        batches = batch_rows.batches(session, [find_version(served, "fires").id], DAYS)
        declared = declaration_rows.declarations(session, [batch.declaration_digest for batch in batches])
    gains = [declared[batch.declaration_digest].content["promote"]["min_gain"] for batch in batches]
    assert gains == [0.0, 0.01]


def test_each_partition_is_served_by_the_champion_of_its_time(served):
    promote_copy(served, at="2025-02-12")
    assert [done.version for done in predict(served, fires(), DAYS).done.values()] == [1, 1, 2]
    assert [done.version for done in evaluate(served, fires(), DAYS).done.values()] == [1, 1, 2]
    assert [done.version for done in report_drift(served, fires(), DAYS).done.values()] == [1, 1, 2]


def test_a_promotion_amid_a_day_does_not_change_that_day(served):
    promote_copy(served, at="2025-02-11")
    with served.database.transaction() as session:
        told = {"recorded_at": served.clock(), "actor": "ann", "reason": "back"}
        noon = day("2025-02-12") + timedelta(hours=12)
        give_alias(session, find_version(served, "fires/1"), effective_at=noon, **told)
    predicted = predict(served, fires(), [*DAYS, "2025-02-13"]).done
    assert [predicted[key].version for key in sorted(predicted)] == [1, 2, 2, 1]


def test_a_named_version_serves_all_partitions(served):
    promote_copy(served, at="2025-02-12")
    predict(served, fires(), DAYS, version=2)
    assert [done.version for done in evaluate(served, fires(), DAYS, version=2).done.values()] == [2] * 3
    with pytest.raises(UnknownVersionError):
        predict(served, fires(), DAYS, version=9)


def test_without_a_champion_each_partition_says_so(workspace):
    predicted = predict(workspace, fires(), DAYS)
    assert set(predicted.failed) == set(DAYS)
    assert "no champion of 'fires'" in predicted.failed[FAULTY]


def test_a_key_that_is_no_partition_is_refused(served):
    with pytest.raises(UnknownPartitionError, match="2024-01-01"):
        predict(served, fires(), ["2024-01-01"])


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (boom, "raised ConnectionError: the station does not answer"),
        (lambda frame: frame.assign(time=frame["time"].astype(str)), "without a time zone"),
        (lambda frame: frame.assign(time=frame["time"].dt.tz_localize(None)), "without a time zone"),
        (without("time"), "no time column 'time'"),
        (lambda frame: None, "gave a NoneType"),
        (without("station"), "'station'"),
        (lambda frame: frame.iloc[0:0], "has no rows"),
    ],
)
def test_one_bad_day_is_named_and_the_others_are_done(served, fault, said):
    pipeline = fires(lambda window: broken(window, fault))
    predicted = predict(served, pipeline, DAYS)
    assert set(predicted.done) == {DAYS[0], DAYS[2]}
    assert said in predicted.failed[FAULTY]


def test_a_day_whose_values_are_of_another_type_is_named_among_many(served):
    forest = Forest(faults={FAULTY: lambda frame: frame.assign(wind_kmh="strong")})
    predicted = predict(served, fires(forest), DAYS)
    assert (set(predicted.done), set(predicted.failed)) == ({DAYS[0], DAYS[2]}, {FAULTY})
    assert "'wind_kmh'" in predicted.failed[FAULTY]


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("station", "\ud83d", "not valid Unicode"),
        ("wind_kmh", "n/a", r"the first at position 7: 'n/a', text"),
        ("wind_kmh", 2**70, "whole number beyond 64 bits"),
    ],
)
def test_one_bad_cell_loses_its_day_alone(served, column, cell, said):
    def spoilt(frame):
        values = frame[column].astype(object)
        values.iloc[7] = cell
        return frame.assign(**{column: values})

    predicted = predict(served, fires(Forest(faults={FAULTY: spoilt})), DAYS)
    assert (set(predicted.done), set(predicted.failed)) == ({DAYS[0], DAYS[2]}, {FAULTY})
    assert repr(column) in predicted.failed[FAULTY]
    assert said in predicted.failed[FAULTY]


def test_a_day_without_rows_among_others_is_named(served):
    predicted = predict(served, fires(Forest(faults={FAULTY: lambda frame: frame.iloc[:0]})), DAYS)
    assert set(predicted.done) == {DAYS[0], DAYS[2]}
    assert "has no rows in [2025-02-11, 2025-02-12)" in predicted.failed[FAULTY]


def test_reports_are_stored_by_time_whatever_the_order_of_the_keys(served):
    predict(served, fires(), DAYS)
    report_drift(served, fires(), DAYS[::-1])
    assert [report.partition_key for report in stored_reports(served)] == DAYS
