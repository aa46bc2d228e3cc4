"""Columns that tell rows apart."""

from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from driftline.errors import listing
from driftline.quality.examples import MOST_EXAMPLES, column_of, first_examples
from driftline.quality.rule import CheckedRows, QualityRule, RuleResult, row_result


@dataclass(frozen=True)
class Unique(QualityRule):
    """No two rows have the same value in a column, or the same values in several columns together.

    As in SQL, a missing value equals nothing: a row that lacks a value of one of the columns is no duplicate. Of rows
    that are equal each breaks the rule, the first, too.

    Attributes:
        columns: the name of one column, or a tuple of those that are unique together.
    """

    columns: str | tuple[str, ...]

    kind: ClassVar[str] = "unique"

    def __post_init__(self) -> None:
        super().__post_init__()
        names = (self.columns,) if isinstance(self.columns, str) else self.columns
        if not isinstance(names, tuple | list) or not names:
            raise self.invalid("columns", self.columns, "one name, or a tuple of names")
        for name in names:
            self.check_column(name)
        if len(set(names)) < len(names):
            raise self.invalid("columns", self.columns, "each name once")
        object.__setattr__(self, "columns", tuple(names))

    @property
    def column_names(self) -> tuple[str, ...]:
        """Return the columns."""
        return (self.columns,) if isinstance(self.columns, str) else self.columns

    @property
    def description(self) -> str:
        """Return what must hold, as a sentence."""
        return f"No two rows have the same {self._named}."

    def check(self, rows: CheckedRows) -> RuleResult:
        """Return which rows are the same as another one.

        Raises:
            MissingColumnError: the table lacks one of the columns.
        """
        key = pd.DataFrame({name: column_of(rows.frame, name) for name in self.column_names})
        broken = (key.duplicated(keep=False) & key.notna().all(axis="columns")).to_numpy()
        first = key[broken].head(MOST_EXAMPLES).astype(object)
        values = pd.Series(list(first.itertuples(index=False, name=None)), index=first.index, dtype=object)
        remedy = "Remove the duplicates at the source, or declare the columns that tell the rows apart."
        fault = f"the same {self._named} as another row"
        return row_result(self, broken, first_examples(values), fault=fault, remedy=remedy)

    @property
    def _named(self) -> str:
        return listing(map(repr, self.column_names))
