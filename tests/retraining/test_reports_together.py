"""Reports that arrive together are read together: what one of them shows is not passed over for the newest."""

from dataclasses import replace
from datetime import timedelta

import pytest

from driftline import PerformanceDrift, Recovery, Retrain, RetrainTrigger
from driftline.drift_reports import report_drift
from driftline.health import Condition, HealthRule
from driftline.predictions import predict
from driftline.retraining import decide_reports
from tests.histories import decisions, promote_copy
from tests.lost_levels import LOST, lost_look, said
from tests.streams import Forest, day, fires

WEEK = [f"2025-02-{number}" for number in range(10, 22)]
NEWEST = WEEK[-1]


def turned(frame):
    return frame.assign(fire=frame["fire"].map({"yes": "no", "no": "yes"}))


def fires_with(policy, *bad, **changes):
    """A stream with bad days, of which the windows of two days that end on the newest day hold none."""
    forest = Forest(rows_per_day=300, faults=dict.fromkeys(bad, turned))
    rules = (PerformanceDrift("auroc", window="2d", m_of_n=(1, 1)),)
    return fires(forest, **{"drift": rules, "retrain": policy, **changes})


def reported(workspace, pipeline, keys=WEEK):
    predict(workspace, pipeline, keys)
    return report_drift(workspace, pipeline, keys).done


@pytest.mark.parametrize("trigger", [None, RetrainTrigger(window="2d", reference_windows=1)])
def test_a_drift_that_the_newest_report_does_not_show_is_not_passed_over(served, trigger):
    pipeline = fires_with(Retrain(trigger=trigger, choice=None), WEEK[6], WEEK[7])
    reports = reported(served, pipeline)
    assert (reports[WEEK[7]].verdict, reports[NEWEST].verdict) == ("drift", "ok")
    *older, newest = decide_reports(served, {"fires": pipeline})
    assert (newest.report_id, newest.retrain) == (reports[NEWEST].report_id, True)
    [ask] = decisions(served)[-1].events[0].details["asks"]
    shown = max(key for key in WEEK if ask["report_id"] == reports[key].report_id)
    assert WEEK[6] <= shown < NEWEST
    assert not any(one.retrain for one in older)
    assert "with which it is read" in older[0].reason


def test_what_one_of_them_shows_of_a_version_that_serves_no_longer_does_not_count(served):
    pipeline = fires_with(Retrain(trigger=None, choice=None), WEEK[6], WEEK[7])
    promote_copy(served, at=WEEK[9])
    assert reported(served, pipeline)[WEEK[7]].verdict == "drift"
    assert not decide_reports(served, {"fires": pipeline})[-1].retrain


def test_a_level_that_was_lost_among_them_is_still_lost_at_the_newest(served):
    rule = Recovery(window="2d", long_window="4d")
    pipeline = fires_with(Retrain(trigger=rule), WEEK[6], WEEK[7])
    reports = reported(served, pipeline)
    assert reports[NEWEST].report.health.rule is HealthRule.LEVEL_NOT_REGAINED
    asked = decide_reports(served, {"fires": pipeline})[-1]
    assert asked.retrain
    assert "the level of the pipeline is lost" in asked.reason


def test_the_order_in_which_reports_were_made_does_not_matter(served):
    pipeline = fires_with(Retrain(trigger=None, choice=None))
    for key in (NEWEST, WEEK[0]):
        reported(served, pipeline, [key])
    older, newest = decide_reports(served, {"fires": pipeline})
    assert (older.report_id, newest.report_id) == (2, 1)
    assert "is read" in older.reason


THEN = replace(LOST, as_of=day("2025-03-01"), rows_since_change=1500)
SETTLED = replace(
    THEN,
    condition=Condition.SETTLED,
    rule=HealthRule.LEVEL_KEPT,
    loss=None,
    entered_at=None,
    changed_at=None,
    anchor_id=None,
    rows_since_change=0,
)
RECOVERING = fires(retrain=Retrain(trigger=Recovery(max_age=None)))


def test_an_old_partition_that_is_reported_on_again_does_not_speak_for_the_present(served):
    said(served, "2025-03-10", SETTLED)
    decide_reports(served, {"fires": RECOVERING})
    said(served, "2025-02-20", THEN)
    [again] = decide_reports(served, {"fires": RECOVERING})
    assert not again.retrain


def test_a_level_is_accepted_once_however_often_its_report_is_made(served):
    for at, rows in (("2025-02-12", 200), ("2025-02-16", 400), ("2025-02-24", 800)):
        lost_look(served, day(at), rows)
    said(served, "2025-02-28", THEN)
    [accepted] = decide_reports(served, {"fires": RECOVERING})
    said(served, "2025-02-28", THEN, digest="with late labels")
    said(served, "2025-03-01", replace(THEN, as_of=THEN.as_of + timedelta(days=1)))
    again = decide_reports(served, {"fires": RECOVERING})
    assert decisions(served)[-3].status == "accepted"
    assert accepted.decision_id == decisions(served)[-3].id
    assert [decision.status for decision in decisions(served)[-2:]] == ["declined", "declined"]
    assert not any(one.retrain for one in again)
