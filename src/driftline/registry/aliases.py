"""Moving an alias and asking who held it: production has one history, and nobody rewrites it."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime

from driftline.registry.errors import (
    AliasMovedError,
    HistoryRewriteError,
    NoPreviousVersionError,
    UnknownModelError,
    UnknownVersionError,
)
from driftline.registry.reference import CHAMPION
from driftline.store import Session, alias_rows, model_rows
from driftline.store.alias_rows import AliasEvent
from driftline.store.model_rows import ModelVersion, RegisteredModel
from driftline.workspace import Workspace


def move_alias(
    session: Session,
    version: ModelVersion,
    *,
    expected: ModelVersion | None,
    effective_at: datetime,
    recorded_at: datetime,
    actor: str,
    reason: str,
    alias: str = CHAMPION,
    decision_id: int | None = None,
) -> AliasEvent:
    """Append the event that gives `alias` to `version`, inside the caller's transaction.

    Args:
        session: the transaction that also stores why.
        version: who gets the alias.
        expected: who was seen to hold it; None for nobody.
        effective_at: from when on `version` holds it.
        recorded_at: now.
        actor: who decided.
        reason: why, in words.
        alias: the movable name.
        decision_id: the decision with the evidence.

    Raises:
        AliasMovedError: somebody moved it since `expected` was read.
        HistoryRewriteError: it was moved at a later time than `effective_at` already.
    """
    held = _held(session, version.model_id, alias, expected=expected, effective_at=effective_at)
    event = AliasEvent(
        model_id=version.model_id,
        alias=alias,
        revision=held.revision + 1 if held else 1,
        version_id=version.id,
        previous_version_id=held.version_id if held else None,
        effective_at=effective_at,
        recorded_at=recorded_at,
        actor=actor,
        reason=reason,
        decision_id=decision_id,
    )
    session.add(event)
    session.flush()
    return event


def end_alias(
    session: Session,
    holder: ModelVersion,
    alias: str,
    *,
    effective_at: datetime,
    recorded_at: datetime,
    actor: str,
    reason: str,
    decision_id: int | None = None,
) -> AliasEvent:
    """Append the event from which on nobody holds `alias`, inside the caller's transaction.

    Raises:
        AliasMovedError: `holder` does not hold it any more.
        HistoryRewriteError: it was moved at a later time than `effective_at` already.
    """
    held = _held(session, holder.model_id, alias, expected=holder, effective_at=effective_at)
    event = AliasEvent(
        model_id=holder.model_id,
        alias=alias,
        revision=held.revision + 1 if held else 1,
        version_id=None,
        previous_version_id=holder.id,
        effective_at=effective_at,
        recorded_at=recorded_at,
        actor=actor,
        reason=reason,
        decision_id=decision_id,
    )
    session.add(event)
    session.flush()
    return event


def _held(
    session: Session, model_id: int, alias: str, *, expected: ModelVersion | None, effective_at: datetime
) -> AliasEvent | None:
    """Return the newest event, unless somebody else moved the alias or a new one would rewrite what held."""
    model_rows.lock_models(session, model_id)
    held = alias_rows.alias_event_at(session, model_id, alias, None)
    if (held.version_id if held else None) != (expected.id if expected else None):
        raise AliasMovedError(alias, held.reason if held else "nobody holds it any more")
    if held is not None and held.effective_at > effective_at:
        raise HistoryRewriteError(alias, held.effective_at, effective_at)
    return held


def rollback(
    workspace: Workspace, model: str, *, actor: str, reason: str, to: int | None = None, alias: str = CHAMPION
) -> AliasEvent:
    """Give the alias back to version `to`, or to who held it before; no model is rebuilt.

    A switch that is planned for later is cancelled: the one more event takes effect when the switch would have.

    Raises:
        UnknownModelError: no model has this name.
        UnknownVersionError: the model has no version `to`.
        NoPreviousVersionError: nobody held the alias before.
    """
    with workspace.database.transaction() as session:
        found = known_model(session, model)
        held = alias_rows.alias_event_at(session, found.id, alias, None)
        if to is not None:
            target = model_rows.version_numbered(session, found.id, to)
            if target is None:
                raise UnknownVersionError(model, to)
        else:
            target = model_rows.version(session, held.previous_version_id if held else None)
            if target is None:
                raise NoPreviousVersionError(model, alias)
        holder = model_rows.version(session, held.version_id) if held else None
        return move_alias(
            session,
            target,
            expected=holder,
            effective_at=max(workspace.as_of(), held.effective_at) if held else workspace.as_of(),
            recorded_at=workspace.clock(),
            actor=actor,
            reason=reason,
            alias=alias,
        )


def champion(workspace: Workspace, model: str, *, at: datetime | None = None) -> ModelVersion | None:
    """Return the version that is champion, or was at time `at`; None where there was none.

    Raises:
        UnknownModelError: no model has this name.
    """
    with workspace.database.reading() as session:
        line = known_model(session, model)
        if at is None:
            event = alias_rows.alias_event_now(session, line.id, CHAMPION, workspace.as_of())
        else:
            event = alias_rows.alias_event_at(session, line.id, CHAMPION, at)
        return model_rows.version(session, event.version_id) if event else None


def champions_at(workspace: Workspace, model: str, times: Sequence[datetime]) -> list[ModelVersion | None]:
    """Return who was champion at each of `times`; None before the first one, or where the model is not known."""
    return holders_at(workspace, model, CHAMPION, times)


def holders_at(workspace: Workspace, model: str, alias: str, times: Sequence[datetime]) -> list[ModelVersion | None]:
    """Return who held `alias` at each of `times`; None where nobody did, or where the model is not known."""
    with workspace.database.reading() as session:
        line = model_rows.find_model(session, model)
        if line is None:
            return [None] * len(times)
        events = list(reversed(alias_rows.alias_events(session, line.id, alias)))
        versions = {version.id: version for version in model_rows.versions(session, line.id)}
    since = [event.effective_at for event in events]
    found = [bisect_right(since, time) - 1 for time in times]
    held = [events[position].version_id if position >= 0 else None for position in found]
    return [None if version_id is None else versions[version_id] for version_id in held]


def champion_since(workspace: Workspace, model: str, times: Sequence[datetime]) -> list[datetime | None]:
    """Return since when the champion of each of `times` had been champion; None where there was none.

    A switch that was cancelled before it took effect interrupts nothing.
    """
    with workspace.database.reading() as session:
        line = model_rows.find_model(session, model)
        events = alias_rows.alias_events(session, line.id, CHAMPION) if line else []
    since = [event.effective_at for event in _changes(list(reversed(events)))]
    found = [bisect_right(since, time) - 1 for time in times]
    return [since[position] if position >= 0 else None for position in found]


def _changes(events: Sequence[AliasEvent]) -> list[AliasEvent]:
    """Return those of `events`, oldest first, with which another version came to hold the alias for some time."""
    changes: list[AliasEvent] = []
    for event in events:
        if changes and changes[-1].effective_at == event.effective_at:
            changes.pop()
        if not changes or changes[-1].version_id != event.version_id:
            changes.append(event)
    return changes


def known_model(session: Session, name: str) -> RegisteredModel:
    """Return the registered model `name`, or raise UnknownModelError naming those there are."""
    found = model_rows.find_model(session, name)
    if found is None:
        raise UnknownModelError(name, [model.name for model in model_rows.models(session)])
    return found
