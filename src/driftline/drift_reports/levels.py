"""The level of a pipeline as a person sees it, accepts it, or sets it."""

from dataclasses import dataclass
from math import isfinite

from driftline.drift_reports.errors import InvalidLevelError, no_health
from driftline.health import Health, health_of_json
from driftline.registry import ask, known_model, stated
from driftline.store import Session, drift_rows
from driftline.store.decision_rows import DecisionKind, DecisionStatus, Trigger
from driftline.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class LevelChange:
    """A level that a person accepted or set; it counts from the next report on.

    Attributes:
        decision_id: the decision, with its reason.
        level: mean loss; lower is better.
        before: the level until then; None: there was none.
    """

    decision_id: int
    level: float
    before: float | None


def newest_health(workspace: Workspace, model: str) -> Health:
    """Return how a pipeline stood at its newest report.

    Raises:
        UnknownModelError: no model has this name.
        NotMaterializedError: no report of it keeps health yet.
    """
    with workspace.database.reading() as session:
        return _newest(session, model, known_model(session, model).id)


def accept_level(
    workspace: Workspace, model: str, *, actor: str, reason: str, level: float | None = None
) -> LevelChange:
    """Accept what the champion loses now as the level of its pipeline, or set one; kept as a decision.

    Args:
        workspace: where the reports are.
        model: the pipeline's name.
        actor: who decides.
        reason: why, in words.
        level: mean loss, more than 0; None: the champion's newest loss with two standard errors.

    Raises:
        UnknownModelError: no model has this name.
        NotMaterializedError: no report of it keeps health yet.
        InvalidLevelError: the level is no loss, or nothing was measured that could be accepted.
        MissingReasonError: the reason is empty.
    """
    reason = stated(reason)
    if level is not None and not (isfinite(level) and level > 0.0):
        raise InvalidLevelError(f"The level {level} is no mean loss. Give a number above 0; lower is better.")
    at = workspace.clock()
    with workspace.database.transaction() as session:
        model_id = known_model(session, model).id
        health = _newest(session, model, model_id)
        accepted = _present(model, health) if level is None else level
        decision_id = ask(
            session,
            model_id=model_id,
            kind=DecisionKind.LEVEL,
            trigger=Trigger.MANUAL,
            actor=actor,
            as_of=health.as_of,
            at=at,
            rule="level_by_hand",
            details={"level": accepted, "level_before": health.level, "actor": actor, "reason": reason},
            status=DecisionStatus.ACCEPTED,
        )
    return LevelChange(decision_id=decision_id, level=accepted, before=health.level)


def _newest(session: Session, model: str, model_id: int) -> Health:
    stored = drift_rows.newest_health(session, model_id)
    if stored is None:
        raise no_health(model)
    return health_of_json(stored)


def _present(model: str, health: Health) -> float:
    if health.bound is None:
        raise InvalidLevelError(
            f"What {model!r} loses now is not measured: {health.rule.value.replace('_', ' ')}. Give a level instead."
        )
    return health.bound
