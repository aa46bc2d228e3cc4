"""Labels that are delivered: each row's counts once, a correction is kept, and nothing is known before it came."""

from dataclasses import replace
from datetime import timedelta

import pandas as pd
import pytest

from driftline import GroundTruth, Target, Window, add_ground_truth
from driftline.datasets.errors import InvalidColumnError, InvalidTargetError, MissingColumnError, TargetClassError
from driftline.declaration.errors import NotAStreamError
from driftline.evaluations import evaluate, outdated
from driftline.evaluations.labelled import read_labelled
from driftline.ground_truth import truth_status
from driftline.ground_truth.errors import InvalidLabelsError
from driftline.metrics import Task
from driftline.predictions import predict
from driftline.registry.errors import HistoryRewriteError
from driftline.store import delivery_rows
from tests.evaluations.test_stream_monitoring import stored_evaluations
from tests.histories import promote_copy
from tests.streams import LONG_AFTER, Forest, day, fires, persons

DAY, NEXT = "2025-02-10", "2025-02-11"
OTHER = {"yes": "no", "no": "yes"}


def delivered(**changes):
    """The stream whose labels only come by deliveries, and whose dataset has none."""
    without = Forest(always=lambda frame: frame.drop(columns="fire"))
    return fires(without, **{"ground_truth": GroundTruth(delay="1d", delivered=True), **changes})


def labels(first=DAY, days=1):
    """The labels of some days as a team has them."""
    start = day(first)
    return Forest()(Window(start, start + timedelta(days=days)))[["time", "station", "fire"]]


def add(workspace, frame, pipeline=None, *, at=None):
    opened = workspace if at is None else replace(workspace, replay_at=day(at))
    return add_ground_truth(opened, pipeline or delivered(), frame, actor="ann", source="the fire brigade")


def counts(added):
    return added.new_count, added.same_count, added.corrected_count


def deliveries(workspace):
    with workspace.database.reading() as session:
        return delivery_rows.deliveries(session, "fires")


def test_delivered_labels_are_joined_with_the_predictions(served):
    predict(served, delivered(), [DAY, NEXT])
    added = add(served, labels())
    assert (counts(added), added.partitions, added.already) == ((60, 0, 0), (DAY,), False)
    measured = evaluate(served, delivered(), [DAY, NEXT])
    assert (measured.done[DAY].row_count, measured.done[DAY].label_count) == (60, 60)
    assert measured.waiting[NEXT] == f"{NEXT}: 0 of 60 predictions are labelled yet."


def test_a_delivery_says_who_brought_it_and_when_it_arrived(served):
    add(served, labels())
    [row] = deliveries(served)
    assert (row.actor, row.source, row.arrived_at) == ("ann", "the fire brigade", LONG_AFTER)
    assert row.row_count == 60


def test_delivered_labels_measure_as_those_of_the_dataset(served):
    predict(served, fires(), [DAY])
    from_dataset = evaluate(served, fires(), [DAY]).done[DAY]
    add(served, labels().sample(frac=1, random_state=1))
    assert evaluate(served, delivered(), [DAY]).done[DAY].measurements == from_dataset.measurements


def test_labels_may_come_piecemeal(served):
    predict(served, delivered(), [DAY])
    add(served, labels().iloc[:20])
    assert evaluate(served, delivered(), [DAY]).done[DAY].label_count == 20
    add(served, labels().iloc[10:])
    assert evaluate(served, delivered(), [DAY]).done[DAY].label_count == 60


def test_the_same_delivery_twice_is_there_once(served):
    first = add(served, labels())
    again = add(served, labels().iloc[::-1].astype({"station": "category"}))
    assert (again.already, again.delivery_id, again.partitions) == (True, first.delivery_id, ())
    assert len(deliveries(served)) == 1


def test_a_label_that_comes_twice_is_counted_once(served):
    add(served, labels().iloc[:40])
    assert counts(add(served, labels())) == (20, 40, 0)
    doubled = pd.concat([labels(NEXT), labels(NEXT).tail(5)])
    assert add(served, doubled).row_count == 60


def test_a_different_label_is_a_correction_and_the_newest_counts(served):
    predict(served, delivered(), [DAY])
    add(served, labels())
    before = evaluate(served, delivered(), [DAY]).done[DAY]
    corrected = labels().head(7).assign(fire=lambda frame: frame["fire"].map(OTHER))
    assert counts(add(served, corrected)) == (0, 0, 7)
    after = evaluate(served, delivered(), [DAY]).done[DAY]
    assert after.label_count == before.label_count
    assert after.measurements != before.measurements


