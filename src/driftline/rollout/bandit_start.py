"""The start of a bandit between the champion and a challenger."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from driftline.declaration import ModelPipeline
from driftline.metrics import Task
from driftline.registry import (
    CHALLENGER,
    CHAMPION,
    ModelVersion,
    Timeline,
    load_timeline,
    load_version,
    numbered_version,
    stated,
    versions_by_id,
)
from driftline.registry.errors import nobody_is
from driftline.rollout.bandit_rule import BanditRule
from driftline.rollout.errors import BanditRunsError, not_for_bandits, shadow_is_champion
from driftline.rollout.shadow_alias import enter_shadow
from driftline.store import Session, bandit_rows, model_rows
from driftline.store.bandit_rows import BanditRow
from driftline.workspace import Workspace

DEFAULT_RULE = BanditRule()


@dataclass(frozen=True, kw_only=True)
class Bandit:
    """A bandit as it was started, and its end where it has one.

    Attributes:
        id: of its row.
        model_id: of the model's row.
        champion_version_id: who served alone before.
        challenger_version_id: who is tried.
        rule: when shares shift and when it ends.
        started_at: partitions that start from then on are shared.
        actor: who started it.
        reason: why, in words.
        ended_at: and before this time; None: it runs.
        decision_id: the decision that it ended in.
    """

    id: int
    model_id: int
    champion_version_id: int
    challenger_version_id: int
    rule: BanditRule
    started_at: datetime
    actor: str
    reason: str
    ended_at: datetime | None = None
    decision_id: int | None = None


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
        InvalidRolloutError: the version is champion, or will be by a planned switch.
        InvalidRolloutError: the version predicts numbers.
        BanditRunsError: a bandit of this model runs already.
        MissingReasonError: the reason is empty.
    """
    reason = stated(reason)
    pipeline.partitions.stream(pipeline.name)  # a table is refused
    with workspace.database.transaction() as session:
        challenger = numbered_version(session, pipeline.name, version)
        model_rows.lock_models(session, challenger.model_id)
        if _task(workspace, pipeline, challenger) is Task.REGRESSION:
            raise not_for_bandits(pipeline.name)
        _refuse_second(session, pipeline.name, bandit_rows.running(session, challenger.model_id))
        champions = load_timeline(session, challenger.model_id)
        champion, since = _champion(workspace, pipeline.name, champions, challenger)
        challengers = load_timeline(session, challenger.model_id, alias=CHALLENGER)
        newest = challengers.events[-1] if challengers.events else None
        if newest is None or newest.version is None or newest.version.id != challenger.id:
            newest = enter_shadow(
                session, workspace, pipeline.name, challenger, challengers, actor=actor, reason=reason
            )
        ended = [bandit.ended_at for bandit in bandit_rows.bandits(session, challenger.model_id) if bandit.ended_at]
        row = bandit_rows.add(
            session,
            model_id=challenger.model_id,
            champion_version_id=champion.id,
            challenger_version_id=challenger.id,
            floor=rule.min_share,
            certainty=rule.certainty,
            epsilon=rule.epsilon,
            min_labels=rule.min_labels,
            max_age_s=int(rule.max_age.total_seconds()),
            started_at=max(workspace.as_of(), since, newest.effective_at, *ended),
            recorded_at=workspace.clock(),
            actor=actor,
            reason=reason,
        )
        return bandit_of_row(row)


def bandit_of_row(row: BanditRow) -> Bandit:
    """Return the bandit that a row stores."""
    rule = BanditRule(
        min_share=row.floor,
        certainty=row.certainty,
        epsilon=row.epsilon,
        min_labels=row.min_labels,
        max_age=timedelta(seconds=row.max_age_s),
    )
    names = ("id", "model_id", "champion_version_id", "challenger_version_id", "started_at", "actor", "reason")
    return Bandit(
        **{name: getattr(row, name) for name in names},
        rule=rule,
        ended_at=row.ended_at,
        decision_id=row.decision_id,
    )


def _task(workspace: Workspace, pipeline: ModelPipeline, version: ModelVersion) -> Task:
    return version.task or load_version(workspace, version, trusted=pipeline.trusted).task


def _champion(
    workspace: Workspace, model: str, champions: Timeline, challenger: ModelVersion
) -> tuple[ModelVersion, datetime]:
    """Return the champion, and since when it is; refuse a challenger that is champion or will be."""
    now = workspace.as_of()
    event = champions.at(now)
    if event is None or event.version is None:
        raise nobody_is(model, CHAMPION)
    for other in (event, *champions.planned(now)):
        if other.version is not None and other.version.id == challenger.id:
            raise shadow_is_champion(model, challenger.version)
    return event.version, event.effective_at


def _refuse_second(session: Session, model: str, running: BanditRow | None) -> None:
    if running is not None:
        ids = (running.champion_version_id, running.challenger_version_id)
        versions = versions_by_id(session, ids)
        champion, challenger = (versions[id_].version for id_ in ids)
        raise BanditRunsError(model, champion, challenger)
