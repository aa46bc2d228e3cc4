"""When it is worth looking for a better model: a pure function of health, of the looks so far, and of the time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from math import sqrt
from typing import Any

from driftline.health import Health, HealthRule, Recovery

SHORTEST_AGE, LONGEST_AGE = 0.5, 6.5  # of the first one


@dataclass(frozen=True, kw_only=True)
class Look:
    """A retraining that was judged: challengers were trained, earlier versions tried, and the best met the champion.

    Attributes:
        at: when it was decided on.
        won: whether the champion was replaced.
        row_count: rows after the change that it could learn from; 0 where no change was known.
        is_whole: the training window held no row from before the change.
        holdout_is_whole: the holdout was as long as declared; a shorter one shows large gains alone.
        by_evidence: a lost level asked for it, and not the time that had passed or anything else.
        loss: what the champion lost then; None: not known.
    """

    at: datetime
    won: bool
    row_count: int = 0
    is_whole: bool = False
    holdout_is_whole: bool = True
    by_evidence: bool = False
    loss: float | None = None


def look_of(at: datetime, won: bool, plan: Mapping[str, Any] | None) -> Look:  # noqa: FBT001
    """Return a look as the decision that asked for it keeps it; None: something else than health asked."""
    if plan is None:
        return Look(at=at, won=won)
    return Look(
        at=at,
        won=won,
        row_count=plan["rows_since_change"],
        is_whole=plan["window_is_new"],
        holdout_is_whole=plan["holdout_is_whole"],
        by_evidence=plan["look"] not in (None, LookRule.TIME_HAS_PASSED),
        loss=plan.get("loss"),
    )


class LookRule(StrEnum):
    """Why to look now."""

    LEVEL_LOST = "level_lost"
    ROWS_HAVE_GROWN = "rows_have_grown"
    WINDOW_IS_NEW = "window_is_new"
    TIME_HAS_PASSED = "time_has_passed"


@dataclass(frozen=True, kw_only=True)
class LookPlan:
    """Whether to look now, or when.

    Attributes:
        rule: why to look now; None: not now.
        row_count: rows after the change that a look now could learn from.
        is_whole: the training window holds no row from before the change.
        holdout_is_whole: the holdout is as long as declared.
        loss: what the champion loses; None: not known.
        next_row_count: how many of them the next look waits for; None while settled.
        labels_from: when the first label of what the champion serves is known; rows do not ask sooner.
        next_at: when a look is due by time alone; None: never.
        accept: the level that is given up, since retraining does not regain it; None: it is not.
    """

    rule: LookRule | None
    row_count: int
    is_whole: bool
    holdout_is_whole: bool
    loss: float | None
    next_row_count: int | None
    labels_from: datetime
    next_at: datetime | None
    accept: float | None = None

    def details(self) -> dict[str, Any]:
        """Return what a decision keeps of it, as JSON can hold it."""
        return {
            "look": None if self.rule is None else self.rule.value,
            "rows_since_change": self.row_count,
            "window_is_new": self.is_whole,
            "holdout_is_whole": self.holdout_is_whole,
            "loss": self.loss,
            "next_rows": self.next_row_count,
            "labels_from": self.labels_from.isoformat(),
            "next_at": None if self.next_at is None else self.next_at.isoformat(),
        }


def plan_look(
    rule: Recovery,
    health: Health,
    looks: Sequence[Look],
    now: datetime,
    *,
    training_length: timedelta,
    holdout_length: timedelta,
    label_lag: timedelta,
    champion_since: datetime,
) -> LookPlan:
    """Return whether to look for a better model now.

    Looked for is when the level is lost; when the rows after the change have doubled since a look that was won, or
    doubled twice since one that was lost, and labels tell of what was promoted; when the whole training window lies
    after the change; and when long enough nothing was looked for. A level is given up when challengers on ever more
    rows after the change have lost on a whole holdout, or all that a training can read is new and was tried.

    Args:
        rule: the declaration.
        health: at the newest report.
        looks: all that were judged, oldest first.
        now: the time of the decision.
        training_length: how much time a training reads.
        holdout_length: how much of that is its holdout, as declared.
        label_lag: how long after its event a label is known.
        champion_since: when the champion took effect.
    """
    due = _due_by_age(rule, looks, champion_since, training_length=training_length, label_lag=label_lag)
    aged = due is not None and due <= now
    loss = None if health.loss is None else health.loss.value
    labels_from = champion_since + label_lag
    if health.entered_at is None:
        return LookPlan(
            rule=LookRule.TIME_HAS_PASSED if aged else None,
            row_count=0,
            is_whole=False,
            holdout_is_whole=True,
            loss=loss,
            next_row_count=None,
            labels_from=labels_from,
            next_at=due,
        )
    episode = [
        _as_known_now(look, health, training_length=training_length, label_lag=label_lag)
        for look in looks
        if look.at >= health.entered_at and not _is_worse(rule, health, look)
    ]
    next_rows = _next_rows(rule, episode)
    rows, is_whole = health.rows_since_change, _has_passed(health, now, training_length)
    plan = LookPlan(
        rule=None,
        row_count=rows,
        is_whole=is_whole,
        holdout_is_whole=_has_passed(health, now, 2 * holdout_length),
        loss=loss,
        next_row_count=next_rows,
        labels_from=labels_from,
        next_at=due,
    )
    accept = _accepted_level(rule, health, episode)
    if accept is not None:
        return LookPlan(**{**vars(plan), "accept": accept})
    grown = rows >= next_rows and now >= labels_from
    return LookPlan(**{**vars(plan), "rule": _asks(episode, grown, is_whole=is_whole, aged=aged)})


def _is_worse(rule: Recovery, health: Health, look: Look) -> bool:
    """Return whether the champion surely loses more than at a look: that one was about a better world.

    Both are means of about as many rows, so the error of their difference is that of one times the root of two.
    """
    if health.loss is None or look.loss is None:
        return False
    rise = health.loss.value - look.loss
    return rise >= rule.min_relative_drop * look.loss and rise > rule.quantile * sqrt(2) * health.loss.standard_error


def _as_known_now(look: Look, health: Health, *, training_length: timedelta, label_lag: timedelta) -> Look:
    """Return a look with what it could have learnt of the change, by the estimate of now; more days make it sharper."""
    changed_at, labelled = health.changed_at, health.as_of - label_lag
    if changed_at is None or labelled <= changed_at:
        return look
    share = max(0.0, (look.at - label_lag - changed_at) / (labelled - changed_at))
    return replace(
        look,
        row_count=min(look.row_count, _ceil(share * health.rows_since_change)),
        is_whole=look.is_whole and _has_passed(health, look.at, training_length),
    )


def _next_rows(rule: Recovery, episode: Sequence[Look]) -> int:
    """Return how many rows after the change the next look waits for: a look that has lost makes it rarer."""
    seen = max((look.row_count for look in episode), default=0)
    lost = bool(episode) and not episode[-1].won
    return max(rule.min_rows, _ceil(rule.growth ** (2 if lost else 1) * seen))


def _asks(episode: Sequence[Look], grown: bool, *, is_whole: bool, aged: bool) -> LookRule | None:  # noqa: FBT001
    if not episode:
        return LookRule.LEVEL_LOST
    if grown:
        return LookRule.ROWS_HAVE_GROWN
    if is_whole and not any(look.is_whole for look in episode):
        return LookRule.WINDOW_IS_NEW
    return LookRule.TIME_HAS_PASSED if aged else None


def _accepted_level(rule: Recovery, health: Health, episode: Sequence[Look]) -> float | None:
    """Return the level that the champion has, where it is all that can be had; None where that is not shown."""
    if health.rule is HealthRule.TOO_FEW_LABELS:
        return None
    whole = any(look.is_whole for look in episode)
    if health.rule is HealthRule.NOT_BETTER_THAN_BASELINE and not whole:
        return None
    last_win = max((place for place, look in enumerate(episode) if look.won), default=-1)
    lost = sum(look.holdout_is_whole and look.row_count >= rule.min_rows for look in episode[last_win + 1 :])
    if not whole and lost < rule.lost_looks:
        return None
    return health.bound


def _has_passed(health: Health, now: datetime, length: timedelta) -> bool:
    """Return whether the change, where one is known, lies so far back."""
    return health.changed_at is not None and now - length >= health.changed_at


def _due_by_age(
    rule: Recovery, looks: Sequence[Look], champion_since: datetime, *, training_length: timedelta, label_lag: timedelta
) -> datetime | None:
    """Return when a look is due without evidence: ever later while looks lose, sooner again after one has won.

    It is not sooner than the first label of what a promotion has served, since before that nothing is known of it, and
    not later than the whole training window has been replaced.

    How fast the world changes by itself is what looks say that time alone asked for. One that evidence asked for and
    that lost says nothing about it; one that won says that the world has changed, and that it may go on.
    """
    first = rule.first_age
    if first is None:
        return None
    shortest = max(SHORTEST_AGE * first, label_lag)
    longest = max(first, shortest, min(LONGEST_AGE * first, training_length))
    age = max(first, shortest)
    for look in looks:
        if look.won:
            age = min(age, first) if look.by_evidence else age / 2
        elif not look.by_evidence:
            age *= 2
        age = min(max(age, shortest), longest)
    newest = max([look.at for look in looks[-1:]], default=champion_since)
    return newest + age


def _ceil(value: float) -> int:
    return int(-(-value // 1))
