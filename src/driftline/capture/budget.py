"""What a run costs, and when it has used up what it was given."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What a run has used so far.

    Attributes:
        duration_s: since its start.
        cpu_s: CPU time of all its processes.
        cost: in the currency of the price; None without a price.
    """

    duration_s: float
    cpu_s: float
    cost: float | None


@dataclass(frozen=True, kw_only=True)
class Budget:
    """What a run may use; None is no limit.

    Attributes:
        duration_s: since its start.
        cpu_s: CPU time of all its processes.
        cost: in the currency of the price.
    """

    duration_s: float | None = None
    cpu_s: float | None = None
    cost: float | None = None


@dataclass(frozen=True, kw_only=True)
class ExhaustedBudget:
    """A limit of a budget that is reached.

    Attributes:
        limit: which.
        allowed: how much it is.
        used: how much is used.
    """

    limit: Literal["duration_s", "cpu_s", "cost"]
    allowed: float
    used: float


def usage(*, duration_s: float, cpu_s: float, price_per_hour: float | None) -> Usage:
    """Return what a run has used; its cost is its duration at a price per hour, 0.0 at a price of 0."""
    cost = None if price_per_hour is None else duration_s / 3600 * price_per_hour
    return Usage(duration_s=duration_s, cpu_s=cpu_s, cost=cost)


def exhausted(budget: Budget, used: Usage) -> ExhaustedBudget | None:
    """Return the first limit of a budget that is reached: of the duration, the CPU time, the cost; None without one.

    A limit of cost is never reached where no price is known.
    """
    pairs: tuple[tuple[Literal["duration_s", "cpu_s", "cost"], float | None, float | None], ...] = (
        ("duration_s", budget.duration_s, used.duration_s),
        ("cpu_s", budget.cpu_s, used.cpu_s),
        ("cost", budget.cost, used.cost),
    )
    for limit, allowed, amount in pairs:
        if allowed is not None and amount is not None and amount >= allowed:
            return ExhaustedBudget(limit=limit, allowed=allowed, used=amount)
    return None
