"""Ground truth: when the labels of a stream are known."""

from dataclasses import dataclass
from datetime import timedelta

from driftline.clock import parse_duration


@dataclass(frozen=True, kw_only=True)
class GroundTruth:
    """Labels arrive a while after the event they are about.

    Attributes:
        delay: how long after the event, such as `1d`; None: at once.
    """

    delay: str | None = None

    def __post_init__(self) -> None:
        _ = self.lag

    @property
    def lag(self) -> timedelta:
        """Return the delay."""
        return timedelta(0) if self.delay is None else parse_duration(self.delay)
