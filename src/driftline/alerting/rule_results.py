"""What an alert rule concludes: a pure function of the rule and the newest facts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import takewhile

from driftline.alerting.facts import Facts, News, NewsKind, RetrainingStatus
from driftline.dagster_pages import asset_path, run_path
from driftline.declaration import Alert, AlertKind, ModelPipeline, Severity
from driftline.drift import Verdict
from driftline.metrics import metric
from driftline.sentences import Value


class RuleState(StrEnum):
    """What a series says now; `unknown` changes nothing, `happened` is an event without an end."""

    BAD = "bad"
    OK = "ok"
    UNKNOWN = "unknown"
    HAPPENED = "happened"


class AlertRule(StrEnum):
    """Which conclusion was reached; programs read it instead of the sentences."""

    DRIFT_FOUND = "drift_found"
    LEVEL_LOST = "level_lost"
    DRIFT_RESOLVED = "drift_resolved"
    DRIFT_NOT_EVALUATED = "drift_not_evaluated"
    METRIC_BELOW_LIMIT = "metric_below_limit"
    METRIC_ABOVE_LIMIT = "metric_above_limit"
    METRIC_WITHIN_LIMIT = "metric_within_limit"
    METRIC_UNDEFINED = "metric_undefined"
    LABELS_OVERDUE = "labels_overdue"
    LABELS_ARRIVED = "labels_arrived"
    RUN_FAILED = "run_failed"
    RETRAINING_FAILED = "retraining_failed"
    VERSION_PROMOTED = "version_promoted"
    CHAMPION_KEPT = "champion_kept"
    CHAMPION_SWITCHED = "champion_switched"
    LEVEL_ACCEPTED = "level_accepted"


@dataclass(frozen=True, kw_only=True)
class Conclusion:
    """What the facts say, apart from the pipeline and the rule that asked.

    Attributes:
        rule: which conclusion it is.
        values: what the sentences about it are made of.
        state: whether the problem is there.
        evidence: the stored row, or the Dagster run, that it stands on.
        path: the page of the Dagster UI that shows it.
        version: the number of the version that it is about, where it is about one.
        happened_at: when it happened; None: it is so now.
    """

    rule: AlertRule
    values: Mapping[str, Value]
    state: RuleState
    evidence: str
    path: str
    version: int | None = None
    happened_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class RuleResult:
    """What one rule of one pipeline concludes.

    Attributes:
        key: results with the same key are about the same incident.
        on: what the rule watches.
        model: the registered model.
        severity: of the rule.
        cooldown: of the rule.
        conclusion: what the facts say.
    """

    key: str
    on: AlertKind
    model: str
    severity: Severity
    cooldown: timedelta
    conclusion: Conclusion

    @property
    def state(self) -> RuleState:
        """Return whether the problem is there."""
        return self.conclusion.state

    @property
    def evidence(self) -> str:
        """Return what it stands on."""
        return self.conclusion.evidence


def evaluate_rule(pipeline: ModelPipeline, rule: Alert, facts: Facts) -> Sequence[RuleResult]:
    """Return what a rule concludes from the facts; nothing where its series has no row yet.

    Of decisions, each change of who serves or of the level has a key of its own, so that no cooldown silences it.
    """
    key = alert_key(pipeline, rule)
    if rule.on != "decision":
        conclusion = _conclude(pipeline, rule, facts)
        return [] if conclusion is None else [_result(pipeline, rule, key, conclusion)]
    kept = [news for news in facts.news if news.kind is NewsKind.KEPT]
    changes = [news for news in facts.news if news.kind is not NewsKind.KEPT]
    return [
        *(_result(pipeline, rule, f"{key}/{news.decision_id}", _news(pipeline, news)) for news in changes),
        *(_result(pipeline, rule, key, _news(pipeline, news)) for news in kept[-1:]),
    ]


def _result(pipeline: ModelPipeline, rule: Alert, key: str, conclusion: Conclusion) -> RuleResult:
    return RuleResult(
        key=key,
        on=rule.on,
        model=pipeline.name,
        severity=rule.severity,
        cooldown=rule.cooldown_time,
        conclusion=conclusion,
    )


def alert_key(pipeline: ModelPipeline, rule: Alert) -> str:
    """Return what tells the incidents of a rule from those of others."""
    watched = f"{pipeline.name}/{rule.on}"
    return f"{watched}/{pipeline.alert_metric(rule)}" if rule.on == "evaluation" else watched


def _conclude(pipeline: ModelPipeline, rule: Alert, facts: Facts) -> Conclusion | None:
    match rule.on:
        case "drift":
            return _drift(pipeline, facts)
        case "evaluation":
            return _evaluation(pipeline, rule, facts)
        case "label_lateness":
            return _label_lateness(pipeline, rule, facts)
        case _:
            return _failed_run(facts) or _retraining(pipeline, facts)


_OF_VERDICT = {
    Verdict.DRIFT: (AlertRule.DRIFT_FOUND, RuleState.BAD),
    Verdict.DEGRADED: (AlertRule.LEVEL_LOST, RuleState.BAD),
    Verdict.OK: (AlertRule.DRIFT_RESOLVED, RuleState.OK),
}


def _drift(pipeline: ModelPipeline, facts: Facts) -> Conclusion | None:
    report = facts.drift
    if report is None:
        return None
    rule, state = _OF_VERDICT.get(report.verdict, (AlertRule.DRIFT_NOT_EVALUATED, RuleState.UNKNOWN))
    return Conclusion(
        rule=rule,
        values={
            "version": report.version,
            "partition_key": report.partition_key,
            "summary": report.summary,
            "decision": report.decision,
        },
        state=state,
        evidence=f"report {report.report_id}",
        path=asset_path(pipeline.name, "drift", report.partition_key),
        version=report.version,
    )


def _evaluation(pipeline: ModelPipeline, rule: Alert, facts: Facts) -> Conclusion | None:
    newest, limit, name = facts.evaluation, pipeline.alert_limit(rule), pipeline.alert_metric(rule)
    if newest is None or limit is None:
        return None
    value = newest.metrics.get(name)
    concluded, state = _limit_rule(name, value, limit)
    return Conclusion(
        rule=concluded,
        values={
            "metric": name,
            "value": value,
            "limit": limit,
            "label_count": newest.label_count,
            "version": newest.version,
            "partition_key": newest.partition_key,
        },
        state=state,
        evidence=f"evaluation {newest.evaluation_id}",
        path=asset_path(pipeline.name, "evaluation", newest.partition_key),
        version=newest.version,
    )


def _limit_rule(name: str, value: float | None, limit: float) -> tuple[AlertRule, RuleState]:
    if value is None:
        return AlertRule.METRIC_UNDEFINED, RuleState.UNKNOWN
    if metric(name).greater_is_better and value < limit:
        return AlertRule.METRIC_BELOW_LIMIT, RuleState.BAD
    if not metric(name).greater_is_better and value > limit:
        return AlertRule.METRIC_ABOVE_LIMIT, RuleState.BAD
    return AlertRule.METRIC_WITHIN_LIMIT, RuleState.OK


def _label_lateness(pipeline: ModelPipeline, rule: Alert, facts: Facts) -> Conclusion | None:
    if not facts.due:
        return None
    newest = facts.due[0]
    overdue = list(takewhile(lambda partition: not partition.is_evaluated, facts.due))  # newest first, in a row
    return Conclusion(
        rule=AlertRule.LABELS_OVERDUE if overdue else AlertRule.LABELS_ARRIVED,
        values={
            "partition_key": newest.partition_key,
            "overdue": len(overdue),
            "due": len(facts.due),
            "first_overdue": overdue[-1].partition_key if overdue else None,
            "delay": pipeline.ground_truth.delay or "0d",
            "grace": rule.grace,
        },
        state=RuleState.BAD if overdue else RuleState.OK,
        evidence=f"predictions {newest.partition_key}",
        path=asset_path(pipeline.name, "evaluation", newest.partition_key),
        version=newest.version,
    )


def _failed_run(facts: Facts) -> Conclusion | None:
    """Return a failed run of Dagster; None without one, and where a decision has recorded its failure itself."""
    retraining = facts.retraining
    recorded = (
        retraining.dagster_run_id if retraining is not None and retraining.status is RetrainingStatus.FAILED else None
    )
    failed = [run for run in facts.failed_runs if run.dagster_run_id != recorded]
    if not failed or recorded is not None:
        return None
    [run, *_] = failed
    return Conclusion(
        rule=AlertRule.RUN_FAILED,
        values={"work": run.work, "cause": run.cause},
        state=RuleState.BAD,
        evidence=f"run {run.dagster_run_id}",
        path=run_path(run.dagster_run_id),
    )


_OF_STATUS = {
    RetrainingStatus.PROMOTED: (AlertRule.VERSION_PROMOTED, RuleState.OK),
    RetrainingStatus.KEPT: (AlertRule.CHAMPION_KEPT, RuleState.OK),
    RetrainingStatus.FAILED: (AlertRule.RETRAINING_FAILED, RuleState.BAD),
}


def _retraining(pipeline: ModelPipeline, facts: Facts) -> Conclusion | None:
    ended = facts.retraining
    if ended is None:
        return None
    rule, state = _OF_STATUS[ended.status]
    return Conclusion(
        rule=rule,
        values={
            "trigger": ended.trigger,
            "reason": ended.reason,
            "serving_version": ended.serving_version,
            "challenger_version": ended.challenger_version,
        },
        state=state,
        evidence=f"decision {ended.decision_id}",
        path=run_path(ended.dagster_run_id) if ended.dagster_run_id else asset_path(pipeline.name, "champion"),
        version=ended.serving_version,
    )


_OF_NEWS = {
    NewsKind.PROMOTED: AlertRule.VERSION_PROMOTED,
    NewsKind.SWITCHED: AlertRule.CHAMPION_SWITCHED,
    NewsKind.LEVEL_ACCEPTED: AlertRule.LEVEL_ACCEPTED,
    NewsKind.KEPT: AlertRule.CHAMPION_KEPT,
}


def _news(pipeline: ModelPipeline, news: News) -> Conclusion:
    return Conclusion(
        rule=_OF_NEWS[news.kind],
        values={
            "reason": news.reason,
            "serving_version": news.serving_version,
            "challenger_version": news.challenger_version,
        },
        state=RuleState.HAPPENED,
        evidence=f"decision {news.decision_id}",
        path=run_path(news.dagster_run_id) if news.dagster_run_id else asset_path(pipeline.name, "champion"),
        version=news.serving_version,
        happened_at=news.at,
    )
