"""Ground truth: when the labels of a stream are known, and where they come from."""

from dataclasses import dataclass
from datetime import timedelta

from driftline.clock import parse_duration
from driftline.declaration.errors import RuleValueError


@dataclass(frozen=True, kw_only=True)
class GroundTruth:
    """Labels arrive a while after the event they are about.

    Attributes:
        delay: how long after the event, such as `1d`; None: at once. A label that is not there then is late.
        delivered: labels come only from deliveries (`add_ground_truth`), and the dataset's target column is not
            read. False: from the target column once the delay is over, and a delivered label counts in its place.
        renew_at: an evaluation is outdated when labels of at least this share of the partition's predictions
            have come since.
    """

    delay: str | None = None
    delivered: bool = False
    renew_at: float = 0.05

    def __post_init__(self) -> None:
        _ = self.lag
        if not 0 < self.renew_at <= 1:
            raise RuleValueError("GroundTruth", "renew_at", self.renew_at, "a share above 0 and at most 1")

    @property
    def lag(self) -> timedelta:
        """Return the delay."""
        return timedelta(0) if self.delay is None else parse_duration(self.delay)
