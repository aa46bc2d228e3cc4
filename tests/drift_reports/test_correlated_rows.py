"""The design effect of a stream: by the champion's first windows, and none until they have passed."""

from driftline import PerformanceDrift
from driftline.drift_reports import report_drift
from driftline.predictions import predict
from tests.histories import promote_copy
from tests.streams import FROM_THE_START, fires


def watched(**told):
    return fires(drift=(PerformanceDrift("log_loss", window="1d", m_of_n=(1, 1), **told),))


def test_the_variance_counts_by_the_first_windows_once_they_have_passed(served):
    predict(served, watched(), FROM_THE_START)
    plain = report_drift(served, watched(), FROM_THE_START).done
    correlated = report_drift(served, watched(correlated_rows=True), FROM_THE_START).done
    early, late = FROM_THE_START[19], FROM_THE_START[20]
    assert correlated[early].findings[0].p_value == plain[early].findings[0].p_value
    assert correlated[early].findings[0].values["design_effect"] is None
    assert correlated[late].findings[0].values["design_effect"] > 1.0
    assert correlated[late].findings[0].p_value > plain[late].findings[0].p_value


def test_one_report_alone_says_the_same(served):
    predict(served, watched(), FROM_THE_START)
    rule, last = watched(correlated_rows=True), FROM_THE_START[-1:]
    assert report_drift(served, rule, last).done[last[0]] == report_drift(served, rule, FROM_THE_START).done[last[0]]


def test_a_promotion_starts_anew(served):
    promote_copy(served, at="2025-03-05")
    predict(served, watched(), FROM_THE_START)
    reported = report_drift(served, watched(correlated_rows=True), FROM_THE_START).done
    assert reported[FROM_THE_START[-1]].findings[0].values["design_effect"] is None
