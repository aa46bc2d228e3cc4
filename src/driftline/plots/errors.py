"""The errors of the room `plots`."""

from collections.abc import Iterable

from driftline.errors import (
    InvalidInputError,
    listing,
)


class UnknownPlotError(InvalidInputError):
    """No plot of a task has a name."""

    def __init__(self, name: str, task: str, names: Iterable[str]) -> None:
        super().__init__(f"There is no plot {name!r} for {task}. Choose one of: {listing(names)}.")
