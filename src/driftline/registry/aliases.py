"""Loading the timelines of aliases, and moving an alias: production has one history, and nobody rewrites it."""

from collections.abc import Collection
from datetime import datetime

from driftline.registry.errors import AliasMovedError, UnknownModelError, alias_move_in_the_past, unknown_alias
from driftline.registry.model_version import ModelVersion, version_of_row
from driftline.registry.reference import ALIASES, CHALLENGER, CHAMPION
from driftline.registry.timeline import AliasEvent, Timeline
from driftline.store import Session, alias_rows, model_rows
from driftline.store.alias_rows import AliasEventRow, AliasMove
from driftline.store.model_rows import RegisteredModel
from driftline.workspace import Workspace


def timeline(workspace: Workspace, model: str, *, alias: str = CHAMPION) -> Timeline:
    """Return the history of an alias of a model; an empty one where the model is not registered yet."""
    with workspace.database.reading() as session:
        row = model_rows.find_model(session, model)
        return load_timeline(session, row.id, alias=alias) if row else Timeline(alias=alias)


def load_timeline(session: Session, model_id: int, *, alias: str = CHAMPION) -> Timeline:
    """Return the history of an alias of a model, inside the caller's session."""
    return load_timelines(session, alias, [model_id])[model_id]


def load_timelines(session: Session, alias: str, model_ids: Collection[int]) -> dict[int, Timeline]:
    """Return the history of an alias of each model, one statement.

    Raises:
        UnknownAliasError: it is none of driftline's, and none of these models came with it from elsewhere.
    """
    loaded = {id_: history for (id_, _), history in _load(session, [alias], model_ids).items()}
    if alias not in ALIASES and not any(history.events for history in loaded.values()):
        raise unknown_alias(alias, sorted({*ALIASES, *alias_rows.names(session, model_ids)}))
    return loaded


def full_timeline(session: Session, model_id: int, alias: str) -> Timeline:
    """Return the history of any alias of a model, an empty one where nobody ever held it."""
    return _load(session, [alias], [model_id])[model_id, alias]


def current_holders(session: Session, model_id: int, now: datetime) -> dict[str, ModelVersion]:
    """Return who holds each alias of a model at a time, those that came with it from elsewhere included."""
    loaded = _load(session, alias_rows.names(session, [model_id]), [model_id])
    holders = {alias: history.holder(now) for (_, alias), history in loaded.items()}
    return {alias: version for alias, version in holders.items() if version is not None}


def load_both_timelines(session: Session, model_id: int) -> tuple[Timeline, Timeline]:
    """Return the histories of the champion and of the challenger of a model, one statement."""
    loaded = _load(session, (CHAMPION, CHALLENGER), [model_id])
    return loaded[model_id, CHAMPION], loaded[model_id, CHALLENGER]


def move_alias(
    session: Session,
    model_id: int,
    version: ModelVersion | None,
    *,
    seen: Timeline,
    effective_at: datetime,
    as_of: datetime,
    recorded_at: datetime,
    actor: str,
    reason: str,
    move: AliasMove = AliasMove.MOVE,
    decision_id: int | None = None,
) -> AliasEvent:
    """Append the event that gives an alias to `version`, inside the caller's transaction.

    Plans for `effective_at` and later are cancelled by it.

    Args:
        session: the transaction that also stores why.
        model_id: of the model's row.
        version: who gets the alias; None: nobody holds it from then on.
        seen: the history that was decided on.
        effective_at: from when on.
        as_of: what "now" is to the caller.
        recorded_at: the time of the machine.
        actor: who decided.
        reason: why, in words.
        move: whether it takes something back.
        decision_id: the decision with the evidence.

    Raises:
        AliasMovedError: the alias was moved since `seen` was loaded.
        HistoryRewriteError: it was moved at a later time than `effective_at` already.
    """
    model_rows.lock_models(session, model_id)
    now = full_timeline(session, model_id, seen.alias)
    if now.revision != seen.revision:
        raise AliasMovedError(seen.alias, now.events[-1].reason)
    earliest = now.earliest(as_of)
    if earliest is not None and earliest > effective_at:
        raise alias_move_in_the_past(seen.alias, earliest, effective_at)
    newest = now.events[-1].version if now.events else None
    row = alias_rows.append(
        session,
        model_id=model_id,
        alias=seen.alias,
        revision=now.revision + 1,
        version_id=version.id if version else None,
        previous_version_id=newest.id if newest else None,
        effective_at=effective_at,
        recorded_at=recorded_at,
        actor=actor,
        reason=reason,
        decision_id=decision_id,
        move=move if version else AliasMove.END,
        planned=effective_at > as_of,
    )
    return _event(row, {version.id: version} if version else {})


def known_model(session: Session, name: str) -> RegisteredModel:
    """Return the registered model `name`.

    Raises:
        UnknownModelError: there is none; those there are are named.
    """
    model = model_rows.find_model(session, name)
    if model is None:
        raise UnknownModelError(name, [model.name for model in model_rows.models(session)])
    return model


def _load(session: Session, aliases: Collection[str], model_ids: Collection[int]) -> dict[tuple[int, str], Timeline]:
    versions: dict[int, ModelVersion] = {}
    events: dict[tuple[int, str], list[AliasEvent]] = {(id_, alias): [] for id_ in model_ids for alias in aliases}
    for row, version in alias_rows.events(session, aliases, model_ids):
        if version is not None and version.id not in versions:
            versions[version.id] = version_of_row(version)
        events[row.model_id, row.alias].append(_event(row, versions))
    return {(id_, alias): Timeline(alias=alias, events=tuple(moves)) for (id_, alias), moves in events.items()}


def _event(row: AliasEventRow, versions: dict[int, ModelVersion]) -> AliasEvent:
    return AliasEvent(
        id=row.id,
        revision=row.revision,
        version=None if row.version_id is None else versions[row.version_id],
        effective_at=row.effective_at,
        recorded_at=row.recorded_at,
        actor=row.actor,
        reason=row.reason,
        move=AliasMove(row.move),
        planned=row.planned,
        decision_id=row.decision_id,
    )
