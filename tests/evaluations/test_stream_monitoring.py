"""A stream as it is watched: predicted by the champion of the time, measured as labels come, a bad day named."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from sqlmodel import select

from driftline import PerformanceDrift, Promote, Retrain, RetrainTrigger, Target, Window, load_model
from driftline.declaration.errors import UnknownPartitionError
from driftline.drift import Verdict
from driftline.drift_reports import report_drift
from driftline.evaluations import LabelledReader, evaluate
from driftline.evaluations.labelled import read_labelled
from driftline.predictions import predict
from driftline.registry import find_version
from driftline.registry.errors import UnknownVersionError
from driftline.store import batch_rows, declaration_rows, drift_rows, evaluation_rows, model_rows
from driftline.store.batch_rows import PredictionBatch
from tests.histories import give_alias, promote_copy
from tests.streams import Forest, day, fires

DAYS = ["2025-02-10", "2025-02-11", "2025-02-12"]
FAULTY = DAYS[1]


def stored_evaluations(workspace, *, number=1, keys=None):
    """All evaluations of a version on the stream, oldest first, with their metrics by name."""
    with workspace.database.reading() as session:
        version = find_version(workspace, f"fires/{number}")
        rows = session.exec(
            select(evaluation_rows.Evaluation)
            .where(evaluation_rows.Evaluation.version_id == version.id, evaluation_rows.Evaluation.dataset == "fires")
            .order_by(evaluation_rows.Evaluation.id)
        ).all()
        metrics = evaluation_rows.evaluation_metrics(session, [row.id for row in rows])
    return [(row, {m.metric: m for m in metrics[row.id]}) for row in rows]


def stored_reports(workspace):
    with workspace.database.reading() as session:
        line = model_rows.find_model(session, "fires")
        return list(reversed(drift_rows.reports(session, line.id)))


def boom(frame):
    raise ConnectionError("the station does not answer")


def without(column):
    return lambda frame: frame.drop(columns=column)


def test_each_partition_is_predicted_and_measured(served):
    predicted = predict(served, fires(), DAYS)
    assert [done.row_count for done in predicted.done.values()] == [60] * 3
    assert all(0 < done.mean_score < 1 for done in predicted.done.values())
    measured = evaluate(served, fires(), DAYS)
    assert [(done.version, done.row_count, done.label_count) for done in measured.done.values()] == [(1, 60, 60)] * 3
    assert [m.metric for m in measured.done[FAULTY].measurements] == ["auroc", "log_loss"]


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


def test_a_partition_that_was_not_predicted_says_what_to_do(served):
    predict(served, fires(), DAYS[:1])
    for found in (evaluate(served, fires(), DAYS), report_drift(served, fires(), DAYS)):
        assert (set(found.done), set(found.failed)) == ({DAYS[0]}, set(DAYS[1:]))
        assert "fires/predictions" in found.failed[FAULTY]


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


def broken(window, fault):
    """A call for the faulty day alone is at fault, and one for more days raises."""
    frame = Forest()(window)
    if not window.start <= day(FAULTY) < window.end:
        return frame
    return fault(frame) if window.days == 1 else boom(frame)


def test_a_day_whose_values_are_of_another_type_is_named_among_many(served):
    forest = Forest(faults={FAULTY: lambda frame: frame.assign(wind_kmh="strong")})
    predicted = predict(served, fires(forest), DAYS)
    assert (set(predicted.done), set(predicted.failed)) == ({DAYS[0], DAYS[2]}, {FAULTY})
    assert "'wind_kmh'" in predicted.failed[FAULTY]


def test_a_day_without_rows_among_others_is_named(served):
    predicted = predict(served, fires(Forest(faults={FAULTY: lambda frame: frame.iloc[:0]})), DAYS)
    assert set(predicted.done) == {DAYS[0], DAYS[2]}
    assert "has no rows in [2025-02-11, 2025-02-12)" in predicted.failed[FAULTY]


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


def test_a_class_that_the_model_does_not_know_is_named(served):
    strange = fires(
        Forest(faults={FAULTY: lambda frame: frame.assign(fire="perhaps")}), target=Target("fire", positive_class="yes")
    )
    predict(served, strange, DAYS)
    measured = evaluate(served, strange, DAYS)
    assert set(measured.done) == {DAYS[0], DAYS[2]}
    assert "'perhaps'" in measured.failed[FAULTY]


def test_the_labels_of_a_day_are_those_of_its_rows(served):
    predict(served, fires(), DAYS)
    labelled = read_labelled(served, fires(), DAYS).done[FAULTY]
    rows = Forest()(Window(day(FAULTY), day("2025-02-12")))
    assert labelled.truth.tolist() == (rows["fire"] == "yes").astype(int).tolist()
    assert labelled.scores == pytest.approx(find_scores(served, rows))


def find_scores(workspace, rows):
    return load_model("fires/1", workspace=workspace).score(rows)


MARCH = [f"2025-03-{number:02}" for number in range(1, 18)]


def test_drift_is_a_statement_with_its_evidence(served):
    predict(served, fires(), MARCH)
    reported = report_drift(served, fires(), MARCH).done["2025-03-17"]
    [performance] = [finding for finding in reported.findings if finding.kind == "performance"]
    assert (reported.verdict, performance.verdict) == ("drift", "drift")
    assert (performance.reference_rows, performance.analysis_rows) == (422, 420)
    assert performance.p_value < 0.01
    assert "auroc" in reported.summary
    stored = stored_reports(served)[-1]
    assert (stored.window_start, stored.window_end) == (day("2025-03-11"), day("2025-03-18"))


def test_the_same_evidence_is_reported_once(served):
    predict(served, fires(), DAYS)
    first = report_drift(served, fires(), DAYS)
    again = report_drift(served, fires(), DAYS[::-1])
    assert {key: done.report_id for key, done in again.done.items()} == {
        key: done.report_id for key, done in first.done.items()
    }
    assert len(stored_reports(served)) == 3


def test_reports_are_stored_by_time_whatever_the_order_of_the_keys(served):
    predict(served, fires(), DAYS)
    report_drift(served, fires(), DAYS[::-1])
    assert [report.partition_key for report in stored_reports(served)] == DAYS


def test_more_labels_are_new_evidence(served):
    predict(served, fires(), DAYS)
    report_drift(replace(served, replay_at=day("2025-02-11")), fires(), DAYS)
    report_drift(served, fires(), DAYS)
    assert [report.partition_key for report in stored_reports(served)] == DAYS * 2


def test_a_promotion_starts_the_windows_anew(served):
    promote_copy(served, at="2025-03-15")
    predict(served, fires(), MARCH)
    reported = report_drift(served, fires(), MARCH).done
    labels = [reported[key].findings[0].analysis_rows for key in MARCH[12:]]
    assert labels == [420, 420, 60, 120, 180]


def test_too_few_rows_are_an_answer_of_their_own(served):
    quiet = fires(Forest(rows_per_day=2))
    predict(served, quiet, DAYS)
    reported = report_drift(served, quiet, DAYS).done[DAYS[0]]
    assert (reported.verdict, {finding.verdict for finding in reported.findings}) == ("too_few_rows", {"too_few_rows"})
    assert "too few labels (2 of 30)" in reported.summary


def test_a_day_without_labels_is_reported_as_too_few(served):
    predict(served, fires(drift=fires().performance_rules), DAYS)
    early = replace(served, replay_at=day("2025-02-10"))
    reported = report_drift(early, fires(drift=fires().performance_rules), DAYS).done[DAYS[0]]
    assert reported.verdict == "too_few_rows"


def test_a_bad_day_fails_its_own_report_and_is_left_out_of_the_windows_of_others(served):
    predict(served, fires(), DAYS)
    reported = report_drift(served, fires(lambda window: broken(window, boom)), DAYS)
    assert set(reported.failed) == {FAULTY}
    assert reported.done[DAYS[2]].findings[0].analysis_rows == 120


def test_a_column_that_vanished_after_the_prediction_is_named(served):
    apart = [DAYS[0], DAYS[2], "2025-02-14"]
    predict(served, fires(), apart)
    gone = fires(lambda window: Forest()(window).drop(columns="wind_kmh" if window.start == day(DAYS[2]) else []))
    reported = report_drift(served, gone, apart)
    assert DAYS[0] in reported.done
    assert "'wind_kmh'" in reported.failed[DAYS[2]]


def test_a_stream_that_watches_nothing_reports_nothing(served):
    predict(served, fires(drift=()), DAYS)
    assert report_drift(served, fires(drift=()), DAYS).done == {}


FROM_THE_START = [*(f"2025-02-{number}" for number in range(10, 29)), *MARCH]
APART = Retrain(trigger=RetrainTrigger(window="2d"))


def triggers(reported):
    return {key: found for key, done in reported.items() for found in done.findings if found.role == "trigger"}


def test_the_trigger_compares_with_the_first_live_windows_once_they_have_passed(served):
    predict(served, fires(retrain=APART), FROM_THE_START)
    found = triggers(report_drift(served, fires(retrain=APART), FROM_THE_START).done)
    silent = [key for key in FROM_THE_START if found[key].verdict is Verdict.TOO_FEW_ROWS]
    assert silent == FROM_THE_START[:3]  # a window of two days, and a window after it
    grown = [found[key].reference_rows for key in FROM_THE_START[3:11]]
    assert grown == [120, 120, 240, 240, 360, 360, 480, 480]
    assert {found[key].reference_rows for key in FROM_THE_START[11:]} == {480}
    assert {found[key].analysis_rows for key in FROM_THE_START[3:]} == {120}
    assert found[FROM_THE_START[2]].rule == "no_live_reference"
    assert Verdict.DRIFT in {found[key].verdict for key in MARCH[2:]}


def test_the_report_of_a_day_is_the_same_whether_other_days_are_asked_for(served):
    predict(served, fires(retrain=APART), FROM_THE_START)
    one = report_drift(served, fires(retrain=APART), MARCH[-1:]).done[MARCH[-1]]
    assert one == report_drift(served, fires(retrain=APART), FROM_THE_START).done[MARCH[-1]]


def test_a_promotion_gives_the_trigger_a_new_reference(served):
    promote_copy(served, at="2025-03-05")
    predict(served, fires(retrain=APART), FROM_THE_START)
    found = triggers(report_drift(served, fires(retrain=APART), FROM_THE_START).done)
    assert found["2025-03-04"].verdict is not Verdict.TOO_FEW_ROWS
    assert {found[key].verdict for key in MARCH[4:7]} == {Verdict.TOO_FEW_ROWS}
    assert found["2025-03-08"].reference_rows == 120


def test_the_verdict_of_a_report_is_that_of_its_alerts(served):
    slow = Retrain(trigger=RetrainTrigger(window="4d"))
    deaf = fires(drift=(PerformanceDrift("auroc", below=0.01),), retrain=slow)
    predict(served, deaf, FROM_THE_START)
    reported = report_drift(served, deaf, MARCH[-1:]).done[MARCH[-1]]
    assert (reported.verdict, triggers({"last": reported})["last"].verdict) == ("ok", "drift")
    assert reported.summary == "No drift in 1 of 1 checks that could be made."


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
