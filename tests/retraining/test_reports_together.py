"""Reports that arrive together are read together: what one of them shows is not passed over for the newest."""

from dataclasses import replace
from datetime import timedelta

import pytest

from driftline import PerformanceDrift, Recovery, Retrain, RetrainTrigger
from driftline.drift_reports import report_drift
from driftline.health import Condition, Health, HealthRule, MeanLoss
from driftline.predictions import predict
from driftline.registry import find_version
from driftline.retraining import decide_reports
from driftline.store import drift_rows
from tests.histories import decided, decisions, promote_copy
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


SETTLED = Health(
    as_of=day("2025-03-01"), condition=Condition.SETTLED, rule=HealthRule.LEVEL_KEPT, champion_id=1, level=0.1
)
LOST = replace(
    SETTLED,
    condition=Condition.RECOVERING,
    rule=HealthRule.LEVEL_NOT_REGAINED,
    loss=MeanLoss(value=0.2, standard_error=0.01, row_count=700),
    entered_at=day("2025-02-10"),
    changed_at=day("2025-02-08"),
    anchor_id=1,
    rows_since_change=1500,
)
RECOVERING = fires(retrain=Retrain(trigger=Recovery(max_age=None)))


def said(workspace, key, health, digest):
    """A report on a partition, as it was made with this health."""
    champion = find_version(workspace, "fires@champion")
    with workspace.database.transaction() as session:
        return drift_rows.add_report(
            session,
            model_id=champion.model_id,
            version_id=champion.id,
            partition_key=key,
            reference="the holdout",
            verdict="ok" if health.is_settled else "degraded",
            summary="As it stood.",
            digest=digest,
            created_at=workspace.clock(),
            health=health.to_json(),
        )


def test_an_old_partition_that_is_reported_on_again_does_not_speak_for_the_present(served):
    said(served, "2025-03-10", SETTLED, "the newest")
    decide_reports(served, {"fires": RECOVERING})
    said(served, "2025-02-20", LOST, "late labels")
    [again] = decide_reports(served, {"fires": RECOVERING})
    assert not again.retrain


def lost_thrice(workspace):
    """Three challengers that lost, on ever more rows after the change."""
    champion = find_version(workspace, "fires@champion")
    for at, rows in (("2025-02-12", 200), ("2025-02-16", 400), ("2025-02-24", 800)):
        plan = {"look": "rows_have_grown", "rows_since_change": rows, "window_is_new": False, "holdout_is_whole": True}
        decided(workspace, champion.model_id, "kept", as_of=day(at), details={"plan": plan})


def test_a_level_is_accepted_once_however_often_its_report_is_made(served):
    lost_thrice(served)
    said(served, "2025-02-28", LOST, "first")
    [accepted] = decide_reports(served, {"fires": RECOVERING})
    said(served, "2025-02-28", LOST, "with late labels")
    said(served, "2025-03-01", replace(LOST, as_of=LOST.as_of + timedelta(days=1)), "the next, made late")
    again = decide_reports(served, {"fires": RECOVERING})
    assert decisions(served)[-3].status == "accepted"
    assert accepted.decision_id == decisions(served)[-3].id
    assert [decision.status for decision in decisions(served)[-2:]] == ["declined", "declined"]
    assert not any(one.retrain for one in again)
