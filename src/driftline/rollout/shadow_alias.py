"""The shadow: a challenger that scores the same partitions beside the champion; nothing it says is served."""

from datetime import datetime

from driftline.registry import CHALLENGER, CHAMPION, end_alias, known_model, model_files, move_alias
from driftline.registry.errors import UnknownAliasError, UnknownVersionError
from driftline.rollout.errors import ShadowIsChampionError
from driftline.store import Session, alias_rows, model_rows
from driftline.store.alias_rows import AliasEvent
from driftline.workspace import Workspace


def shadow(workspace: Workspace, model: str, version: int, *, actor: str, reason: str) -> AliasEvent:
    """Let a version score beside the champion from now on; who was in the shadow before is not any more.

    Raises:
        UnknownModelError: no model has this name.
        UnknownVersionError: the model has no such version.
        ShadowIsChampionError: the version is champion already.
        ArtifactMissingError: a file of it is not there.
        ArtifactAlteredError: a file of it is not what was stored.
    """
    with workspace.database.transaction() as session:
        return enter_shadow(session, workspace, model, version, actor=actor, reason=reason)


def enter_shadow(
    session: Session, workspace: Workspace, model: str, version: int, *, actor: str, reason: str
) -> AliasEvent:
    """Let a version score beside the champion, as `shadow` does, inside the caller's transaction."""
    line = known_model(session, model)
    found = model_rows.version_numbered(session, line.id, version)
    if found is None:
        raise UnknownVersionError(model, version)
    serving = alias_rows.alias_event_now(session, line.id, CHAMPION, workspace.as_of())
    if serving is not None and serving.version_id == found.id:
        raise ShadowIsChampionError(model, version)
    model_files(workspace, found)
    held = alias_rows.alias_event_at(session, line.id, CHALLENGER, None)
    return move_alias(
        session,
        found,
        expected=model_rows.version(session, held.version_id) if held else None,
        effective_at=_effective(workspace, held),
        recorded_at=workspace.clock(),
        actor=actor,
        reason=reason,
        alias=CHALLENGER,
    )


def end_shadow(workspace: Workspace, model: str, *, actor: str, reason: str) -> AliasEvent:
    """End the shadow: from now on only the champion scores.

    Raises:
        UnknownModelError: no model has this name.
        UnknownAliasError: nobody is in the shadow.
    """
    with workspace.database.transaction() as session:
        held = alias_rows.alias_event_at(session, known_model(session, model).id, CHALLENGER, None)
        holder = model_rows.version(session, held.version_id) if held else None
        if holder is None:
            raise UnknownAliasError(model, CHALLENGER)
        return end_alias(
            session,
            holder,
            CHALLENGER,
            effective_at=_effective(workspace, held),
            recorded_at=workspace.clock(),
            actor=actor,
            reason=reason,
        )


def _effective(workspace: Workspace, held: AliasEvent | None) -> datetime:
    """Return now, or the time of the newest event where that is later, as it may be for a replay."""
    return workspace.as_of() if held is None else max(workspace.as_of(), held.effective_at)
