"""Reads what alert rules look at: the series of all models in one statement each, the rest for each model."""

from datetime import datetime, timedelta
from functools import cached_property

from driftline.alerting.facts import (
    DriftFacts,
    DuePartition,
    EvaluationFacts,
    Facts,
    News,
    NewsKind,
    RetrainingFacts,
    RetrainingStatus,
)
from driftline.declaration import Alert, ModelPipeline
from driftline.drift import Verdict
from driftline.registry import CHAMPION, Decision, Timeline, load_decisions, load_timelines
from driftline.store import Session, batch_rows, decision_rows, drift_rows, evaluation_rows, model_rows
from driftline.store.batch_rows import PredictionBatch
from driftline.store.decision_rows import DecisionKind, DecisionStatus
from driftline.store.evaluation_rows import Evaluation

PAGE = 50  # rows that are looked at together
DUE_PARTITIONS = 60  # the newest that are looked at for late labels


NEWS = timedelta(days=7)  # for how long a decision that ended is news, should nobody have looked meanwhile
_OPEN = frozenset({Verdict.DRIFT, Verdict.DEGRADED})
_NEWS = {
    DecisionStatus.PROMOTED: NewsKind.PROMOTED,
    DecisionStatus.KEPT: NewsKind.KEPT,
    DecisionStatus.ACCEPTED: NewsKind.LEVEL_ACCEPTED,
}


class StoredFacts:
    """The newest of the series of all models, as of one transaction.

    Args:
        session: the transaction.
        as_of: the time that counts.
        now: the time of the machine.
    """

    def __init__(self, session: Session, as_of: datetime, now: datetime) -> None:
        self._session = session
        self._as_of = as_of
        self._models = {model.name: model.id for model in model_rows.models(session)}
        self._reports = drift_rows.newest_reports(session)
        drifted = [report.id for report in self._reports.values() if report.verdict in _OPEN]
        answers = decision_rows.on_reports(session, drifted)
        ended = decision_rows.newest_ended(session)
        news = decision_rows.ended_since(session, now - NEWS)
        decisions = load_decisions(session, [*answers.values(), *ended.values(), *news])
        self._decisions = {report_id: decisions[row.id] for report_id, row in answers.items()}
        self._ended = {model_id: decisions[row.id] for model_id, row in ended.items()}
        self._news = [decisions[row.id] for row in news]
        ids = {report.version_id for report in self._reports.values()}
        named = [
            id_
            for decision in (*self._ended.values(), *self._news)
            for id_ in (decision.serving_version_id, decision.challenger_version_id)
        ]
        ids |= {id_ for id_ in named if id_ is not None}
        self._versions = dict[int | None, int](model_rows.version_numbers(session, ids).items())

    @cached_property
    def _champions(self) -> dict[int, Timeline]:
        """Return the champion's history of each model; only rules on evaluations and labels ask for it."""
        return load_timelines(self._session, CHAMPION, list(self._models.values()))

    def of(self, pipeline: ModelPipeline, rule: Alert) -> Facts:
        """Return what a rule of a pipeline looks at; empty where nothing was registered yet."""
        model_id = self._models.get(pipeline.name)
        if model_id is None:
            return Facts()
        match rule.on:
            case "drift":
                return Facts(drift=self._drift(model_id))
            case "evaluation":
                return Facts(evaluation=self._evaluation(pipeline, model_id))
            case "label_lateness":
                return Facts(due=self._due(pipeline, rule, model_id))
            case "failure":
                return Facts(retraining=self._retraining(model_id))
            case "decision":
                return Facts(news=tuple(self._told(one) for one in self._news if one.model_id == model_id))

    def _drift(self, model_id: int) -> DriftFacts | None:
        report = self._reports.get(model_id)
        if report is None:
            return None
        decision = self._decisions.get(report.id)
        return DriftFacts(
            report_id=report.id,
            version=self._versions[report.version_id],
            partition_key=report.partition_key,
            verdict=Verdict(report.verdict),
            summary=report.summary,
            decision=decision.reason if decision else None,
        )

    def _evaluation(self, pipeline: ModelPipeline, model_id: int) -> EvaluationFacts | None:
        row = self._newest_served(pipeline, model_id)
        if row is None:
            return None
        metrics = evaluation_rows.evaluation_metrics(self._session, [row.id])[row.id]
        return EvaluationFacts(
            evaluation_id=row.id,
            version=self._numbers(model_id)[row.version_id],
            partition_key=row.partition_key,
            label_count=row.label_count,
            metrics={metric.metric: metric.value for metric in metrics},
        )

    def _due(self, pipeline: ModelPipeline, rule: Alert, model_id: int) -> tuple[DuePartition, ...]:
        end = self._as_of - pipeline.ground_truth.lag - rule.grace_time
        batches = self._served_until(model_id, end)
        numbers, keys = self._numbers(model_id), [batch.partition_key for batch in batches]
        rows = evaluation_rows.newest_evaluations(self._session, list(numbers), pipeline.name, keys)
        evaluated = {(row.version_id, row.partition_key) for row in rows}
        return tuple(
            DuePartition(
                version=numbers[batch.version_id],
                partition_key=batch.partition_key,
                is_evaluated=(batch.version_id, batch.partition_key) in evaluated,
            )
            for batch in batches
        )

    def _retraining(self, model_id: int) -> RetrainingFacts | None:
        row = self._ended.get(model_id)
        if row is None:
            return None
        return RetrainingFacts(
            decision_id=row.id,
            status=RetrainingStatus(row.status),
            trigger=row.trigger.value,
            reason=row.outcome or row.reason,
            serving_version=self._versions.get(row.serving_version_id),
            challenger_version=self._versions.get(row.challenger_version_id),
            dagster_run_id=row.dagster_run_id,
        )

    def _told(self, decision: Decision) -> News:
        kind = NewsKind.SWITCHED if decision.kind is DecisionKind.SWITCH else _NEWS[decision.status]
        return News(
            decision_id=decision.id,
            kind=kind,
            at=decision.as_of,
            reason=decision.outcome or decision.reason,
            serving_version=self._versions.get(decision.serving_version_id),
            challenger_version=self._versions.get(decision.challenger_version_id),
            dagster_run_id=decision.dagster_run_id,
        )

    def _newest_served(self, pipeline: ModelPipeline, model_id: int) -> Evaluation | None:
        """Return the newest evaluation on the newest partition of who was champion at its start."""
        offset = 0
        while rows := evaluation_rows.newest_on_partitions(
            self._session, model_id, pipeline.name, first=PAGE, offset=offset
        ):
            for row, start in rows:
                if _is_of(self._champions[model_id], row.version_id, start or self._as_of):
                    return row
            offset += PAGE
        return None

    def _served_until(self, model_id: int, end: datetime) -> list[PredictionBatch]:
        """Return the newest batches that ended by `end`, of who was champion at their start, newest first."""
        served: list[PredictionBatch] = []
        offset = 0
        while len(served) < DUE_PARTITIONS and (
            rows := batch_rows.ended_by(self._session, model_id, end, first=PAGE, offset=offset)
        ):
            champions = self._champions[model_id]
            served += [row for row in rows if _is_of(champions, row.version_id, row.window_start or end)]
            offset += PAGE
        return served[:DUE_PARTITIONS]

    def _numbers(self, model_id: int) -> dict[int, int]:
        return {row.id: row.version for row in model_rows.versions(self._session, model_id)}


def _is_of(champions: Timeline, version_id: int, time: datetime) -> bool:
    holder = champions.holder(time)
    return holder is not None and holder.id == version_id
