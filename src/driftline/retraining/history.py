"""What happened to a model, day by day: drift found, retrained, promoted or kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from driftline.drift import Verdict
from driftline.registry import Decision, known_model, load_decisions
from driftline.store import decision_rows, drift_rows, model_rows
from driftline.store.decision_rows import DecisionStatus
from driftline.workspace import Workspace

EventKind = Literal["drift", "promoted", "kept", "failed", "retraining"]
_KINDS: dict[DecisionStatus, EventKind] = {
    DecisionStatus.PROMOTED: "promoted",
    DecisionStatus.KEPT: "kept",
    DecisionStatus.FAILED: "failed",
    DecisionStatus.CANCELLED: "failed",
}


@dataclass(frozen=True, kw_only=True)
class RetrainingEvent:
    """One thing that happened.

    Attributes:
        at: when, by the clock of the stream.
        kind: drift was found, or a retraining was promoted, kept, failed, or has not ended.
        version: the version that drifted, or the challenger.
        metric: what the scores are of.
        before: the champion's score on the holdout.
        after: the challenger's score on the same holdout.
        reason: why, in words.
    """

    at: datetime
    kind: EventKind
    version: int | None
    metric: str | None
    before: float | None
    after: float | None
    reason: str


def history(workspace: Workspace, name: str) -> Sequence[RetrainingEvent]:
    """Return what happened to a model, oldest first; of a drift, the first report for each champion.

    Raises:
        UnknownModelError: no model has this name.
    """
    with workspace.database.reading() as session:
        model = known_model(session, name)
        numbers = {version.id: version.version for version in model_rows.versions(session, model.id)}
        started = load_decisions(session, [row for row, _ in decision_rows.retraining_starts(session, model.id)])
        first_drift = drift_rows.first_reports(session, model.id, verdict=Verdict.DRIFT, kind="performance")
    events = [_retrained(decision, numbers) for decision in started.values()]
    events += [
        RetrainingEvent(
            at=report.window_end or report.created_at,
            kind="drift",
            version=numbers[report.version_id],
            metric=None,
            before=None,
            after=None,
            reason=report.summary,
        )
        for report in first_drift
    ]
    return sorted(events, key=lambda event: event.at)


def _retrained(decision: Decision, numbers: dict[int, int]) -> RetrainingEvent:
    judged = decision.adjudication
    return RetrainingEvent(
        at=decision.as_of,
        kind=_KINDS.get(decision.status, "retraining"),
        version=None if decision.challenger_version_id is None else numbers[decision.challenger_version_id],
        metric=judged.metric if judged else None,
        before=judged.champion_score if judged else None,
        after=judged.challenger_score if judged else None,
        reason=decision.outcome or decision.reason,
    )
