"""Reads what alert rules look at: the series of all models in one statement each, the rest for each model."""

from datetime import datetime

from driftline.alerting.facts import DriftFacts, DuePartition, EvaluationFacts, Facts, RetrainingFacts, RetrainingStatus
from driftline.declaration import Alert, ModelPipeline
from driftline.drift import Verdict
from driftline.registry import CHAMPION
from driftline.store import Session, decision_rows, drift_rows, evaluation_rows, model_rows
from driftline.store.lookup import by_key
from driftline.store.model_rows import ModelVersion

DUE_PARTITIONS = 60  # the newest that are looked at for late labels


class StoredFacts:
    """The newest of the series of all models, as of one transaction.

    Args:
        session: the transaction.
        as_of: the time that counts.
    """

    def __init__(self, session: Session, as_of: datetime) -> None:
        self._session = session
        self._as_of = as_of
        self._models = {model.name: model.id for model in model_rows.models(session)}
        self._reports = drift_rows.newest_reports(session)
        self._decisions = decision_rows.decisions_on(session, [report.id for report in self._reports.values()])
        self._ended = decision_rows.newest_ended(session)
        ids: set[int | None] = {report.version_id for report in self._reports.values()}
        ids |= {id_ for row in self._ended.values() for id_ in (row.serving_version_id, row.challenger_version_id)}
        rows = by_key(session, ModelVersion, ids - {None})
        self._versions: dict[int | None, int] = {id_: row.version for id_, row in rows.items()}

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
            case "failure" | "decision":
                return Facts(retraining=self._retraining(model_id))

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
        row = evaluation_rows.newest_evaluation(self._session, model_id, pipeline.name, alias=CHAMPION, now=self._as_of)
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
        batches = evaluation_rows.batches_until(self._session, model_id, end, alias=CHAMPION, first=DUE_PARTITIONS)
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
            trigger=row.trigger,
            reason=row.outcome or row.reason,
            serving_version=self._versions.get(row.serving_version_id),
            challenger_version=self._versions.get(row.challenger_version_id),
            dagster_run_id=row.dagster_run_id,
        )

    def _numbers(self, model_id: int) -> dict[int, int]:
        return {row.id: row.version for row in model_rows.versions(self._session, model_id)}
