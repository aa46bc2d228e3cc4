"""Values that are among the accepted ones."""

import math
from dataclasses import KW_ONLY, dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from driftline.datasets import Label, value_text
from driftline.errors import listing
from driftline.quality.examples import column_of, first_examples
from driftline.quality.rule import CheckedRows, QualityRule, RuleResult, row_result

_MOST_LISTED = 10


@dataclass(frozen=True)
class AcceptedValues(QualityRule):
    """Each value of a column is one of those that are accepted.

    A missing value is not an unaccepted one: how many may be missing says `MissingShare`. Text, numbers and booleans
    are told apart: `1` is neither `"1"` nor `True`, but it is `1.0`.

    Attributes:
        column: its name.
        values: the accepted values.
    """

    column: str
    _: KW_ONLY
    values: tuple[Label, ...]

    kind: ClassVar[str] = "accepted_values"

    def __post_init__(self) -> None:
        super().__post_init__()
        self.check_column(self.column)
        if not isinstance(self.values, tuple | list) or not self.values:
            raise self.invalid("values", self.values, "a tuple of one value or more, as ('yes', 'no')")
        plain = tuple(value.item() if isinstance(value, np.generic) else value for value in self.values)
        for value in plain:
            if not isinstance(value, str | int | float | bool) or (isinstance(value, float) and math.isnan(value)):
                raise self.invalid("values", value, "texts, numbers and booleans; MissingShare is for what is missing")
        if len({_key(value) for value in plain}) < len(plain):
            raise self.invalid("values", self.values, "each value once")
        object.__setattr__(self, "values", plain)

    @property
    def column_names(self) -> tuple[str, ...]:
        """Return the column."""
        return (self.column,)

    @property
    def description(self) -> str:
        """Return what must hold, as a sentence."""
        return f"Each value of {self.column!r} is one of {listing(map(value_text, self.values), most=_MOST_LISTED)}."

    def check(self, rows: CheckedRows) -> RuleResult:
        """Return which values are not accepted.

        Raises:
            MissingColumnError: the table lacks the column.
        """
        values = column_of(rows.frame, self.column)
        codes, distinct = pd.factorize(values)
        accepted = {_key(value) for value in self.values}
        is_accepted = np.array([_key(value) in accepted for value in distinct.tolist()] + [True])  # the last: missing
        broken = ~is_accepted[codes]
        fault = f"a value of {self.column!r} that is not accepted"
        remedy = "Correct the source, or declare these among the accepted values."
        return row_result(self, broken, first_examples(values[broken]), fault=fault, remedy=remedy)


def _key(value: object) -> tuple[bool, object]:
    """Return what two values are compared by: a boolean equals no number."""
    return isinstance(value, bool), value
