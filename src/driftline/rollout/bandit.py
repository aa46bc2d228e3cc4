"""A running bandit: each partition gets its share once, and when the rewards speak it ends in a decision."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from driftline.declaration import ModelPipeline
from driftline.evaluations import LabelledReader
from driftline.predictions import predict
from driftline.registry import Decision, known_model, load_both_timelines, load_decision
from driftline.rollout.bandit_end import BanditEnd, end_bandit, interruption
from driftline.rollout.bandit_rewards import RewardPair, Rewards, fewest_units, rewards
from driftline.rollout.bandit_rule import BanditStep, BanditVerdict, bandit_step
from driftline.rollout.bandit_start import Bandit, bandit_of_row
from driftline.rollout.errors import NoBanditError, PropensityError
from driftline.rollout.off_policy import OffPolicyValue, off_policy_value
from driftline.rollout.posterior import Cohort, posterior
from driftline.rollout.shadow import predict_shadow, shadows
from driftline.store import bandit_rows, model_rows
from driftline.store.bandit_rows import BanditShareRow
from driftline.workspace import Workspace

ACTOR = "bandit"


@dataclass(frozen=True, kw_only=True)
class BanditPartition:
    """A partition whose keys two versions share.

    Attributes:
        partition: its key.
        share: of the keys, the challenger's.
        probability: that the challenger is the better one, as known at the partition's start.
        label_count: rewards that the share stands on.
        rewards: of this partition; None: its labels are not due yet.
    """

    partition: str
    share: float
    probability: float
    label_count: int
    rewards: Cohort | None


@dataclass(frozen=True, kw_only=True)
class BanditStatus:
    """Where the newest bandit of a model stands.

    Attributes:
        champion: the version that served alone before.
        challenger: the version that is tried.
        since: partitions that start from then on are shared.
        until: and before this time; None: it runs.
        decision_id: the decision that it ended in.
        outcome: why, in words.
        step: what the rewards known by now say.
        fewest_units: different keys of that version whose rewards are of fewer; below 30 nobody is promoted.
        champion_value: what the champion would earn on all keys; None: too few rewards.
        challenger_value: what the challenger would.
        partitions: oldest first.
    """

    champion: int
    challenger: int
    since: datetime
    until: datetime | None
    decision_id: int | None
    outcome: str | None
    step: BanditStep
    fewest_units: int
    champion_value: OffPolicyValue | None
    challenger_value: OffPolicyValue | None
    partitions: tuple[BanditPartition, ...]


def assign_traffic(
    workspace: Workspace, pipeline: ModelPipeline, keys: Sequence[str], *, reader: LabelledReader
) -> list[str]:
    """Store the challenger's share of each partition of a bandit that has none yet; return these partitions.

    A share stands on the rewards that were due at the partition's start, and never changes. Partitions are gone
    through by time, each predicted before the next one is looked at. One that the challenger cannot predict gets no
    share: the champion serves all of it.
    """
    unsettled = _unsettled(workspace, pipeline, keys, reader)
    for place, (key, bandit) in enumerate(unsettled):
        if key in predict_shadow(workspace, pipeline, [key], reader=reader).done:
            _settle(workspace, pipeline, bandit, key, reader)
            if place + 1 < len(unsettled):
                predict(workspace, pipeline, [key], reader=reader.partitions)
                predict_shadow(workspace, pipeline, [key], reader=reader)
    return [key for key, _ in unsettled]


def judge_bandit(workspace: Workspace, pipeline: ModelPipeline, *, reader: LabelledReader) -> Decision | None:
    """End the running bandit of a pipeline where its rule, or a change of an alias, says so; return the decision.

    None where no bandit runs, and where it goes on. A challenger wins only once both versions answered for 30 keys.
    """
    now = workspace.as_of()
    with workspace.database.reading() as session:
        model_id = reader.partitions.model_id
        row = None if model_id is None else bandit_rows.running(session, model_id)
        if row is None or now < row.started_at:
            return None
        bandit = bandit_of_row(row)
        changed = interruption(bandit, *load_both_timelines(session, bandit.model_id), now)
    pairs = rewards(workspace, pipeline, bandit, until=now, reader=reader)
    cohorts = [pair.cohort for pair in pairs.values()]
    step = bandit_step(bandit.rule, cohorts, age=now - bandit.started_at, unit_count=fewest_units(list(pairs.values())))
    if step.verdict is BanditVerdict.GO_ON and changed is None:
        return None
    means, any_label = posterior(cohorts), step.label_count > 0
    end = BanditEnd(
        promote=step.verdict is BanditVerdict.PROMOTE,
        actor=ACTOR,
        rule=step.rule,
        details=step.details,
        champion_score=means.champion.mean if any_label else None,
        challenger_score=means.challenger.mean if any_label else None,
    )
    return end_bandit(workspace, pipeline.name, end)


def bandit_status(workspace: Workspace, pipeline: ModelPipeline) -> BanditStatus:
    """Return where the newest bandit of a pipeline stands, by the labels known by now.

    Raises:
        UnknownModelError: the pipeline has no model yet.
        NoBanditError: there never was a bandit.
    """
    with workspace.database.reading() as session:
        model = known_model(session, pipeline.name)
        row = next(iter(bandit_rows.bandits(session, model.id)), None)
        if row is None:
            raise NoBanditError(pipeline.name)
        bandit = bandit_of_row(row)
        shares = bandit_rows.shares(session, bandit.id)
        numbers = {version.id: version.version for version in model_rows.versions(session, model.id)}
        decision = load_decision(session, bandit.decision_id) if bandit.decision_id else None
    pairs = rewards(workspace, pipeline, bandit, until=workspace.as_of(), reader=LabelledReader(workspace, pipeline))
    age = (bandit.ended_at or workspace.as_of()) - bandit.started_at
    return BanditStatus(
        champion=numbers[bandit.champion_version_id],
        challenger=numbers[bandit.challenger_version_id],
        since=bandit.started_at,
        until=bandit.ended_at,
        decision_id=bandit.decision_id,
        outcome=decision.outcome if decision else None,
        step=bandit_step(bandit.rule, [pair.cohort for pair in pairs.values()], age=age),
        fewest_units=fewest_units(list(pairs.values())),
        champion_value=_value([pair.champion for pair in pairs.values()]),
        challenger_value=_value([pair.challenger for pair in pairs.values()]),
        partitions=tuple(_partition(share, pairs.get(share.partition_key)) for share in shares),
    )


def _unsettled(
    workspace: Workspace, pipeline: ModelPipeline, keys: Sequence[str], reader: LabelledReader
) -> list[tuple[str, Bandit]]:
    """Return the partitions in whose time a bandit ran between those who held both aliases, oldest first."""
    with workspace.database.reading() as session:
        model_id = reader.partitions.model_id
        started = [] if model_id is None else [bandit_of_row(row) for row in bandit_rows.bandits(session, model_id)]
        settled = {share.partition_key for bandit in started for share in bandit_rows.shares(session, bandit.id)}
    if not started:
        return []
    starts = {key: pipeline.stream.window(key).start for key in sorted(set(keys) - settled)}
    champions = dict(zip(starts, reader.partitions.champions.holders(list(starts.values())), strict=True))
    challengers = shadows(workspace, pipeline, list(starts), reader)
    return [
        (key, bandit)
        for key, start in starts.items()
        for bandit in started
        if bandit.started_at <= start and (bandit.ended_at is None or start < bandit.ended_at)
        if (champion := champions[key]) is not None and champion.id == bandit.champion_version_id
        if key in challengers and challengers[key].id == bandit.challenger_version_id
    ]


def _settle(workspace: Workspace, pipeline: ModelPipeline, bandit: Bandit, key: str, reader: LabelledReader) -> None:
    start = pipeline.stream.window(key).start
    pairs = rewards(workspace, pipeline, bandit, until=start, reader=reader)
    step = bandit_step(bandit.rule, [pair.cohort for pair in pairs.values()], age=start - bandit.started_at)
    row = {
        "bandit_id": bandit.id,
        "partition_key": key,
        "share": step.share,
        "probability": step.probability,
        "label_count": step.label_count,
        "recorded_at": workspace.clock(),
    }
    with workspace.database.transaction() as session:
        bandit_rows.put_share(session, row)


def _value(parts: Sequence[Rewards]) -> OffPolicyValue | None:
    """Return what a version would earn on all keys, or None where its rewards are too few to say."""
    if not parts:
        return None
    joined = [np.concatenate([getattr(part, name) for part in parts]) for name in ("right", "propensities", "units")]
    try:
        return off_policy_value(*joined)
    except PropensityError:
        return None


def _partition(share: BanditShareRow, pair: RewardPair | None) -> BanditPartition:
    return BanditPartition(
        partition=share.partition_key,
        share=share.share,
        probability=share.probability,
        label_count=share.label_count,
        rewards=pair.cohort if pair else None,
    )
