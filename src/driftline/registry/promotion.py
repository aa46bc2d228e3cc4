"""Blue/green: a switch of the champion by hand, now or at a time to come, with its decision."""

from dataclasses import dataclass
from datetime import datetime

from driftline.registry.aliases import known_model, move_alias
from driftline.registry.errors import AlreadyChampionError, PastSwitchError, UnknownVersionError
from driftline.registry.reference import CHAMPION
from driftline.registry.versions import model_files
from driftline.store import Session, alias_rows, decision_rows, model_rows
from driftline.store.decision_rows import Decision, DecisionStatus
from driftline.store.model_rows import ModelVersion
from driftline.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Promotion:
    """A switch of the champion that a person decided on.

    Attributes:
        decision_id: the decision, stored together with the alias event.
        version: who is champion from then on.
        previous: who was until then; None for the first.
        effective_at: partitions that start from then on are served by the version.
        judged: whether the version was ever judged on a holdout.
    """

    decision_id: int
    version: int
    previous: int | None
    effective_at: datetime
    judged: bool


def promote(
    workspace: Workspace, model: str, version: int, *, actor: str, reason: str, at: datetime | None = None
) -> Promotion:
    """Make a version champion, from now on or from a time to come on, and record the decision with it.

    Args:
        workspace: where the registry is.
        model: the name of the registered model.
        version: its number.
        actor: who decides.
        reason: why, in words.
        at: partitions that start from then on are served by the version; None: now.

    Raises:
        UnknownModelError: no model has this name.
        UnknownVersionError: the model has no such version.
        AlreadyChampionError: it is champion already, or will be.
        PastSwitchError: `at` lies in the past.
        HistoryRewriteError: a switch is planned for a later time.
        ArtifactMissingError: a file of the version is not there.
        ArtifactAlteredError: a file of it is not what was stored.
    """
    now = workspace.as_of()
    if at is not None and at < now:
        raise PastSwitchError(at, now)
    with workspace.database.transaction() as session:
        line = known_model(session, model)
        model_rows.lock_models(session, line.id)
        found = model_rows.version_numbered(session, line.id, version)
        if found is None:
            raise UnknownVersionError(model, version)
        held = alias_rows.alias_event_at(session, line.id, CHAMPION, None)
        holder = model_rows.version(session, held.version_id) if held else None
        if holder is not None and holder.id == found.id:
            raise AlreadyChampionError(model, version)
        model_files(workspace, found)
        decision = _decision(workspace, found, holder, actor=actor, reason=reason, effective_at=at or now)
        session.add(decision)
        session.flush()
        event = move_alias(
            session,
            found,
            expected=holder,
            effective_at=at or now,
            recorded_at=workspace.clock(),
            actor=actor,
            reason=reason,
            decision_id=decision.id,
        )
        return Promotion(
            decision_id=decision.id,
            version=version,
            previous=holder.version if holder else None,
            effective_at=event.effective_at,
            judged=_judged(session, found),
        )


def _decision(
    workspace: Workspace,
    version: ModelVersion,
    holder: ModelVersion | None,
    *,
    actor: str,
    reason: str,
    effective_at: datetime,
) -> Decision:
    return Decision(
        model_id=version.model_id,
        trigger="manual",
        reason=reason,
        status=DecisionStatus.PROMOTED,
        actor=actor,
        as_of=workspace.as_of(),
        recorded_at=workspace.clock(),
        challenger_version_id=version.id,
        champion_version_id=holder.id if holder else None,
        serving_version_id=version.id,
        outcome=f"Promoted by {actor} with effect from {effective_at:%Y-%m-%d %H:%M} UTC: {reason}",
    )


def _judged(session: Session, version: ModelVersion) -> bool:
    return decision_rows.judged_version(session, [version.judged_version_id or version.id])
