"""Errors one by one on a stream: since the champion took effect, in event time, live or replayed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from driftline import PerformanceDrift
from driftline.declaration.errors import DeclarationError
from driftline.drift import Verdict
from driftline.drift_reports import report_drift
from driftline.predictions import predict
from driftline.retraining import adjudicate, read_dataset, train
from tests.histories import promote_copy
from tests.streams import FROM_THE_START, MARCH, Forest, day, fires, persons

RULE = PerformanceDrift("brier", method="sequential", window="7d")


def watched(forest=None, rule=RULE):
    return fires(forest, metrics=("auroc", "brier", "accuracy"), drift=(rule,))


@pytest.fixture
def stream(workspace):
    read_dataset(workspace, watched())
    train(workspace, watched())
    adjudicate(workspace, watched())
    later = replace(workspace, replay_at=day("2025-06-01"))
    predict(later, watched(), FROM_THE_START)
    return later


def test_it_raises_an_alarm_after_the_truth_has_changed(stream):
    reported = report_drift(stream, watched(), FROM_THE_START).done
    drifted = [key for key in FROM_THE_START if reported[key].verdict == "drift"]
    assert drifted
    assert min(drifted) > "2025-03-01"
    assert [reported[key].findings[0].analysis_rows for key in FROM_THE_START[:3]] == [60, 120, 180]


def test_a_live_report_says_what_a_replay_says(stream):
    replayed = report_drift(stream, watched(), FROM_THE_START).done
    for key in (FROM_THE_START[3], MARCH[9]):
        live = replace(stream, replay_at=day(key) + timedelta(days=2))
        assert report_drift(live, watched(), [key]).done[key].findings == replayed[key].findings


def test_labels_in_another_order_change_nothing(stream):
    shuffled = Forest(always=lambda frame: frame.sample(frac=1, random_state=1))
    plain, mixed = (report_drift(stream, watched(forest), MARCH[-1:]).done for forest in (None, shuffled))
    assert plain == mixed


def test_labels_behind_the_delay_are_not_counted_yet(stream):
    early = replace(stream, replay_at=day(FROM_THE_START[2]))
    [found] = report_drift(early, watched(), FROM_THE_START[2:3]).done[FROM_THE_START[2]].findings
    assert found.analysis_rows == 60


def test_a_promotion_starts_anew(stream):
    promote_copy(stream, at="2025-03-05")
    predict(stream, watched(), MARCH)
    reported = report_drift(stream, watched(), MARCH).done
    assert reported["2025-03-05"].findings[0].analysis_rows == 60
    assert reported["2025-03-04"].findings[0].analysis_rows == 60 * 23


def test_a_version_without_a_score_of_the_metric_is_undefined(served):
    predict(served, watched(), FROM_THE_START[:3])
    reported = report_drift(served, watched(), FROM_THE_START[:3]).done
    assert {found.verdict for done in reported.values() for found in done.findings} == {Verdict.UNDEFINED}


def test_a_table_has_no_order(workspace):
    with pytest.raises(DeclarationError, match="errors one by one"):
        persons(drift=(PerformanceDrift("accuracy", method="sequential"),))
