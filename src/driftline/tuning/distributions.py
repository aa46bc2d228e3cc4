"""Distributions: the values of a param that a search chooses among."""

import math
from dataclasses import KW_ONLY, dataclass

from driftline.models import Param
from driftline.tuning.errors import invalid_distribution


@dataclass(frozen=True)
class Between:
    """A number from `low` to `high`, both included; a whole one where both are whole numbers.

    Attributes:
        low: the smallest value.
        high: the largest value.
        log: whether the logarithm is spread evenly instead of the number: for what matters by its order of magnitude.

    Raises:
        InvalidSearchError: `low` is not below `high`, one is not finite, or 0 or less has a logarithm.
    """

    low: float
    high: float
    _: KW_ONLY
    log: bool = False

    def __post_init__(self) -> None:
        ends = (self.low, self.high)
        if not all(isinstance(end, int | float) and not isinstance(end, bool) and math.isfinite(end) for end in ends):
            raise invalid_distribution(repr(self), "has an end that is not a finite number")
        if not self.low < self.high:
            raise invalid_distribution(repr(self), "is empty")
        if self.log and self.low <= 0:
            raise invalid_distribution(repr(self), "has no logarithm")

    @property
    def is_whole(self) -> bool:
        """Return whether its values are whole numbers."""
        return isinstance(self.low, int) and isinstance(self.high, int)

    def __contains__(self, value: object) -> bool:
        is_number = isinstance(value, int if self.is_whole else int | float) and not isinstance(value, bool)
        return is_number and self.low <= value <= self.high  # type: ignore[operator]  # a number, as was just asked


@dataclass(frozen=True, init=False)
class OneOf:
    """One of several values: `OneOf("gbdt", "dart")`.

    Attributes:
        values: numbers, texts, booleans or None.

    Raises:
        InvalidSearchError: there is no value, one comes twice, or one is something else.
    """

    values: tuple[Param, ...]

    def __init__(self, *values: Param) -> None:
        object.__setattr__(self, "values", values)
        if not values or not all(isinstance(value, Param) for value in values):
            raise invalid_distribution(repr(self), "does not hold numbers, texts, booleans or None alone")
        if len({repr(value) for value in values}) < len(values):
            raise invalid_distribution(repr(self), "holds a value twice")

    def __repr__(self) -> str:
        return f"OneOf({', '.join(map(repr, self.values))})"

    def __contains__(self, value: object) -> bool:
        return any(value == one and type(value) is type(one) for one in self.values)


Distribution = Between | OneOf
