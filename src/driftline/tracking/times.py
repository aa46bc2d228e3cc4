"""The times of a run."""

import time

from driftline.clock import now
from driftline.tracking.sinks import Destination
from driftline.tracking.values import microseconds


class Times:
    """The times of one run by a clock that others may set back: none is earlier than the one before."""

    def __init__(self, destination: Destination) -> None:
        self._clock = None if destination.clock is now else destination.clock
        self._began_s = time.monotonic()
        self.start_us = self._newest = self._now()

    def next(self) -> int:
        """Return the time of a point."""
        at = time.time_ns() // 1000 if self._clock is None else self._now()
        if at < self._newest:
            return self._newest
        self._newest = at
        return at

    def end_us(self) -> int:
        """Return the time of the end; where the clock stands before the start, the time that has passed is added."""
        at = self._now()
        return at if at >= self.start_us else self.start_us + int((time.monotonic() - self._began_s) * 1e6)

    def _now(self) -> int:
        return time.time_ns() // 1000 if self._clock is None else microseconds(self._clock())