def test_a_correction_that_is_taken_back_counts_again(served):
    first = add(served, labels())
    add(served, labels().assign(fire=lambda frame: frame["fire"].map(OTHER)))
    back = add(served, labels())
    assert (counts(back), back.already) == ((0, 0, 60), False)
    assert back.delivery_id > first.delivery_id


def test_a_label_that_arrives_later_is_not_known_in_a_replay(served):
    predict(served, delivered(), [DAY])
    add(served, labels().iloc[:30], at="2025-02-12")
    add(served, labels(), at="2025-02-20")
    known = [evaluate(replace(served, replay_at=day(at)), delivered(), [DAY]) for at in ("2025-02-11", "2025-02-15")]
    assert set(known[0].waiting) == {DAY}
    assert known[1].done[DAY].label_count == 30
    assert evaluate(served, delivered(), [DAY]).done[DAY].label_count == 60


def test_a_correction_is_not_known_before_it_came(served):
    predict(served, delivered(), [DAY])
    add(served, labels(), at="2025-02-12")
    add(served, labels().assign(fire="no"), at="2025-02-20")
    then = read_labelled(replace(served, replay_at=day("2025-02-15")), delivered(), [DAY]).done[DAY]
    assert then.truth.tolist() == (labels()["fire"] == "yes").astype(int).tolist()
    assert read_labelled(served, delivered(), [DAY]).done[DAY].truth.sum() == 0


def test_what_was_known_at_a_time_is_never_rewritten(served):
    add(served, labels(), at="2025-02-20")
    with pytest.raises(HistoryRewriteError, match="would rewrite what was known"):
        add(served, labels(NEXT), at="2025-02-15")
    assert len(deliveries(served)) == 1


def test_labels_before_their_prediction_wait_and_are_joined_when_it_comes(served):
    noon = "2025-02-10T12:00"
    early = labels()[lambda frame: frame["time"] < day(noon)]
    added = add(served, early, at=noon)
    assert (added.waiting_count, added.orphan_count) == (len(early), 0)
    predict(served, delivered(), [DAY])
    assert evaluate(served, delivered(), [DAY]).done[DAY].label_count == len(early)
    assert truth_status(served, delivered()).waiting_count == 0


def test_labels_of_rows_that_were_never_predicted_are_orphans_once_the_delay_is_over(served):
    predict(served, delivered(), [DAY])
    strange = labels().head(3).assign(station="nowhere")
    added = add(served, pd.concat([labels(), strange]))
    assert (added.row_count, added.orphan_count, added.waiting_count) == (63, 3, 0)
    assert evaluate(served, delivered(), [DAY]).done[DAY].label_count == 60


def test_labels_from_before_the_stream_are_for_training(served):
    added = add(served, labels("2025-02-01", days=3))
    assert (added.history_count, added.orphan_count) == (180, 0)


def test_a_delivered_label_takes_the_place_of_the_datasets(served):
    predict(served, fires(), [DAY])
    add(served, labels().head(10).assign(fire="yes"), fires())
    known = read_labelled(served, fires(), [DAY]).done[DAY]
    assert (len(known.truth), known.delivered_count) == (60, 10)
    assert known.truth[:10].tolist() == [1] * 10
    assert known.truth[10:].tolist() == (labels()["fire"] == "yes").astype(int).tolist()[10:]


def test_a_delivered_label_is_known_before_the_datasets_delay_is_over(served):
    predict(served, fires(), [DAY])
    add(served, labels().head(10), fires(), at="2025-02-11")
    early = replace(served, replay_at=day("2025-02-11"))
    assert len(read_labelled(early, fires(ground_truth=GroundTruth(delay="5d")), [DAY]).done[DAY].truth) == 10


def test_a_dataset_of_categories_takes_delivered_text(served):
    typed = fires(Forest(always=lambda frame: frame.astype({"station": "category", "fire": "category"})))
    predict(served, typed, [DAY])
    add(served, labels().head(10).assign(fire="yes"), typed)
    assert read_labelled(served, typed, [DAY]).done[DAY].delivered_count == 10


def test_a_label_finds_its_row_in_any_time_zone(served):
    predict(served, delivered(), [DAY])
    add(served, labels().assign(time=lambda frame: frame["time"].dt.tz_convert("Europe/Helsinki")))
    assert evaluate(served, delivered(), [DAY]).done[DAY].label_count == 60


