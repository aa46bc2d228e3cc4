"""Entering the champion's shadow and leaving it: a challenger scores the same partitions, and serves none."""

from driftline.registry import (
    CHALLENGER,
    AliasEvent,
    AliasMovedError,
    ModelVersion,
    Timeline,
    known_model,
    load_timeline,
    model_files,
    move_alias,
    numbered_version,
    stated,
)
from driftline.rollout.errors import nobody_in_the_shadow, shadow_is_champion
from driftline.store import Session
from driftline.workspace import Workspace


def shadow(
    workspace: Workspace, model: str, version: int, *, actor: str, reason: str, expected_revision: int | None = None
) -> AliasEvent:
    """Let a version score beside the champion from now on; who was in the shadow before is not any more.

    Args:
        workspace: where the registry is.
        model: its name.
        version: the version's number.
        actor: who decides.
        reason: why, in words.
        expected_revision: the newest revision of the challenger's history that the actor has seen; None: any.

    Raises:
        UnknownModelError: no model has this name.
        UnknownVersionError: the model has no such version.
        InvalidRolloutError: the version is champion already.
        AliasMovedError: the challenger was changed since `expected_revision`.
        ArtifactMissingError: a file of it is not there.
        ArtifactAlteredError: a file of it is not what was stored.
        MissingReasonError: the reason is empty.
    """
    reason = stated(reason)
    with workspace.database.transaction() as session:
        model_id = known_model(session, model).id
        seen = load_timeline(session, model_id, alias=CHALLENGER)
        if expected_revision is not None and seen.revision != expected_revision:
            raise AliasMovedError(CHALLENGER, seen.events[-1].reason if seen.events else "nobody holds it")
        chosen = numbered_version(session, model, version)
        return enter_shadow(session, workspace, model, chosen, seen, actor=actor, reason=reason)


def enter_shadow(
    session: Session,
    workspace: Workspace,
    model: str,
    version: ModelVersion,
    seen: Timeline,
    *,
    actor: str,
    reason: str,
) -> AliasEvent:
    """Let a version score beside the champion, as `shadow` does, inside the caller's transaction."""
    champion = load_timeline(session, version.model_id).holder(workspace.as_of())
    if champion is not None and champion.id == version.id:
        raise shadow_is_champion(model, version.version)
    model_files(workspace, version)
    return _move(session, workspace, version.model_id, version, seen, actor=actor, reason=reason)


def end_shadow(workspace: Workspace, model: str, *, actor: str, reason: str) -> AliasEvent:
    """End the shadow: from now on only the champion scores.

    Raises:
        UnknownModelError: no model has this name.
        UnknownAliasError: nobody is in the shadow.
        MissingReasonError: the reason is empty.
    """
    reason = stated(reason)
    with workspace.database.transaction() as session:
        model_id = known_model(session, model).id
        seen = load_timeline(session, model_id, alias=CHALLENGER)
        if not seen.events or seen.events[-1].version is None:
            raise nobody_in_the_shadow(model)
        return _move(session, workspace, model_id, None, seen, actor=actor, reason=reason)


def _move(
    session: Session,
    workspace: Workspace,
    model_id: int,
    version: ModelVersion | None,
    seen: Timeline,
    *,
    actor: str,
    reason: str,
) -> AliasEvent:
    """Move the alias from now on, or from the time of its newest event where a replay has dated that later."""
    now = workspace.as_of()
    return move_alias(
        session,
        model_id,
        version,
        seen=seen,
        effective_at=max([now, *filter(None, [seen.earliest(now)])]),
        as_of=now,
        recorded_at=workspace.clock(),
        actor=actor,
        reason=reason,
    )
