"""What happened to a pipeline, day by day: its level lost, what was looked for, and the level regained or given up."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from driftline.drift import Verdict
from driftline.health import Health, HealthRule, health_of_json
from driftline.registry import Decision, known_model, load_decisions
from driftline.retraining.decide import RetrainRule
from driftline.store import Session, decision_rows, drift_rows, model_rows
from driftline.store.decision_rows import DecisionKind, DecisionStatus, Trigger
from driftline.workspace import Workspace

LevelTurn = Literal["level_lost", "level_regained"]
RetrainingKind = Literal["promoted", "kept", "failed", "retraining"]
_KINDS: dict[DecisionStatus, RetrainingKind] = {
    DecisionStatus.PROMOTED: "promoted",
    DecisionStatus.KEPT: "kept",
    DecisionStatus.FAILED: "failed",
    DecisionStatus.CANCELLED: "failed",
}


@dataclass(frozen=True, kw_only=True)
class DriftEvent:
    """The first report that showed drift of a champion's performance, of a pipeline whose level is not watched.

    Attributes:
        at: when, by the clock of the stream.
        kind: drift.
        version: the champion.
        reason: the report in words.
    """

    at: datetime
    kind: Literal["drift"] = "drift"
    version: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class LevelEvent:
    """The level of the pipeline was lost or regained, or another one was accepted or set.

    Attributes:
        at: when, by the clock of the stream.
        kind: what of it; accepted by the loop, or set by a person.
        version: the champion; None of a level that was accepted or set.
        level: the mean loss that counts from then on; lower is better.
        level_before: of one that was accepted or set: the level until then.
        loss: the champion's, in the window that decided; None of a level that was accepted or set.
        changed_at: when the world is estimated to have changed.
        reason: why, in words.
    """

    at: datetime
    kind: Literal["level_lost", "level_regained", "level_accepted", "level_set"]
    version: int | None
    level: float | None
    level_before: float | None = None
    loss: float | None = None
    changed_at: datetime | None = None
    reason: str


@dataclass(frozen=True, kw_only=True)
class ChosenCandidate:
    """What a retraining chose to meet the champion.

    Attributes:
        trained_from: the first time of the rows that it learnt from; None of all rows, or of a recalled version.
        rows: how many they are; 0 of a recalled version.
        version: the earlier version that was recalled; None: it was trained.
        tried: of how many candidates.
    """

    trained_from: datetime | None
    rows: int
    version: int | None
    tried: int


@dataclass(frozen=True, kw_only=True)
class RetrainingEvent:
    """A retraining: why a better model was looked for, what was chosen, and whether it was promoted.

    Attributes:
        at: when, by the clock of the stream.
        kind: promoted, kept (the champion), failed, or not ended.
        version: the challenger.
        trigger: what asked.
        look: why health asked for it; None: something else did.
        chosen: what met the champion; None where nothing was trained.
        metric: what the scores are of.
        before: the champion's score on the holdout.
        after: the challenger's score on the same holdout.
        reason: why it was asked for, in words.
        rule: of the judgement; None: there is none.
        outcome: what became of it, in words; None: it goes on.
    """

    at: datetime
    kind: RetrainingKind
    version: int | None
    trigger: Trigger
    look: str | None
    chosen: ChosenCandidate | None
    metric: str | None
    before: float | None
    after: float | None
    reason: str
    rule: str | None
    outcome: str | None


Event = DriftEvent | LevelEvent | RetrainingEvent


def history(workspace: Workspace, name: str) -> Sequence[Event]:
    """Return what happened to a model, oldest first.

    Raises:
        UnknownModelError: no model has this name.
    """
    with workspace.database.reading() as session:
        model = known_model(session, name)
        numbers = {version.id: version.version for version in model_rows.versions(session, model.id)}
        started = [row for row, _ in decision_rows.retraining_starts(session, model.id)]
        levels = decision_rows.decisions(session, model.id, kind=DecisionKind.LEVEL, first=None)
        decisions = load_decisions(session, [*levels, *started])
        events: list[Event] = [*_drift(session, model.id, numbers), *_lost_and_regained(session, model.id, numbers)]
    events += [_accepted(decisions[row.id]) for row in levels]
    events += [_retrained(decisions[row.id], numbers) for row in started]
    return sorted(events, key=lambda event: event.at)


def _drift(session: Session, model_id: int, numbers: Mapping[int, int]) -> Iterator[DriftEvent]:
    for report in drift_rows.first_reports(session, model_id, verdict=Verdict.DRIFT, kind="performance"):
        if report.health is None:
            at = report.window_end or report.created_at
            yield DriftEvent(at=at, version=numbers[report.version_id], reason=report.summary)


def _lost_and_regained(session: Session, model_id: int, numbers: Mapping[int, int]) -> list[LevelEvent]:
    """Return where health turned from one report to the next; an accepted level is a decision of its own."""
    found: list[tuple[int, LevelTurn, Health]] = []
    before: Health | None = None
    for report in drift_rows.reports_with_health(session, model_id):
        now = health_of_json(report.health or {})
        turn = _turn(before, now)
        if turn is not None:
            found.append((report.id, turn, now))
        before = now
    findings = drift_rows.findings(session, [id_ for id_, _, _ in found])
    notes = {id_: next((one.note or "" for one in findings[id_] if one.role == "health"), "") for id_, _, _ in found}
    return [
        LevelEvent(
            at=now.as_of,
            kind=turn,
            version=numbers[now.champion_id],
            level=now.level,
            loss=None if now.loss is None else now.loss.value,
            changed_at=now.changed_at,
            reason=notes[id_],
        )
        for id_, turn, now in found
    ]


def _turn(before: Health | None, now: Health) -> LevelTurn | None:
    was_kept = before is None or before.is_settled
    if was_kept and not now.is_settled:
        return "level_lost"
    return "level_regained" if not was_kept and now.rule is HealthRule.LEVEL_REGAINED else None


def _accepted(decision: Decision) -> LevelEvent:
    asked = decision.events[0]
    changed_at = asked.details.get("changed_at")
    return LevelEvent(
        at=decision.as_of,
        kind="level_accepted" if asked.rule == RetrainRule.LEVEL_ACCEPTED else "level_set",
        version=None,
        level=asked.details["level"],
        level_before=asked.details["level_before"],
        changed_at=None if changed_at is None else datetime.fromisoformat(changed_at),
        reason=decision.reason,
    )


def _retrained(decision: Decision, numbers: Mapping[int, int]) -> RetrainingEvent:
    judged = decision.adjudication
    challenger = decision.challenger_version_id
    return RetrainingEvent(
        at=decision.as_of,
        kind=_KINDS.get(decision.status, "retraining"),
        version=None if challenger is None else numbers[challenger],
        trigger=decision.trigger,
        look=(decision.events[0].details.get("plan") or {}).get("look"),
        chosen=_chosen(decision),
        metric=judged.metric if judged else None,
        before=judged.champion_score if judged else None,
        after=judged.challenger_score if judged else None,
        reason=decision.reason,
        rule=judged.rule if judged else None,
        outcome=decision.outcome,
    )


def _chosen(decision: Decision) -> ChosenCandidate | None:
    """Return the candidate of the newest training that met the champion."""
    found = [event.details["candidates"] for event in decision.events if "candidates" in event.details]
    tried: Sequence[Mapping[str, Any]] = found[-1] if found else ()
    chosen = next((candidate for candidate in tried if candidate["chosen"]), None)
    if chosen is None:
        return None
    since = chosen["trained_from"]
    return ChosenCandidate(
        trained_from=None if since is None else datetime.fromisoformat(since),
        rows=chosen["rows"],
        version=chosen["version"],
        tried=len(tried),
    )
