"""A drift report is a statement with its evidence, made once for the same evidence."""

from dataclasses import replace

from driftline import PerformanceDrift, Retrain, RetrainTrigger
from driftline.drift import Verdict
from driftline.drift_reports import report_drift
from driftline.predictions import predict
from tests.histories import promote_copy, stored_reports
from tests.streams import DAYS, FAULTY, FROM_THE_START, MARCH, Forest, boom, broken, day, fires


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
