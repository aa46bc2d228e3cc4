"""How much the process of a run uses of its machine while it goes on, and whether that is more than it may."""

import os
import time
from functools import cache

from driftline.capture import Budget, GpuMonitor, LoadSampler, exhausted, usage

SAMPLE_S = 15.0  # between two samples
LEAST_S = 5.0  # runs that are shorter have no load in all


class RunLoad:
    """The load of one run: of its process, and of all that this has started.

    Args:
        price_per_hour: of this machine; None: what a run costs is not known.
        budget: what it may use; None: anything.
    """

    def __init__(self, *, price_per_hour: float | None, budget: Budget | None) -> None:
        self._price, self._budget = price_per_hour, budget
        self._began_s, self._cpu_s = time.monotonic(), _own_cpu_s()
        self._sampled_s, self._samples = self._began_s, 0

    def sample(self) -> tuple[int, dict[str, float]] | None:
        """Return the number of the next sample and its metrics; None where it is not time for one."""
        if time.monotonic() - self._sampled_s < SAMPLE_S:
            return None
        self._sampled_s = time.monotonic()
        self._samples += 1
        return self._samples, self._measured(_sampler(os.getpid()).sample())

    def last(self) -> tuple[int, dict[str, float]] | None:
        """Return what a run has used in all, as the last sample; None where it was too short to say."""
        if time.monotonic() - self._began_s < LEAST_S:
            return None
        return self._samples + 1, self._measured({})

    def exhausted(self) -> str | None:
        """Return which limit of its budget the run has reached, in words; None without one."""
        if self._budget is None:
            return None
        reached = exhausted(
            self._budget, usage(duration_s=self._duration_s, cpu_s=self._used_cpu_s, price_per_hour=self._price)
        )
        if reached is None:
            return None
        return f"The budget of the run is used up: {reached.limit} is {reached.used:.6g} of {reached.allowed:.6g}."

    @property
    def _duration_s(self) -> float:
        return time.monotonic() - self._began_s

    @property
    def _used_cpu_s(self) -> float:
        return _own_cpu_s() - self._cpu_s

    def _measured(self, sampled: dict[str, float]) -> dict[str, float]:
        used = usage(duration_s=self._duration_s, cpu_s=self._used_cpu_s, price_per_hour=self._price)
        cost = {} if used.cost is None else {"system/cost": used.cost}
        return {**sampled, "system/cpu_s": used.cpu_s, **cost}


def _own_cpu_s() -> float:
    """Return the CPU time of this process, and of those that it has started and that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


@cache
def _sampler(pid: int) -> LoadSampler:
    """Return the sampler of a process, made with its first sample."""
    del pid
    return LoadSampler(gpus=GpuMonitor())
