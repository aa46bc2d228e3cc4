"""What each alert rule concludes from plain facts: a code, its values and a state."""

from datetime import UTC, datetime

import pytest

from driftline import Alert
from driftline.alerting.facts import (
    DriftFacts,
    DuePartition,
    EvaluationFacts,
    Facts,
    FailedRun,
    News,
    NewsKind,
    RetrainingFacts,
    RetrainingStatus,
)
from driftline.alerting.rule_results import AlertRule, RuleState, alert_key, evaluate_rule
from driftline.drift import Verdict
from driftline.sentences import alert_text
from driftline.sentences.alerts import _TEXTS
from tests.streams import fires

DAY = "2025-03-17"


def concluded(rule: Alert, facts: Facts, **changes: object):
    found = [(result.conclusion.rule, result.state) for result in evaluate_rule(fires(**changes), rule, facts)]
    assert len(found) <= 1
    return found[0] if found else None


def drift(verdict: Verdict) -> Facts:
    return Facts(drift=DriftFacts(report_id=7, version=1, partition_key=DAY, verdict=verdict, summary="auroc fell."))


def evaluated(**metrics: float | None) -> Facts:
    return Facts(
        evaluation=EvaluationFacts(evaluation_id=3, version=1, partition_key=DAY, label_count=60, metrics=metrics)
    )


def ended(status: str, **values: object) -> Facts:
    values = {"trigger": "schedule", "reason": "r", "serving_version": 1, "challenger_version": 2, **values}
    return Facts(retraining=RetrainingFacts(decision_id=5, status=RetrainingStatus(status), **values))


def test_every_conclusion_has_a_text():
    assert set(_TEXTS) == set(AlertRule)


@pytest.mark.parametrize("kind", ["drift", "evaluation", "label_lateness", "failure", "decision"])
def test_without_facts_nothing_is_concluded(kind):
    assert concluded(Alert(on=kind), Facts(), floor=0.7) is None


@pytest.mark.parametrize(
    ("verdict", "rule", "state"),
    [
        (Verdict.DRIFT, "drift_found", "bad"),
        (Verdict.DEGRADED, "level_lost", "bad"),
        (Verdict.OK, "drift_resolved", "ok"),
        (Verdict.TOO_FEW_ROWS, "drift_not_evaluated", "unknown"),
        (Verdict.UNDEFINED, "drift_not_evaluated", "unknown"),
    ],
)
def test_drift_follows_the_verdict_of_the_report(verdict, rule, state):
    assert concluded(Alert(on="drift"), drift(verdict)) == (rule, state)


@pytest.mark.parametrize(
    ("watched", "value", "rule", "state"),
    [
        ("auroc", 0.69, "metric_below_limit", "bad"),
        ("auroc", 0.7, "metric_within_limit", "ok"),
        ("auroc", 0.0, "metric_below_limit", "bad"),
        ("auroc", None, "metric_undefined", "unknown"),
        ("log_loss", 0.71, "metric_above_limit", "bad"),
        ("log_loss", 0.7, "metric_within_limit", "ok"),
    ],
)
def test_a_metric_is_compared_with_its_limit_in_its_own_direction(watched, value, rule, state):
    alert = Alert(on="evaluation", metric=watched, worse_than=0.7)
    assert concluded(alert, evaluated(**{watched: value})) == (rule, state)


def test_labels_are_overdue_from_the_newest_partition_back_to_the_first_that_was_evaluated():
    due = [DuePartition(version=1, partition_key=f"2025-03-{day}", is_evaluated=day == 15) for day in (18, 17, 15, 14)]
    [result] = evaluate_rule(fires(), Alert(on="label_lateness"), Facts(due=tuple(due)))
    values = result.conclusion.values
    assert (result.conclusion.rule, result.state) == (AlertRule.LABELS_OVERDUE, RuleState.BAD)
    assert (values["overdue"], values["due"], values["first_overdue"]) == (2, 4, "2025-03-17")


def test_labels_that_arrived_end_it():
    due = (DuePartition(version=1, partition_key=DAY, is_evaluated=True),)
    assert concluded(Alert(on="label_lateness"), Facts(due=due)) == ("labels_arrived", "ok")


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        ("failed", ("retraining_failed", "bad")),
        ("kept", ("champion_kept", "ok")),
        ("promoted", ("version_promoted", "ok")),
    ],
)
def test_a_retraining_that_ended_is_a_state_for_failure(status, failure):
    assert concluded(Alert(on="failure"), ended(status)) == failure


def news(decision_id: int, kind: str) -> News:
    at = datetime(2025, 3, decision_id, tzinfo=UTC)
    return News(decision_id=decision_id, kind=NewsKind(kind), at=at, reason="r", serving_version=1)


def test_each_change_is_news_of_its_own_and_of_those_that_changed_nothing_the_newest():
    told = (news(1, "promoted"), news(2, "kept"), news(3, "switched"), news(4, "kept"), news(5, "level_accepted"))
    found = evaluate_rule(fires(), Alert(on="decision"), Facts(news=told))
    assert [(result.key, result.conclusion.rule, result.conclusion.happened_at.day) for result in found] == [
        ("fires/decision/1", "version_promoted", 1),
        ("fires/decision/3", "champion_switched", 3),
        ("fires/decision/5", "level_accepted", 5),
        ("fires/decision", "champion_kept", 4),
    ]
    assert {result.state for result in found} == {RuleState.HAPPENED}


def test_a_failed_run_counts_unless_its_decision_recorded_the_failure():
    run = FailedRun(dagster_run_id="d-1", work="monitoring", cause="No rows.")
    alone = Facts(failed_runs=(run,))
    recorded = Facts(failed_runs=(run,), retraining=ended("failed", dagster_run_id="d-1").retraining)
    assert concluded(Alert(on="failure"), alone) == ("run_failed", "bad")
    assert concluded(Alert(on="failure"), recorded) == ("retraining_failed", "bad")


def test_each_metric_has_incidents_of_its_own():
    keys = {alert_key(fires(), Alert(on="evaluation", metric=name, worse_than=0.5)) for name in ("auroc", "log_loss")}
    assert keys == {"fires/evaluation/auroc", "fires/evaluation/log_loss"}


def test_the_values_of_a_conclusion_are_all_that_its_text_needs():
    facts = [
        (Alert(on="drift"), drift(Verdict.DRIFT)),
        (Alert(on="evaluation", metric="auroc", worse_than=0.5), evaluated(auroc=0.4)),
        (Alert(on="failure"), ended("failed", serving_version=None)),
        *((Alert(on="decision"), Facts(news=(news(5, kind),))) for kind in NewsKind),
    ]
    for rule, own in facts:
        [result] = evaluate_rule(fires(), rule, own)
        conclusion = result.conclusion
        assert alert_text(conclusion.rule, conclusion.values).title.endswith(".")
