"""A bandit between the champion and a challenger: its start, and the decision that it ends in."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from driftline.declaration import ModelPipeline
from driftline.metrics import Task
from driftline.registry import (
    CHALLENGER,
    CHAMPION,
    end_alias,
    find_version,
    known_model,
    load_version,
    model_files,
    move_alias,
)
from driftline.registry.errors import UnknownAliasError
from driftline.rollout.bandit_rule import BanditRule
from driftline.rollout.errors import BanditRunsError, BanditTaskError, NoBanditError, ShadowIsChampionError
from driftline.rollout.shadow_alias import enter_shadow
from driftline.store import Session, alias_rows, bandit_rows, model_rows
from driftline.store.bandit_rows import Bandit
from driftline.store.decision_rows import Decision, DecisionStatus
from driftline.store.model_rows import ModelVersion
from driftline.workspace import Workspace

DEFAULT_RULE = BanditRule()
METRIC = "accuracy"  # the mean of the rewards: 1 for a row whose class was right


@dataclass(frozen=True, kw_only=True)
class BanditEnd:
    """Why a bandit ends.

    Attributes:
        promote: whether the challenger becomes champion.
        actor: who decides.
        outcome: why, in words.
        champion_score: the mean reward of the champion; None where it is not known.
        challenger_score: that of the challenger.
    """

    promote: bool
    actor: str
    outcome: str
    champion_score: float | None = None
    challenger_score: float | None = None


def start_bandit(
    workspace: Workspace,
    pipeline: ModelPipeline,
    version: int,
    *,
    actor: str,
    reason: str,
    rule: BanditRule = DEFAULT_RULE,
) -> Bandit:
    """Let a version and the champion share the keys, in partitions that start from now on.

    The version is the challenger from now on, as in the shadow.

    Args:
        workspace: where the registry is.
        pipeline: the declaration of a stream.
        version: the challenger, by its number.
        actor: who decides.
        reason: why, in words.
        rule: when shares shift and when it ends; by default as `BanditRule` says.

    Raises:
        NotAStreamError: the pipeline has no partitions.
        UnknownModelError: it has no model yet.
        UnknownVersionError: the model has no such version.
        UnknownAliasError: there is no champion.
        ShadowIsChampionError: the version is champion, or will be by a planned switch.
        BanditTaskError: the version predicts numbers.
        BanditRunsError: a bandit of this model runs already.
    """
    pipeline.partitions.stream(pipeline.name)  # a table is refused
    found = find_version(workspace, f"{pipeline.name}/{version}")
    if load_version(workspace, found, trusted=pipeline.trusted).task is Task.REGRESSION:
        raise BanditTaskError(pipeline.name)
    with workspace.database.transaction() as session:
        model_rows.lock_models(session, found.model_id)
        _refuse_second(session, pipeline.name, bandit_rows.running(session, found.model_id))
        champion_id, since = _champion(session, pipeline.name, found)
        shadowed = alias_rows.alias_event_at(session, found.model_id, CHALLENGER, None)
        if shadowed is None or shadowed.version_id != found.id:
            shadowed = enter_shadow(session, workspace, pipeline.name, version, actor=actor, reason=reason)
        ended = [one.ended_at for one in bandit_rows.bandits(session, found.model_id) if one.ended_at]
        row = Bandit(
            model_id=found.model_id,
            champion_version_id=champion_id,
            challenger_version_id=found.id,
            floor=rule.floor,
            certainty=rule.certainty,
            epsilon=rule.epsilon,
            min_labels=rule.min_labels,
            max_age_s=int(rule.max_age.total_seconds()),
            started_at=max(workspace.as_of(), since, shadowed.effective_at, *ended),
            recorded_at=workspace.clock(),
            actor=actor,
            reason=reason,
        )
        session.add(row)
    return row


def stop_bandit(workspace: Workspace, model: str, *, actor: str, reason: str) -> Decision:
    """End the bandit of a model by hand: the champion is kept, and that is recorded as a decision.

    Raises:
        UnknownModelError: no model has this name.
        NoBanditError: no bandit of it runs.
    """
    ended = end_bandit(workspace, model, BanditEnd(promote=False, actor=actor, outcome=f"Kept by {actor}: {reason}"))
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
        line = known_model(session, model)
        model_rows.lock_models(session, line.id)
        bandit = bandit_rows.running(session, line.id)
        if bandit is None:
            return None
        why = interruption(session, bandit)
        if why is not None:
            end = BanditEnd(promote=False, actor=end.actor, outcome=f"Kept: {why}.")
        decision = _decision(session, workspace, bandit, end)
        session.add(decision)
        session.flush()
        bandit.ended_at = _move(session, workspace, bandit, end, decision)
        bandit.decision_id = decision.id
    return decision


def interruption(session: Session, bandit: Bandit) -> str | None:
    """Return what has taken the ground from under a bandit, or None: another champion, or another challenger."""
    for alias, own in ((CHAMPION, bandit.champion_version_id), (CHALLENGER, bandit.challenger_version_id)):
        held = alias_rows.alias_event_at(session, bandit.model_id, alias, None)
        if held is None or held.version_id != own:
            return f"the {alias} was changed while the bandit ran ({held.reason if held else 'nobody holds it'})"
    return None


def rule_of(bandit: Bandit) -> BanditRule:
    """Return the rule that a bandit was started with."""
    return BanditRule(
        floor=bandit.floor,
        certainty=bandit.certainty,
        epsilon=bandit.epsilon,
        min_labels=bandit.min_labels,
        max_age=timedelta(seconds=bandit.max_age_s),
    )


def _champion(session: Session, model: str, challenger: ModelVersion) -> tuple[int, datetime]:
    """Return the row of the champion, planned switches included, and since when it is."""
    held = alias_rows.alias_event_at(session, challenger.model_id, CHAMPION, None)
    if held is None or held.version_id is None:
        raise UnknownAliasError(model, CHAMPION)
    if held.version_id == challenger.id:
        raise ShadowIsChampionError(model, challenger.version)
    return held.version_id, held.effective_at


def _refuse_second(session: Session, model: str, bandit: Bandit | None) -> None:
    if bandit is not None:
        ids = (bandit.champion_version_id, bandit.challenger_version_id)
        champion, challenger = (version.version for id_ in ids if (version := model_rows.version(session, id_)))
        raise BanditRunsError(model, champion, challenger)


def _decision(session: Session, workspace: Workspace, bandit: Bandit, end: BanditEnd) -> Decision:
    held = alias_rows.alias_event_now(session, bandit.model_id, CHAMPION, workspace.as_of())
    known = end.champion_score is not None and end.challenger_score is not None
    return Decision(
        model_id=bandit.model_id,
        trigger="bandit",
        reason=f"A bandit asked for by {bandit.actor}: {bandit.reason}",
        status=DecisionStatus.PROMOTED if end.promote else DecisionStatus.KEPT,
        actor=end.actor,
        as_of=workspace.as_of(),
        recorded_at=workspace.clock(),
        challenger_version_id=bandit.challenger_version_id,
        champion_version_id=bandit.champion_version_id,
        serving_version_id=bandit.challenger_version_id if end.promote else (held.version_id if held else None),
        metric=METRIC if known else None,
        champion_score=end.champion_score,
        challenger_score=end.challenger_score,
        gain=(end.challenger_score or 0.0) - (end.champion_score or 0.0) if known else None,
        outcome=end.outcome,
    )


def _move(session: Session, workspace: Workspace, bandit: Bandit, end: BanditEnd, decision: Decision) -> datetime:
    """Append the alias events of an end and return the time from which on they hold."""
    challenger = model_rows.version(session, bandit.challenger_version_id)
    shadowed = alias_rows.alias_event_at(session, bandit.model_id, CHALLENGER, None)
    served = alias_rows.alias_event_at(session, bandit.model_id, CHAMPION, None)
    at = max(workspace.as_of(), bandit.started_at)
    if challenger is None or shadowed is None or served is None or shadowed.version_id != challenger.id:
        return at
    at = max(at, shadowed.effective_at, served.effective_at if end.promote else at)
    if end.promote:
        model_files(workspace, challenger)
        move_alias(
            session,
            challenger,
            expected=model_rows.version(session, bandit.champion_version_id),
            effective_at=at,
            recorded_at=decision.recorded_at,
            actor=end.actor,
            reason=end.outcome,
            decision_id=decision.id,
        )
    end_alias(
        session,
        challenger,
        CHALLENGER,
        effective_at=at,
        recorded_at=decision.recorded_at,
        actor=end.actor,
        reason=end.outcome,
        decision_id=decision.id,
    )
    return at
