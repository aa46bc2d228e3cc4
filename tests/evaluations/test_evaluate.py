"""Production is measured as labels arrive: each partition by itself, and the old evaluations are kept."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from driftline import Window, load_model
from driftline.drift_reports import report_drift
from driftline.evaluations import LabelledReader, evaluate
from driftline.evaluations.labelled import read_labelled
from driftline.predictions import predict
from tests.histories import stored_evaluations
from tests.streams import DAYS, FAULTY, Forest, boom, broken, day, fires


def test_each_partition_is_predicted_and_measured(served):
    predicted = predict(served, fires(), DAYS)
    assert [done.row_count for done in predicted.done.values()] == [60] * 3
    assert all(0 < done.mean_score < 1 for done in predicted.done.values())
    measured = evaluate(served, fires(), DAYS)
    assert [(done.version, done.row_count, done.label_count) for done in measured.done.values()] == [(1, 60, 60)] * 3
    assert [m.metric for m in measured.done[FAULTY].measurements] == ["auroc", "log_loss"]


def test_a_partition_that_was_not_predicted_says_what_to_do(served):
    predict(served, fires(), DAYS[:1])
    for found in (evaluate(served, fires(), DAYS), report_drift(served, fires(), DAYS)):
        assert (set(found.done), set(found.failed)) == ({DAYS[0]}, set(DAYS[1:]))
        assert "fires/predictions" in found.failed[FAULTY]


def test_a_day_that_fails_when_its_labels_are_read_loses_no_other(served):
    predict(served, fires(), DAYS)
    measured = evaluate(served, fires(lambda window: broken(window, boom)), DAYS)
    assert (set(measured.done), set(measured.failed)) == ({DAYS[0], DAYS[2]}, {FAULTY})


def test_entities_whose_categories_differ_from_day_to_day_are_joined(served):
    def text_where_it_is_long(frame):
        return frame.astype({"station": "str"}) if len(frame) > 60 else frame

    pipeline = fires(Forest(always=text_where_it_is_long))
    predict(served, pipeline, DAYS[:2])
    predict(served, pipeline, DAYS[2:])
    measured = evaluate(served, pipeline, DAYS)
    assert (set(measured.done), measured.failed) == (set(DAYS), {})
    assert all(done.label_count == done.row_count for done in measured.done.values())


def test_entities_that_are_whole_numbers_on_some_days_only_are_joined(served):
    def numbered(frame):
        return frame.assign(number=np.arange(len(frame)) % 60 * (1 if len(frame) == 60 else 1.0))

    pipeline = fires(Forest(always=numbered), entity=("number",))
    predict(served, pipeline, DAYS[:1])
    predict(served, pipeline, DAYS[1:])
    measured = evaluate(served, pipeline, DAYS)
    assert [done.label_count for done in measured.done.values()] == [60] * 3


def test_a_day_without_ground_truth_waits_and_is_measured_when_the_labels_have_come(served):
    early = replace(served, replay_at=day("2025-02-12"))
    predict(early, fires(), DAYS[:2])
    measured = evaluate(early, fires(), DAYS[:2])
    assert (set(measured.done), set(measured.waiting), measured.failed) == ({DAYS[0]}, {FAULTY}, {})
    assert measured.waiting[FAULTY].startswith(f"{FAULTY}: 0 of 60")
    later = evaluate(replace(served, replay_at=day("2025-02-13")), fires(), DAYS[:2])
    assert (set(later.done), later.waiting) == (set(DAYS[:2]), {})


def test_evaluating_again_adds_nothing_and_more_labels_add_one_and_keep_the_old(served):
    predict(served, fires(), DAYS[:1])
    noon = replace(served, replay_at=day("2025-02-11") + timedelta(hours=12))
    first = evaluate(noon, fires(), DAYS[:1]).done[DAYS[0]]
    assert 0 < first.label_count < first.row_count
    evaluate(noon, fires(), DAYS[:1])
    assert len(stored_evaluations(served)) == 1
    evaluate(served, fires(), DAYS[:1])
    evaluate(served, fires(), DAYS[:1])
    assert [row.label_count for row, _ in stored_evaluations(served)] == [first.label_count, 60]


def test_a_corrected_label_is_a_new_evaluation(served):
    predict(served, fires(), DAYS)
    evaluate(served, fires(), DAYS)
    corrected = Forest(faults={FAULTY: lambda frame: frame.assign(fire=frame["fire"].map({"yes": "no", "no": "yes"}))})
    evaluate(served, fires(corrected), DAYS)
    assert [row.partition_key for row, _ in stored_evaluations(served)] == [*DAYS, FAULTY]


def test_a_window_of_one_class_has_no_auroc_and_is_stored_with_its_reason(served):
    calm = fires(Forest(faults={FAULTY: lambda frame: frame.assign(fire="no")}))
    predict(served, calm, DAYS)
    evaluate(served, calm, DAYS)
    [stored] = [metrics for row, metrics in stored_evaluations(served) if row.partition_key == FAULTY]
    assert (stored["auroc"].value, stored["auroc"].note) == (None, "undefined: 0 positives of 60")
    assert stored["log_loss"].value > 0


def test_a_label_that_is_missing_is_not_a_label(served):
    def half(frame):
        return frame.assign(fire=frame["fire"].where(np.arange(len(frame)) % 2 == 0))

    pipeline = fires(Forest(faults={FAULTY: half}))
    predict(served, pipeline, DAYS)
    measured = evaluate(served, pipeline, DAYS).done[FAULTY]
    assert (measured.row_count, measured.label_count) == (60, 30)


def test_rows_that_cannot_be_told_apart_are_refused_for_their_day_alone(served):
    doubled = fires(Forest(faults={FAULTY: lambda frame: pd.concat([frame, frame.tail(1)], ignore_index=True)}))
    predict(served, doubled, DAYS)
    measured = evaluate(served, doubled, DAYS)
    assert set(measured.done) == {DAYS[0], DAYS[2]}
    assert "share time, station with another row" in measured.failed[FAULTY]


def test_labels_find_their_rows_in_any_order(served):
    predict(served, fires(), DAYS)
    shuffled = Forest(always=lambda frame: frame.sample(frac=1, random_state=1))
    plain, mixed = evaluate(served, fires(), DAYS), evaluate(served, fires(shuffled), DAYS)
    assert mixed.done == plain.done


def test_a_row_that_came_after_the_prediction_is_not_measured(served):
    predict(served, fires(Forest(faults={FAULTY: lambda frame: frame.head(50)})), DAYS)
    measured = evaluate(served, fires(), DAYS).done[FAULTY]
    assert (measured.row_count, measured.label_count) == (50, 50)


def test_the_labels_of_a_day_are_those_of_its_rows(served):
    predict(served, fires(), DAYS)
    labelled = read_labelled(served, fires(), DAYS).done[FAULTY]
    rows = Forest()(Window(day(FAULTY), day("2025-02-12")))
    assert labelled.truth.tolist() == (rows["fire"] == "yes").astype(int).tolist()
    assert labelled.scores == pytest.approx(find_scores(served, rows))


def find_scores(workspace, rows):
    return load_model("fires/1", workspace=workspace).score(rows)


def test_what_could_not_be_read_is_not_read_again_in_the_same_work(served):
    def boom(frame):
        raise ConnectionError("the station does not answer")

    forest = Forest()
    pipeline = fires(forest)
    predict(served, pipeline, DAYS[:1])
    forest.always = boom
    reader = LabelledReader(served, pipeline)
    failed = reader.read(DAYS).failed
    calls = len(forest.windows)
    assert (reader.read(DAYS).failed, len(forest.windows)) == (failed, calls)
    assert "the station does not answer" in failed[DAYS[0]]
    assert "There is no prediction of" in failed[DAYS[1]]
