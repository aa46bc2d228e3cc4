"""The errors of the room `metrics`."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from driftline.errors import (
    InvalidInputError,
    listing,
)


class UnknownMetricError(InvalidInputError):
    """No metric has a name."""

    def __init__(self, name: str, known: Iterable[str], aliases: Mapping[str, str]) -> None:
        own = name.removeprefix("neg_")
        own = aliases.get(own, own)
        if own != name and own in set(known):
            super().__init__(f"There is no metric {name!r}: nothing here turns its sign. Write {own!r}.")
            return
        close = get_close_matches(name, [*known, *aliases], n=1)
        hint = f"Did you mean {close[0]!r}? " if close else ""
        super().__init__(f"There is no metric {name!r}. {hint}Known: {listing(sorted(known), most=40)}.")


class MetricNotForTaskError(InvalidInputError):
    """A metric is not defined for a task."""

    def __init__(self, name: str, task: str, metrics: Iterable[str]) -> None:
        super().__init__(f"The metric {name!r} is not defined for {task}. Choose one of: {listing(metrics)}.")


class InvalidScoresError(InvalidInputError):
    """Truth or scores break the rules of their task; no row was dropped to go on."""

    def __init__(self, problem: str) -> None:
        super().__init__(
            f"The rows cannot be evaluated: {problem}. Correct the predictions or the ground truth; "
            "nothing was measured."
        )
