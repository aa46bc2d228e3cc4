"""How a pipeline stands now: a pure function of how it stood before, and of what its versions lost since."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from driftline.health.change import change_time, holdout_after
from driftline.health.health import Condition, Health, HealthRule
from driftline.health.losses import (
    MeanLoss,
    PartitionLoss,
    covered,
    mean_excess,
    mean_gain,
    mean_loss,
    newest,
    upper_bound,
)
from driftline.health.recovery import Recovery
from driftline.metrics import Task

HARDER_QUANTILE = 1.645  # one-sided 95 %
WATCHED_BEFORE = timedelta(days=14)  # how much longer than the training window a change may lie back


@dataclass(frozen=True, kw_only=True)
class HoldoutLoss:
    """What a version lost on the holdout that it was judged on, and its excess there."""

    loss: MeanLoss
    excess: MeanLoss | None


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """A level that was accepted or set, and when."""

    level: float
    at: datetime


class HealthView(Protocol):
    """What is known of a pipeline when one of its partitions is reported on; losses of labelled partitions alone."""

    @property
    def as_of(self) -> datetime:
        """Return the time of what is known."""

    @property
    def end(self) -> datetime:
        """Return the end of the partition."""

    @property
    def task(self) -> Task:
        """Return what is predicted."""

    @property
    def champion_id(self) -> int:
        """Return the version that served the partition."""

    @property
    def honest_from(self) -> datetime:
        """Return the first time of rows that the champion was neither trained nor chosen on."""

    @property
    def training_length(self) -> timedelta:
        """Return how much time a training reads."""

    @property
    def holdout_length(self) -> timedelta:
        """Return how much of that is its holdout, as declared."""

    def served(self, start: datetime) -> Sequence[PartitionLoss]:
        """Return what was lost in the partitions from `start` to `end` by whoever served them, oldest first."""

    def losses(self, version_id: int, start: datetime) -> Sequence[PartitionLoss]:
        """Return what a version lost in these partitions, or would have lost where it did not serve them."""

    def holdout(self, version_id: int) -> HoldoutLoss | None:
        """Return what a version lost on its holdout; None where that is not known."""


def assess(
    rule: Recovery, previous: Health | None, view: HealthView, *, accepted: Accepted | None, looks: Sequence[datetime]
) -> Health:
    """Return how the pipeline stands when a partition is reported on.

    Args:
        rule: the declaration.
        previous: how it stood at the report before; None: this is the first.
        view: what is known now.
        accepted: the newest level that was accepted or set since the report before.
        looks: when challengers were trained that were judged by now.
    """
    honest = view.losses(view.champion_id, max(view.honest_from, view.end - _reach(rule)))
    now = _now(rule, previous, view, accepted, honest)
    if accepted is not None and now.level is not None:
        return replace(now, rule=HealthRule.LEVEL_ACCEPTED, loss=_loss(rule, honest))
    if previous is None or previous.is_settled:
        return _settled(rule, now, view, honest)
    return _recovering(rule, replace(now, condition=Condition.RECOVERING), view, honest, looks)


def _reach(rule: Recovery) -> timedelta:
    """Return how far back losses of the present are looked at; labels may have gaps."""
    return 2 * rule.long_length


def _now(
    rule: Recovery,
    previous: Health | None,
    view: HealthView,
    accepted: Accepted | None,
    honest: Sequence[PartitionLoss],
) -> Health:
    """Return the present with its level, settled; of an episode, with what is known of it."""
    level = _level(rule, previous, view, accepted, honest)
    now = Health(
        as_of=view.as_of,
        condition=Condition.SETTLED,
        rule=HealthRule.NO_LEVEL,
        champion_id=view.champion_id,
        level=level.value,
        level_excess=level.excess,
        level_since=level.since,
    )
    if previous is None or previous.is_settled or accepted is not None:
        return now
    return replace(
        now,
        entered_at=previous.entered_at,
        changed_at=previous.changed_at,
        anchor_id=previous.anchor_id,
        watched_from=previous.watched_from,
    )


@dataclass(frozen=True, kw_only=True)
class _Level:
    """A level, the excess of the rows that made it, and the time before which none of them lies."""

    value: float | None = None
    excess: float | None = None
    since: datetime | None = None


def _level(
    rule: Recovery,
    previous: Health | None,
    view: HealthView,
    accepted: Accepted | None,
    honest: Sequence[PartitionLoss],
) -> _Level:
    """Return the level: accepted, or kept from before, or of the first holdout; lower where less is lost now."""
    level = _Level()
    if accepted is not None:
        parts = newest(honest, rule.long_length)
        level = _Level(
            value=accepted.level, excess=upper_bound(mean_excess(parts)) if parts else None, since=accepted.at
        )
    elif previous is not None:
        level = _Level(value=previous.level, excess=previous.level_excess, since=previous.level_since)
    if level.value is None and (judged := view.holdout(view.champion_id)) is not None:
        excess = upper_bound(judged.excess) if judged.excess else None
        level = replace(level, value=upper_bound(judged.loss), excess=excess)
    earliest = view.end - _reach(rule)
    served = newest(view.served(earliest if level.since is None else max(level.since, earliest)), rule.long_length)
    if 2 * covered(served) < rule.long_length:
        return level
    reached = upper_bound(mean_loss(served))
    if level.value is not None and level.value <= reached:
        return level
    return replace(level, value=reached, excess=upper_bound(mean_excess(served)))


def _settled(rule: Recovery, now: Health, view: HealthView, honest: Sequence[PartitionLoss]) -> Health:
    loss = _loss(rule, honest)
    if now.level is None:
        return replace(now, loss=loss)
    if loss is None:
        return replace(now, rule=HealthRule.TOO_FEW_LABELS)
    lost = _lost(rule, now.level, honest)
    if lost is not None and _is_explained(rule, now, view.task, honest):
        return replace(now, rule=HealthRule.ROWS_ARE_HARDER, loss=lost)
    if lost is None and not _is_trivial(rule, view.task, honest):
        return replace(now, rule=HealthRule.LEVEL_KEPT, loss=loss)
    watched_from = view.end - view.training_length - WATCHED_BEFORE
    reason = HealthRule.NOT_BETTER_THAN_BASELINE if lost is None else HealthRule.LEVEL_LOST
    entered = replace(
        now,
        condition=Condition.RECOVERING,
        rule=reason,
        loss=lost or loss,
        entered_at=view.as_of,
        anchor_id=view.champion_id,
        watched_from=max(watched_from, view.honest_from),
        changed_at=view.end - (lost or loss).covered,
    )
    return _with_change(entered, view)


def _recovering(
    rule: Recovery, now: Health, view: HealthView, honest: Sequence[PartitionLoss], looks: Sequence[datetime]
) -> Health:
    now = _with_change(now, view)
    if now.entered_at is None or now.changed_at is None or now.level is None:
        return now
    length = min(rule.long_length, max(rule.length, view.end - now.changed_at))
    parts = newest(honest, length)
    if covered(parts) < rule.length:
        return replace(now, rule=HealthRule.TOO_FEW_LABELS)
    loss = mean_loss(parts)
    if _is_trivial(rule, view.task, honest):
        return replace(now, rule=HealthRule.NOT_BETTER_THAN_BASELINE, loss=loss)
    looked = any(look >= now.entered_at for look in looks)
    is_above = loss.value >= (1.0 + rule.min_relative_drop) * now.level or _lost(rule, now.level, honest) is not None
    if not looked or is_above:
        return replace(now, rule=HealthRule.LEVEL_NOT_REGAINED, loss=loss)
    return Health(
        as_of=now.as_of,
        condition=Condition.SETTLED,
        rule=HealthRule.LEVEL_REGAINED,
        champion_id=now.champion_id,
        level=now.level,
        level_excess=now.level_excess,
        level_since=now.level_since,
        loss=loss,
    )


def _with_change(now: Health, view: HealthView) -> Health:
    """Return the present with the time of the change as it is estimated now; more partitions make it sharper."""
    if now.anchor_id is None or now.watched_from is None:
        return now
    parts = view.losses(now.anchor_id, now.watched_from)
    changed_at = change_time(parts) or now.changed_at
    if changed_at is None:
        return now
    end = max((part.end for part in parts), default=view.end)
    until = end - holdout_after(view.holdout_length, changed_at, end)  # as a training parts its rows
    count = sum(part.row_count for part in parts if changed_at <= part.start and part.end <= until)
    return replace(now, changed_at=changed_at, rows_since_change=count)


def _lost(rule: Recovery, level: float, honest: Sequence[PartitionLoss]) -> MeanLoss | None:
    """Return the loss of the window that is surely above the level, or None."""
    for length in (rule.length, rule.long_length):
        parts = newest(honest, length)
        if covered(parts) < length:
            continue
        loss = mean_loss(parts, among=newest(honest, rule.long_length))
        rise = loss.value - level
        if rise >= rule.min_relative_drop * level and rise > rule.quantile * loss.standard_error:
            return loss
    return None


def _is_explained(rule: Recovery, now: Health, task: Task, honest: Sequence[PartitionLoss]) -> bool:
    """Return whether probabilities are as right as they were when the level was reached: the rows are only harder."""
    if task is Task.REGRESSION or now.level_excess is None:
        return False
    excess = mean_excess(newest(honest, rule.long_length))
    return excess.value - now.level_excess <= HARDER_QUANTILE * excess.standard_error


def _is_trivial(rule: Recovery, task: Task, honest: Sequence[PartitionLoss]) -> bool:
    """Return whether the champion is not surely better than the baseline without a model."""
    gain = mean_gain(task, newest(honest, rule.long_length))
    return gain is not None and gain.value <= gain.standard_error


def _loss(rule: Recovery, honest: Sequence[PartitionLoss]) -> MeanLoss | None:
    parts = newest(honest, rule.length)
    return mean_loss(parts) if covered(parts) >= rule.length else None


def watched_length(rule: Recovery, training_length: timedelta, labels: timedelta) -> timedelta:
    """Return how far back from a partition its health looks, while the level is kept.

    Args:
        rule: the declaration.
        training_length: how much time a training reads.
        labels: how long before a partition labels matter to it.
    """
    return max(_reach(rule) + labels, training_length + WATCHED_BEFORE)
