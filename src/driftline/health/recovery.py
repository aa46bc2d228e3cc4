"""The rule of health: which level counts as reached, when it is lost, and when the loop looks for a better model."""

from dataclasses import dataclass
from datetime import timedelta
from statistics import NormalDist

from driftline.clock import parse_duration
from driftline.health.errors import invalid_recovery


@dataclass(frozen=True, kw_only=True)
class Recovery:
    """When a pipeline has lost the level that it had reached, and when it is worth looking for a better model.

    The level belongs to the pipeline, not to a version: a promotion does not lower it. It is a mean loss, of squared
    errors or of all class probabilities (Brier), so lower is better, whatever metric decides promotions.

    Attributes:
        window: the newest labelled time that is looked at, such as "7d".
        long_window: the same for slow changes; the level is what was kept for so long, too.
        confidence: one-sided, in (0.5, 1), of being above the level.
        min_relative_drop: smallest rise over the level that counts, as a share of it; below it the level is regained.
        growth: look again when the rows after the change are so many times those of the last look; after one that was
            lost, so many times that.
        min_rows: rows after the change that a look needs to learn from them.
        lost_looks: challengers on such rows that must have lost before a lower level is accepted.
        max_age: the first time between two looks without any evidence. One of these that is won halves it, down to half
            of the first and to the delay of labels; one that is lost doubles it, up to the training window, or to six
            and a half times the first. None: only evidence asks.

    Raises:
        InvalidRecoveryError: a value breaks its rule.
        InvalidTimeError: a length is none.
    """

    window: str = "7d"
    long_window: str = "28d"
    confidence: float = 0.99
    min_relative_drop: float = 0.05
    growth: float = 2.0
    min_rows: int = 200
    lost_looks: int = 3
    max_age: str | None = "28d"

    def __post_init__(self) -> None:
        if not 0.5 < self.confidence < 1.0:
            raise invalid_recovery("confidence", self.confidence, "a one-sided confidence like 0.99")
        if not self.min_relative_drop >= 0.0:
            raise invalid_recovery("min_relative_drop", self.min_relative_drop, "0.0 or more")
        if not self.growth > 1.0:
            raise invalid_recovery("growth", self.growth, "more than 1, such as 2.0")
        for name in ("min_rows", "lost_looks"):
            if getattr(self, name) < 1:
                raise invalid_recovery(name, getattr(self, name), "1 or more")
        if self.long_length < self.length:
            raise invalid_recovery("long_window", self.long_window, f"no less than the window of {self.window}")
        _ = self.first_age

    @property
    def length(self) -> timedelta:
        """Return the length of the window."""
        return parse_duration(self.window)

    @property
    def long_length(self) -> timedelta:
        """Return the length of the long window."""
        return parse_duration(self.long_window)

    @property
    def first_age(self) -> timedelta | None:
        """Return the first time between two looks without evidence."""
        return None if self.max_age is None else parse_duration(self.max_age)

    @property
    def quantile(self) -> float:
        """Return how many standard errors make a difference sure."""
        return NormalDist().inv_cdf(self.confidence)
