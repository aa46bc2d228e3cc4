"""Columns as rules read them, and the rows that break a rule, in words."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from driftline.datasets import column_type, plain_column, value_text
from driftline.datasets.errors import MissingColumnError, duplicate_columns

MOST_EXAMPLES = 5


@dataclass(frozen=True, kw_only=True)
class Example:
    """A row that breaks a rule, as text: its index in the table that was read, and its value."""

    row: str
    value: str


def column_of(frame: pd.DataFrame, name: str) -> pd.Series:
    """Return a column of a table, in plain storage.

    Raises:
        MissingColumnError: the table lacks it.
        InvalidColumnError: several columns have this name, or it holds what no dataset keeps.
    """
    if name not in frame.columns:
        raise MissingColumnError([name], frame.columns)
    values = frame[name]
    if isinstance(values, pd.DataFrame):
        raise duplicate_columns([name])
    column_type(name, values)
    return plain_column(values)


def first_examples(values: pd.Series) -> tuple[Example, ...]:
    """Return the first of the rows that break a rule, given the values of all of these; a value may be a tuple."""
    return tuple(Example(row=_text(row), value=_text(value)) for row, value in values.head(MOST_EXAMPLES).items())


def rows_have(broken: np.ndarray) -> str:
    """Return how many rows break a rule, as the start of a sentence."""
    count = int(broken.sum())
    return f"{count:,} of {len(broken):,} rows {'has' if count == 1 else 'have'}"


def shown_rows(examples: Sequence[Example]) -> str:
    """Return examples as the end of a sentence."""
    return ", ".join(f"{example.value} in row {example.row}" for example in examples)


def _text(value: object) -> str:
    return f"({', '.join(map(value_text, value))})" if isinstance(value, tuple) else value_text(value)
