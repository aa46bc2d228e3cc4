"""What alert rules look at: the newest of each stored series of a model, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from driftline.drift import Verdict


@dataclass(frozen=True, kw_only=True)
class DriftFacts:
    """The newest drift report on the newest partition.

    Attributes:
        report_id: the report.
        version: the number of the version that it is about.
        partition_key: the last partition; empty for a table.
        verdict: of the report.
        summary: the report in one line.
        decision: why it led to a retraining or not; None while that is not decided.
    """

    report_id: int
    version: int
    partition_key: str
    verdict: Verdict
    summary: str
    decision: str | None = None


@dataclass(frozen=True, kw_only=True)
class EvaluationFacts:
    """The newest evaluation on the newest partition; a metric that is not defined is None."""

    evaluation_id: int
    version: int
    partition_key: str
    label_count: int
    metrics: Mapping[str, float | None]


class RetrainingStatus(StrEnum):
    """How a retraining ended."""

    PROMOTED = "promoted"
    KEPT = "kept"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class RetrainingFacts:
    """The newest retraining that was promoted, kept or failed.

    Attributes:
        decision_id: the decision.
        status: how it ended.
        trigger: what asked for it.
        reason: why it ended so.
        serving_version: the champion afterwards; None: nobody serves yet.
        challenger_version: what was trained; None where nothing was.
        dagster_run_id: the Dagster run that did it.
    """

    decision_id: int
    status: RetrainingStatus
    trigger: str
    reason: str
    serving_version: int | None = None
    challenger_version: int | None = None
    dagster_run_id: str | None = None


class NewsKind(StrEnum):
    """What happened to a model."""

    PROMOTED = "promoted"
    SWITCHED = "switched"
    LEVEL_ACCEPTED = "level_accepted"
    KEPT = "kept"


@dataclass(frozen=True, kw_only=True)
class News:
    """A decision that ended in the last days.

    Attributes:
        decision_id: the decision.
        kind: how it ended.
        at: the time that was decided at.
        reason: why it ended so.
        serving_version: the champion afterwards; None: it is not about one.
        challenger_version: who was judged; None where nobody was.
        dagster_run_id: the Dagster run that did it.
    """

    decision_id: int
    kind: NewsKind
    at: datetime
    reason: str
    serving_version: int | None = None
    challenger_version: int | None = None
    dagster_run_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class FailedRun:
    """A Dagster run that failed and that no later one of the same work has made good.

    Attributes:
        dagster_run_id: the run.
        work: retraining or monitoring.
        cause: the message of the step that failed.
    """

    dagster_run_id: str
    work: str
    cause: str


@dataclass(frozen=True, kw_only=True)
class DuePartition:
    """A predicted partition whose labels should have arrived, and whether it has been evaluated."""

    version: int
    partition_key: str
    is_evaluated: bool


@dataclass(frozen=True, kw_only=True)
class Facts:
    """The newest of each series of one model; None or empty where there is nothing yet, or the rule needs none of it.

    Attributes:
        drift: the newest drift report.
        evaluation: the newest evaluation.
        retraining: the newest retraining that ended.
        failed_runs: of Dagster.
        due: the newest partitions whose labels should have arrived, newest first.
        news: decisions that ended in the last days, oldest first.
    """

    drift: DriftFacts | None = None
    evaluation: EvaluationFacts | None = None
    retraining: RetrainingFacts | None = None
    failed_runs: tuple[FailedRun, ...] = ()
    due: tuple[DuePartition, ...] = ()
    news: tuple[News, ...] = ()
