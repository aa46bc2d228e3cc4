"""Labels that are delivered: each row's counts once, a correction is kept, and nothing is known before it came."""

from dataclasses import replace

import pandas as pd
import pytest

from driftline import GroundTruth
from driftline.evaluations import evaluate
from driftline.evaluations.labelled import read_labelled
from driftline.ground_truth import truth_status
from driftline.ground_truth.errors import (
    HistoryRewriteError,
    InvalidLabelsError,
)
from driftline.predictions import predict
from tests.deliveries import DAY, NEXT, OTHER, add, delivered, deliveries, labels
from tests.histories import promote_copy
from tests.streams import LONG_AFTER, Forest, day, fires


def counts(added):
    return added.new_count, added.same_count, added.corrected_count


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
