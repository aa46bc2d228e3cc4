"""What happened to a model, day by day: drift found, retrained, promoted or kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from driftline.drift import Verdict
from driftline.registry import known_model
from driftline.store import decision_rows, drift_rows, model_rows
from driftline.store.decision_rows import Decision, DecisionStatus
from driftline.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Event:
    """One thing that happened.

    Attributes:
        at: when, by the clock of the stream.
        kind: drift was found, or a retraining was promoted, kept, failed, or has not ended.
        version: the version that drifted, or the challenger.
        metric: what the scores are of.
        before: the champion's score on the holdout.
        after: the challenger's score on the same holdout.
        said: the reason in words.
    """

    at: datetime
    kind: Literal["drift", "promoted", "kept", "failed", "retraining"]
    version: int | None
    metric: str | None
    before: float | None
    after: float | None
    said: str


def history(workspace: Workspace, model: str) -> Sequence[Event]:
    """Return what happened to a model, oldest first; of a drift, the first report for each champion.

    Raises:
        UnknownModelError: no model has this name.
    """
    with workspace.database.reading() as session:
        line = known_model(session, model)
        numbers = {version.id: version.version for version in model_rows.versions(session, line.id)}
        started = [row for row in decision_rows.decisions(session, line.id, first=None) if row.started_at is not None]
        first_drift = drift_rows.first_reports(session, line.id, verdict=Verdict.DRIFT, kind="performance")
    events = [_retrained(row, numbers) for row in started]
    events += [
        Event(
            at=report.window_end or report.created_at,
            kind="drift",
            version=numbers[report.version_id],
            metric=None,
            before=None,
            after=None,
            said=report.summary,
        )
        for report in first_drift
    ]
    return sorted(events, key=lambda event: event.at)


def _retrained(row: Decision, numbers: dict[int, int]) -> Event:
    ended = {DecisionStatus.PROMOTED: "promoted", DecisionStatus.KEPT: "kept", DecisionStatus.FAILED: "failed"}
    return Event(
        at=row.as_of,
        kind=ended.get(DecisionStatus(row.status), "retraining"),  # type: ignore[arg-type]
        version=numbers.get(row.challenger_version_id or 0),
        metric=row.metric,
        before=row.champion_score,
        after=row.challenger_score,
        said=row.outcome or row.reason,
    )
