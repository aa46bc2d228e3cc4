"""The end of a bandit: the decision that it ends in, and the aliases that move with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from driftline.registry import (
    CHALLENGER,
    CHAMPION,
    Adjudication,
    Decision,
    Timeline,
    append,
    ask,
    known_model,
    load_decision,
    load_timeline,
    model_files,
    move_alias,
    record_adjudication,
    stated,
)
from driftline.rollout.bandit_start import Bandit, bandit_of_row
from driftline.rollout.errors import NoBanditError
from driftline.store import Session, bandit_rows, model_rows
from driftline.store.decision_rows import DecisionKind, DecisionStatus, Trigger
from driftline.workspace import Workspace

METRIC = "accuracy"  # the mean of the rewards: 1 for a row whose class was right


@dataclass(frozen=True, kw_only=True)
class BanditEnd:
    """Why a bandit ends.

    Attributes:
        promote: whether the challenger becomes champion.
        actor: who decides.
        rule: that decided.
        details: the values that it decided on.
        champion_score: the mean reward of the champion; None where it is not known.
        challenger_score: that of the challenger.
    """

    promote: bool
    actor: str
    rule: str
    details: Mapping[str, Any]
    champion_score: float | None = None
    challenger_score: float | None = None


def stop_bandit(workspace: Workspace, model: str, *, actor: str, reason: str) -> Decision:
    """End the bandit of a model by hand: the champion is kept, and that is recorded as a decision.

    Raises:
        UnknownModelError: no model has this name.
        NoBanditError: no bandit of it runs.
        MissingReasonError: the reason is empty.
    """
    details = {"actor": actor, "reason": stated(reason)}
    ended = end_bandit(workspace, model, BanditEnd(promote=False, actor=actor, rule="bandit_stopped", details=details))
    if ended is None:
        raise NoBanditError(model)
    return ended


def end_bandit(workspace: Workspace, model: str, end: BanditEnd) -> Decision | None:
    """End the bandit of a model: its decision, the moves of aliases and its end are stored together, once.

    Where the champion or the challenger was changed in between, the bandit ends without moving the champion.

    Returns:
        The decision, or None where no bandit runs.
    """
    with workspace.database.transaction() as session:
        model_id = known_model(session, model).id
        model_rows.lock_models(session, model_id)
        row = bandit_rows.running(session, model_id)
        if row is None:
            return None
        bandit = bandit_of_row(row)
        champions = load_timeline(session, model_id)
        challengers = load_timeline(session, model_id, alias=CHALLENGER)
        changed = interruption(bandit, champions, challengers, workspace.as_of())
        if changed is not None:
            end = BanditEnd(promote=False, actor=end.actor, rule="bandit_interrupted", details=changed)
        decision = _decide(session, workspace, bandit, end, champions)
        histories = (champions, challengers) if end.promote else (challengers,)
        ended_at = _move(session, workspace, bandit, decision, histories)
        bandit_rows.end(session, bandit.id, ended_at=ended_at, decision_id=decision.id)
        return decision


def interruption(bandit: Bandit, champions: Timeline, challengers: Timeline, now: datetime) -> Mapping[str, Any] | None:
    """Return what has taken the ground from under a bandit, or None: another champion, or another challenger."""
    now = max(now, bandit.started_at)
    pairs = ((champions, bandit.champion_version_id), (challengers, bandit.challenger_version_id))
    for history, version_id in pairs:
        event = history.at(now)
        if event is None or event.version is None or event.version.id != version_id:
            newest = history.events[-1] if history.events else None
            return {"alias": history.alias, "reason": newest.reason if newest else ""}
    return None


def _decide(session: Session, workspace: Workspace, bandit: Bandit, end: BanditEnd, champions: Timeline) -> Decision:
    """Store the decision that a bandit ends in, with what both earned."""
    at, holder = workspace.clock(), champions.holder(workspace.as_of())
    decision_id = ask(
        session,
        model_id=bandit.model_id,
        kind=DecisionKind.BANDIT,
        trigger=Trigger.BANDIT,
        actor=end.actor,
        as_of=workspace.as_of(),
        at=at,
        rule="bandit_asked_for",
        details={"actor": bandit.actor, "reason": bandit.reason},
    )
    if end.champion_score is not None and end.challenger_score is not None:
        adjudication = Adjudication(
            challenger_version_id=bandit.challenger_version_id,
            champion_version_id=bandit.champion_version_id,
            metric=METRIC,
            champion_score=end.champion_score,
            challenger_score=end.challenger_score,
            gain=end.challenger_score - end.champion_score,
            method="posterior of the rewards",
            promote=end.promote,
            rule=end.rule,
            details=end.details,
        )
        record_adjudication(session, decision_id, adjudication, at=at)
    serving = bandit.challenger_version_id if end.promote else (holder.id if holder else None)
    return append(
        session,
        load_decision(session, decision_id),
        DecisionStatus.PROMOTED if end.promote else DecisionStatus.KEPT,
        at=at,
        rule=end.rule,
        details=end.details,
        challenger_version_id=bandit.challenger_version_id,
        serving_version_id=serving,
    )


def _move(
    session: Session, workspace: Workspace, bandit: Bandit, decision: Decision, histories: Sequence[Timeline]
) -> datetime:
    """Append the alias events of an end and return the time from which on they hold.

    Args:
        session: the transaction.
        workspace: where the model's files are.
        bandit: what ends.
        decision: what it ends in.
        histories: of the aliases that move: of the challenger, and of the champion before it where that one changes.
    """
    now, challengers = workspace.as_of(), histories[-1]
    newest = challengers.events[-1].version if challengers.events else None
    if newest is None or newest.id != bandit.challenger_version_id:
        return max(now, bandit.started_at)
    at = max([now, bandit.started_at, *filter(None, (history.earliest(now) for history in histories))])
    for history in histories:
        is_champion = history.alias == CHAMPION
        if is_champion:
            model_files(workspace, newest)
        move_alias(
            session,
            bandit.model_id,
            newest if is_champion else None,
            seen=history,
            effective_at=at,
            as_of=now,
            recorded_at=decision.recorded_at,
            actor=decision.actor,
            reason=decision.events[-1].text,
            decision_id=decision.id,
        )
    return at
