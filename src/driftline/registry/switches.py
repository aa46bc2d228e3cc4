"""Switches of the champion by hand, now, planned, or back: each with its decision."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from driftline.clock import CLOCK_TOLERANCE
from driftline.registry.aliases import known_model, load_timeline, move_alias
from driftline.registry.decisions import append, ask, load_decision
from driftline.registry.errors import AliasMovedError, already_champion, no_previous_version, past_switch
from driftline.registry.model_version import ModelVersion
from driftline.registry.reason import stated
from driftline.registry.timeline import AliasEvent, Timeline
from driftline.registry.versions import model_files, numbered_version
from driftline.store import Session, adjudication_rows, model_rows
from driftline.store.alias_rows import AliasMove
from driftline.store.decision_rows import DecisionKind, DecisionStatus, Trigger
from driftline.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Switch:
    """A switch of the champion that a person decided on.

    Attributes:
        decision_id: the decision, stored together with the alias event.
        version: who is champion from then on.
        previous: who would have been; None for the first.
        effective_at: partitions that start from then on are served by the version.
        revision: of the alias event.
        judged: whether the version was ever judged on a holdout.
        cancelled: the numbers of the versions whose planned switches this one has cancelled, soonest first.
    """

    decision_id: int
    version: int
    previous: int | None
    effective_at: datetime
    revision: int
    judged: bool
    cancelled: tuple[int, ...] = ()


def promote(
    workspace: Workspace,
    model: str,
    version: int,
    *,
    actor: str,
    reason: str,
    at: datetime | None = None,
    expected_revision: int | None = None,
) -> Switch:
    """Make a version champion, from now on or from a time to come on, and record the decision with it.

    Switches that are planned for that time or later are cancelled by it.

    Args:
        workspace: where the registry is.
        model: the name of the registered model.
        version: its number.
        actor: who decides.
        reason: why, in words.
        at: partitions that start from then on are served by the version; None: now.
        expected_revision: the newest revision of the champion's history that the actor has seen; None: any.

    Raises:
        UnknownModelError: no model has this name.
        UnknownVersionError: the model has no such version.
        InvalidSwitchError: it is champion already at that time, and nothing is planned after it.
        InvalidSwitchError: `at` lies in the past.
        AliasMovedError: the champion was changed since `expected_revision`.
        ArtifactMissingError: a file of the version is not there.
        ArtifactAlteredError: a file of it is not what was stored.
        MissingReasonError: the reason is empty.
    """
    reason = stated(reason)
    with workspace.database.transaction() as session:
        model_id, seen = _seen(session, model, expected_revision)
        now = _now(workspace, seen)
        effective_at = at or now
        if effective_at < now:
            raise past_switch(effective_at, now)
        chosen = numbered_version(session, model, version)
        plans = tuple(event for event in seen.planned(now) if event.effective_at >= effective_at)
        holder = seen.holder(effective_at)
        if holder is not None and holder.id == chosen.id and not plans:
            raise already_champion(model, version)
        details = {
            "actor": actor,
            "reason": reason,
            "effective_at": effective_at.isoformat(),
            "cancelled": [_plan(event) for event in plans],
        }
        decision_id, event = _switch(
            session,
            workspace,
            model_id,
            chosen,
            seen,
            at=effective_at,
            now=now,
            actor=actor,
            rule="switch",
            details=details,
        )
        return Switch(
            decision_id=decision_id,
            version=version,
            previous=holder.version if holder else None,
            effective_at=effective_at,
            revision=event.revision,
            judged=adjudication_rows.was_judged(session, [chosen.judged_id]),
            cancelled=tuple(plan.version.version for plan in plans if plan.version),
        )


def rollback(
    workspace: Workspace,
    model: str,
    *,
    actor: str,
    reason: str,
    to: int | None = None,
    expected_revision: int | None = None,
) -> Switch:
    """Give the champion's place back to version `to`, or to who served before the present tenure; nothing is rebuilt.

    A switch that is planned for later is cancelled first: then the champion stays. Asked twice in a row, it goes one
    further back.

    Raises:
        UnknownModelError: no model has this name.
        UnknownVersionError: the model has no version `to`.
        UnknownVersionError: nobody served before.
        AliasMovedError: the champion was changed since `expected_revision`.
        ArtifactMissingError: a file of the version is not there.
        ArtifactAlteredError: a file of it is not what was stored.
        MissingReasonError: the reason is empty.
    """
    reason = stated(reason)
    with workspace.database.transaction() as session:
        model_id, seen = _seen(session, model, expected_revision)
        now = _now(workspace, seen)
        holder, plans = seen.holder(now), seen.planned(now)
        if to is not None:
            target = numbered_version(session, model, to)
        else:
            successor = holder if plans and holder else seen.rollback_target(now)
            if successor is None:
                raise no_previous_version(model, seen.alias)
            target = successor
        rule, details = "rollback", {"actor": actor, "reason": reason, "previous": holder.version if holder else None}
        if plans and to is None:
            rule, details = "plan_cancelled", {"actor": actor, "reason": reason, **_cancelled(plans[0])}
        decision_id, event = _switch(
            session, workspace, model_id, target, seen, at=now, now=now, actor=actor, rule=rule, details=details
        )
        return Switch(
            decision_id=decision_id,
            version=target.version,
            previous=holder.version if holder else None,
            effective_at=now,
            revision=event.revision,
            judged=adjudication_rows.was_judged(session, [target.judged_id]),
            cancelled=tuple(plan.version.version for plan in plans if plan.version),
        )


def _seen(session: Session, model: str, expected_revision: int | None) -> tuple[int, Timeline]:
    """Return a model's row id and the champion's history, locked; refuse to go on from another history."""
    row = known_model(session, model)
    model_rows.lock_models(session, row.id)
    seen = load_timeline(session, row.id)
    if expected_revision is not None and seen.revision != expected_revision:
        raise AliasMovedError(seen.alias, seen.events[-1].reason if seen.events else "nobody holds it")
    return row.id, seen


def _now(workspace: Workspace, seen: Timeline) -> datetime:
    """Return the time of a switch that nobody can come before: the history that was `seen` is locked.

    Where the clock of who moved the alias last is a little ahead of this one, it is the time of that move.
    """
    now = workspace.as_of()
    newest = seen.earliest(now)
    return newest if newest is not None and now < newest <= now + CLOCK_TOLERANCE else now


def _switch(
    session: Session,
    workspace: Workspace,
    model_id: int,
    version: ModelVersion,
    seen: Timeline,
    *,
    at: datetime,
    now: datetime,
    actor: str,
    rule: str,
    details: Mapping[str, Any],
) -> tuple[int, AliasEvent]:
    """Store a switch with its decision and return the decision's id and the alias event.

    The files of who becomes champion are verified first; where a plan is cancelled nobody does.
    """
    if rule != "plan_cancelled":
        model_files(workspace, version)
    recorded_at = workspace.clock()
    decision_id = ask(
        session,
        model_id=model_id,
        kind=DecisionKind.SWITCH,
        trigger=Trigger.MANUAL,
        actor=actor,
        as_of=now,
        at=recorded_at,
        rule="by_hand",
        details={"reason": details["reason"]},
    )
    decided = append(
        session,
        load_decision(session, decision_id),
        DecisionStatus.PROMOTED,
        at=recorded_at,
        rule=rule,
        details=details,
        challenger_version_id=version.id,
        serving_version_id=version.id,
    )
    event = move_alias(
        session,
        model_id,
        version,
        seen=seen,
        effective_at=at,
        as_of=now,
        recorded_at=recorded_at,
        actor=actor,
        reason=details["reason"],
        move=AliasMove.MOVE if rule == "switch" else AliasMove.ROLLBACK,
        decision_id=decided.id,
    )
    return decided.id, event


def _plan(event: AliasEvent) -> dict[str, Any]:
    return {
        "version": event.version.version if event.version else None,
        "effective_at": event.effective_at.isoformat(),
    }


def _cancelled(event: AliasEvent) -> dict[str, Any]:
    return {
        "planned": event.version.version if event.version else None,
        "planned_for": event.effective_at.isoformat(),
    }
