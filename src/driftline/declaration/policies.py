"""Policies: when to retrain, and when a challenger may take the champion's place."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from driftline.clock import parse_duration
from driftline.errors import PolicyError


@dataclass(frozen=True, kw_only=True)
class Retrain:
    """When to retrain: by schedule (passive), on evidence (active), or both.

    Attributes:
        schedule: a cron line in UTC, such as `0 7 * * *`; None: never by schedule.
        on_drift: the kinds of drift that are evidence enough. Data drift alone alerts: it may be harmless.
        cooldown: the least time between two starts, failed ones included.
    """

    schedule: str | None = None
    on_drift: tuple[str, ...] = ("performance",)
    cooldown: str = "1d"

    def __post_init__(self) -> None:
        unknown = set(self.on_drift) - {"performance", "column"}
        if unknown:
            raise PolicyError("on_drift", sorted(unknown), "kinds of drift are 'performance' and 'column'")
        if self.schedule is not None and len(self.schedule.split()) != 5:
            raise PolicyError("schedule", self.schedule, "a cron line has five fields, such as '0 7 * * *'")
        _ = self.cooldown_time

    @property
    def cooldown_time(self) -> timedelta:
        """Return the least time between two starts."""
        return parse_duration(self.cooldown)


@dataclass(frozen=True, kw_only=True)
class Promote:
    """When a challenger becomes champion.

    Attributes:
        min_gain: how much better than the champion it must be on the first metric, in that metric's unit.
        confidence: of the paired one-sided test that it is better at all; None: any gain over `min_gain` is enough.
        if_champion_fails: what to do where the champion cannot score the holdout, after a change of schema on purpose:
            `keep` it, with the decision failed, or `promote` the challenger without a comparison.
    """

    min_gain: float = 0.0
    confidence: float | None = 0.95
    if_champion_fails: Literal["keep", "promote"] = "keep"

    def __post_init__(self) -> None:
        if not self.min_gain >= 0:  # NaN, too
            raise PolicyError("min_gain", self.min_gain, "a challenger that is worse is never promoted")
        if self.confidence is not None and not 0.5 <= self.confidence < 1:
            raise PolicyError("confidence", self.confidence, "it lies between 0.5 and 1, or is None")