def test_the_two_hours_of_a_clock_that_is_put_back_are_two(served):
    local = pd.DatetimeIndex(["2025-10-26 03:30", "2025-10-26 03:30"]).tz_localize(
        "Europe/Helsinki", ambiguous=[True, False]
    )
    frame = pd.DataFrame({"time": local, "station": "north", "fire": ["yes", "no"]})
    added = add(served, frame, at="2025-10-27")
    assert counts(added) == (2, 0, 0)


def test_labels_for_the_version_that_predicted_their_rows_are_taken(served):
    promote_copy(served, at=NEXT)
    predict(served, delivered(), [DAY, NEXT])
    frame = labels(days=2).assign(model_version=lambda f: (f["time"] >= day(NEXT)).astype(int) + 1)
    assert add(served, frame).new_count == 120


def test_labels_for_another_model_are_counted_and_named(served):
    promote_copy(served, at=NEXT)
    predict(served, delivered(), [DAY, NEXT])
    with pytest.raises(InvalidLabelsError, match=r"60 of 120 labels .* version 2 for 2025-02-10T"):
        add(served, labels(days=2).assign(model_version=2))
    assert deliveries(served) == []


@pytest.mark.parametrize(
    ("fault", "error", "said"),
    [
        (lambda f: f.drop(columns="station"), MissingColumnError, "'station'"),
        (lambda f: f.drop(columns="fire"), MissingColumnError, "'fire'"),
        (lambda f: f.iloc[:0], InvalidLabelsError, "no rows"),
        (lambda f: f.assign(time=f["time"].dt.tz_localize(None)), InvalidColumnError, "not times with a zone"),
        (lambda f: f.assign(time=f["time"].astype(str)), InvalidColumnError, "not times with a zone"),
        (lambda f: f.assign(time=f["time"].where(f.index > 4)), InvalidLabelsError, "5 of 60 .* 'time'"),
        (lambda f: f.assign(station=f["station"].where(f.index > 2)), InvalidLabelsError, "3 of 60 .* 'station'"),
        (lambda f: f.assign(station=7), InvalidColumnError, "'station' holds int64"),
        (lambda f: f.assign(time=f["time"] + timedelta(days=365)), InvalidLabelsError, "60 of 60 labels .* 5 minutes"),
        (lambda f: f.assign(fire=f["fire"].where(f.index > 3)), InvalidTargetError, "4 rows"),
        (lambda f: f.assign(fire="perhaps"), TargetClassError, "'perhaps'"),
        (lambda f: f.assign(fire=1), TargetClassError, "not known: 1"),
        (lambda f: pd.concat([f.assign(fire="no"), f.head(4).assign(fire="yes")]), InvalidLabelsError, "4 rows"),
        (lambda f: f.assign(model_version="one"), InvalidColumnError, "'model_version'"),
        (lambda f: f.assign(model_version=1), InvalidLabelsError, "60 of 60"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_and_nothing_is_stored(served, fault, error, said):
    with pytest.raises(error, match=said):
        add(served, fault(labels()))
    assert deliveries(served) == []


def test_a_clock_that_is_a_little_ahead_is_forgiven(served):
    last = labels()["time"].max()
    ahead = replace(served, replay_at=last - timedelta(minutes=4))
    assert add_ground_truth(ahead, delivered(), labels(), actor="ann").new_count == 60
    behind = replace(served, replay_at=last + timedelta(days=1) - timedelta(minutes=6))
    with pytest.raises(InvalidLabelsError):
        add_ground_truth(behind, delivered(), labels(NEXT), actor="ann")


def test_at_most_three_keys_with_two_labels_are_named(served):
    both = pd.concat([labels().assign(fire="no"), labels().assign(fire="yes")])
    with pytest.raises(InvalidLabelsError) as raised:
        add(served, both)
    assert str(raised.value).count("2025-02-10T") == 3


@pytest.mark.parametrize("fault", [float("inf"), float("nan")])
def test_a_regression_takes_finite_numbers_only(served, fault):
    numbers = delivered(target=Target("fire", task=Task.REGRESSION))
    with pytest.raises(InvalidTargetError):
        add(served, labels(), numbers)
    with pytest.raises(InvalidTargetError):
        add(served, labels().assign(fire=fault), numbers)
    assert add(served, labels().assign(fire=1), numbers).new_count == 60


def test_a_table_takes_no_deliveries(workspace):
    with pytest.raises(NotAStreamError):
        add_ground_truth(workspace, persons(), labels(), actor="ann")


def test_labels_may_come_before_there_is_any_model(workspace):
    assert add(workspace, labels()).new_count == 60


def test_an_evaluation_is_renewed_and_the_old_one_is_kept(served):
    predict(served, delivered(), [DAY])
    add(served, labels().iloc[:30], at="2025-02-12")
    evaluate(replace(served, replay_at=day("2025-02-13")), delivered(), [DAY])
    add(served, labels(), at="2025-02-20")
    assert outdated(served, delivered()) == [DAY]
    evaluate(served, delivered(), [DAY])
    assert outdated(served, delivered()) == []
    rows = [row for row, _ in stored_evaluations(served)]
    assert [row.label_count for row in rows] == [30, 60]
    assert [row.as_of for row in rows] == [day("2025-02-13"), LONG_AFTER]


def test_few_more_labels_renew_nothing_and_enough_of_them_do(served):
    coarse = delivered(ground_truth=GroundTruth(delay="1d", delivered=True, renew_at=0.2))
    predict(served, coarse, [DAY])
    add(served, labels().iloc[:30], coarse, at="2025-02-12")
    evaluate(replace(served, replay_at=day("2025-02-12")), coarse, [DAY])
    add(served, labels().iloc[30:41], coarse, at="2025-02-13")
    assert outdated(served, coarse) == []
    add(served, labels().iloc[41:42], coarse, at="2025-02-14")
    assert outdated(served, coarse) == [DAY]


def test_one_corrected_label_and_the_last_missing_one_make_an_evaluation_outdated(served):
    predict(served, delivered(), [DAY, NEXT])
    add(served, pd.concat([labels(), labels(NEXT).iloc[1:]]), at="2025-02-12")
    evaluate(replace(served, replay_at=day("2025-02-12")), delivered(), [DAY, NEXT])
    corrected = labels().head(1).assign(fire=lambda frame: frame["fire"].map(OTHER))
    add(served, pd.concat([corrected, labels(NEXT).head(1)]), at="2025-02-13")
    assert outdated(served, delivered()) == [DAY, NEXT]
    assert outdated(served, delivered(), [NEXT]) == [NEXT]


def test_labels_without_a_prediction_make_nothing_outdated(served):
    predict(served, delivered(), [DAY])
    add(served, labels(), at="2025-02-12")
    evaluate(replace(served, replay_at=day("2025-02-12")), delivered(), [DAY])
    add(served, pd.concat([labels(NEXT), labels().assign(station="nowhere")]), at="2025-02-14")
    assert outdated(served, delivered()) == []


def test_a_predicted_day_without_an_evaluation_is_outdated_once_it_has_a_label(served):
    predict(served, delivered(), [DAY])
    assert outdated(served, delivered()) == []
    add(served, labels().head(1))
    assert outdated(served, delivered()) == [DAY]


def test_the_status_says_how_far_ground_truth_has_come(served):
    predict(served, delivered(), [DAY, NEXT])
    add(served, pd.concat([labels().head(40), labels("2025-02-09"), labels().head(2).assign(station="nowhere")]))
    add(served, labels().head(1).assign(fire=lambda frame: frame["fire"].map(OTHER)))
    status = truth_status(served, delivered())
    assert (status.label_count, status.prediction_count) == (40, 120)
    assert (status.orphan_count, status.history_count, status.waiting_count, status.corrected_count) == (2, 60, 0, 1)
    assert [row.row_count for row in status.deliveries] == [1, 102]
    assert (status.oldest_unlabelled, status.unlabelled_for) == (NEXT, LONG_AFTER - day("2025-02-12"))


def test_the_status_counts_the_labels_of_the_dataset_as_evaluated(served):
    predict(served, fires(), [DAY, NEXT])
    evaluate(served, fires(), [DAY])
    status = truth_status(served, fires())
    assert (status.label_count, status.prediction_count, status.deliveries) == (60, 120, ())
    assert status.oldest_unlabelled == NEXT


def test_a_replayed_status_knows_only_what_had_arrived(served):
    predict(served, delivered(), [DAY])
    add(served, labels(), at="2025-02-20")
    status = truth_status(replace(served, replay_at=day("2025-02-15")), delivered())
    assert (status.label_count, status.deliveries) == (0, ())
