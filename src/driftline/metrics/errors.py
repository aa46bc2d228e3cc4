"""The errors of the room `metrics`."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from driftline.errors import (
    InvalidInputError,
    listing,
)


class InvalidScoresError(InvalidInputError):
    """Truth or scores break the rules of their task; no row was dropped to go on."""

    def __init__(self, problem: str) -> None:
        super().__init__(
            f"The rows cannot be evaluated: {problem}. Correct the predictions or the ground truth; "
            "nothing was measured."
        )


class UnknownMetricError(InvalidInputError):
    """There is no metric of this name for a task."""

    code = "UNKNOWN_METRIC"


def unknown_metric(name: str, names: Iterable[str], aliases: Mapping[str, str]) -> UnknownMetricError:
    """Return the error where no metric has a name."""
    canonical = name.removeprefix("neg_")
    canonical = aliases.get(canonical, canonical)
    if canonical != name and canonical in set(names):
        return UnknownMetricError(
            f"There is no metric {name!r}: driftline does not negate metrics. Write {canonical!r}."
        )
    close = get_close_matches(name, [*names, *aliases], n=1)
    hint = f"Did you mean {close[0]!r}? " if close else ""
    return UnknownMetricError(f"There is no metric {name!r}. {hint}Known: {listing(sorted(names), most=40)}.")


def metric_not_for_task(name: str, task: str, metrics: Iterable[str]) -> UnknownMetricError:
    """Return the error where a metric is not defined for a task."""
    return UnknownMetricError(f"The metric {name!r} is not defined for {task}. Choose one of: {listing(metrics)}.")


def not_a_mean(name: str, metrics: Iterable[str]) -> UnknownMetricError:
    """Return the error where a metric does not add up over rows."""
    return UnknownMetricError(f"The metric {name!r} is not a mean over rows. Choose one of: {listing(metrics)}.")
