"""Statistics of a table's columns, as plain values that JSON can hold (`dataclasses.asdict`)."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from driftline.datasets.schema import column_type
from driftline.datasets.storage import plain_frame

_QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)


@dataclass(frozen=True, kw_only=True)
class Quantile:
    """One quantile: this share of the finite values is at most `value`, linear between ranks."""

    share: float
    value: float


@dataclass(frozen=True, kw_only=True)
class TopValue:
    """One of the most frequent values of a column, and in how many rows it stands."""

    value: str
    count: int


@dataclass(frozen=True, kw_only=True)
class ColumnStatistics:
    """What a column's values are like; a statistic that its type does not have is None.

    Attributes:
        name: the column.
        dtype: its logical type, as `column_type` names it.
        rows: all rows.
        missing: rows without a value.
        infinite: rows that hold an infinity; the figures below leave them out.
        distinct: different values that occur, missing not counted.
        mean: the mean of the finite values; numeric columns only (a boolean's is its share of True).
        standard_deviation: the sample standard deviation (n - 1); None below two values.
        minimum: the smallest value; a time in ISO 8601, a number as a float; None for text.
        maximum: the largest value, likewise.
        quantiles: by rising share; empty without finite values and for columns that are not numeric.
        top: the most frequent values of text, categories and booleans, most frequent first, ties by value.
    """

    name: str
    dtype: str
    rows: int
    missing: int
    infinite: int
    distinct: int
    mean: float | None = None
    standard_deviation: float | None = None
    minimum: float | str | None = None
    maximum: float | str | None = None
    quantiles: tuple[Quantile, ...] = ()
    top: tuple[TopValue, ...] = ()


def statistics_of(frame: pd.DataFrame, *, most: int = 20) -> tuple[ColumnStatistics, ...]:
    """Return the statistics of each column of `frame`, with up to `most` top values.

    Raises:
        InvalidColumnError: a column's name or type is not kept.
    """
    columns = [(str(name), column_type(name, values), values) for name, values in plain_frame(frame).items()]
    return tuple(_of_column(name, dtype, values, most) for name, dtype, values in columns)


def _of_column(name: str, dtype: str, values: pd.Series, most: int) -> ColumnStatistics:
    present = values.dropna()
    counts = ColumnStatistics(
        name=name,
        dtype=dtype,
        rows=len(values),
        missing=len(values) - len(present),
        infinite=0,
        distinct=int(present.nunique()),
    )
    if dtype in {"string", "category", "bool"}:
        mean = float(present.astype(bool).mean()) if dtype == "bool" and len(present) else None
        return replace(counts, mean=mean, top=_top(present, most))
    if dtype.startswith("datetime"):
        if present.empty:
            return counts
        return replace(counts, minimum=present.min().isoformat(), maximum=present.max().isoformat())
    numbers = present.to_numpy(dtype=np.float64)
    finite = numbers[np.isfinite(numbers)]
    counts = replace(counts, infinite=len(numbers) - len(finite))
    if not len(finite):
        return counts
    return replace(
        counts,
        mean=float(finite.mean()),
        standard_deviation=float(finite.std(ddof=1)) if len(finite) > 1 else None,
        minimum=float(finite.min()),
        maximum=float(finite.max()),
        quantiles=tuple(
            Quantile(share=share, value=float(value))
            for share, value in zip(_QUANTILES, np.quantile(finite, _QUANTILES), strict=True)
        ),
    )


def _top(present: pd.Series, most: int) -> tuple[TopValue, ...]:
    counted = [(str(value), int(count)) for value, count in present.value_counts().items() if count]
    ranked = sorted(counted, key=lambda pair: (-pair[1], pair[0]))
    return tuple(TopValue(value=value, count=count) for value, count in ranked[:most])
