"""When a search is over: a pure function of its limits, of what it has found, and of what it has used."""

from dataclasses import dataclass
from enum import StrEnum

from driftline.capture import Budget, Usage, exhausted


class Stop(StrEnum):
    """Why a search is over."""

    TRIALS = "trials"
    GOAL = "goal"
    TIME = "time"
    CPU_TIME = "cpu_time"
    COST = "cost"


_OF_BUDGET = {"duration_s": Stop.TIME, "cpu_s": Stop.CPU_TIME, "cost": Stop.COST}


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What ends a search.

    Attributes:
        trials: how many are tried at most; None: no limit.
        goal: the value of the metric that is good enough; None: none is.
        budget: what the search may use.
    """

    trials: int | None
    goal: float | None
    budget: Budget


def stop_of(limits: Limits, *, done: int, best: float | None, greater_is_better: bool, used: Usage) -> Stop | None:
    """Return why a search is over after `done` trials; None where it goes on.

    The budget ends no search that has nothing to choose from yet.
    """
    if limits.goal is not None and best is not None:
        reached = best >= limits.goal if greater_is_better else best <= limits.goal
        if reached:
            return Stop.GOAL
    if limits.trials is not None and done >= limits.trials:
        return Stop.TRIALS
    spent = exhausted(limits.budget, used)
    return None if spent is None or best is None else _OF_BUDGET[spent.limit]
