"""When measured performance counts as worse than it should be, in one window or error by error."""

from dataclasses import KW_ONLY, dataclass
from datetime import timedelta

from driftline.clock import parse_duration
from driftline.drift.rule import invalid_rule
from driftline.metrics import metric


@dataclass(frozen=True)
class PerformanceLimits:
    """What a window, or errors one by one, are held against; `PerformanceDrift` explains each field."""

    metric: str
    _: KW_ONLY
    below: float | None = None
    above: float | None = None
    window: str = "7d"
    confidence: float | None = 0.99
    min_drop: float = 0.02
    min_relative_drop: float = 0.05
    min_labels: int = 30
    arl: int = 10_000

    def __post_init__(self) -> None:
        parse_duration(self.window)
        object.__setattr__(self, "metric", metric(self.metric).name)
        self._check_level()
        if self.confidence is not None and not 0.5 < self.confidence < 1.0:
            raise invalid_rule(
                self, f"confidence is {self.confidence}", "Give a one-sided confidence like 0.99, or None"
            )
        for name in ("min_drop", "min_relative_drop"):
            if not getattr(self, name) >= 0.0:
                raise invalid_rule(self, f"{name} is {getattr(self, name)}", "Give 0.0 or more")
        if self.min_labels < 1:
            raise invalid_rule(self, f"min_labels is {self.min_labels}", "Give 1 or more")

    @property
    def length(self) -> timedelta:
        """Return the length of a window."""
        return parse_duration(self.window)

    @property
    def level(self) -> float | None:
        """Return the declared level, `below` or `above`; None where the reference decides."""
        return self.below if self.below is not None else self.above

    def _check_level(self) -> None:
        entry = metric(self.metric)
        if entry.scale == "none" and self.confidence is not None:
            raise invalid_rule(self, f"{self.metric} has no standard error to test with", "Give confidence=None")
        if self.below is not None and not entry.greater_is_better:
            raise invalid_rule(self, f"{self.metric} is better when it is lower", "Give above= instead of below=")
        if self.above is not None and entry.greater_is_better:
            raise invalid_rule(self, f"{self.metric} is better when it is greater", "Give below= instead of above=")
        if entry.unit_interval and self.level is not None and not 0.0 < self.level < 1.0:
            raise invalid_rule(self, f"the level is {self.level}", f"Give a level of {self.metric} between 0 and 1")
