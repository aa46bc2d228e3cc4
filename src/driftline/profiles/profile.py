"""What is kept of a champion's reference rows, and every window is compared with: 15 kB for a column of numbers."""

from collections.abc import KeysView, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from driftline.metrics import FloatArray
from driftline.profiles.bins import Bins, CategoryBins, GroupBins, NumericBins, numeric_bins, text_bins
from driftline.profiles.counting import count_listed, count_ordered, count_values
from driftline.profiles.counts import ColumnCounts
from driftline.profiles.errors import unreadable_profile
from driftline.profiles.values import column_is_numeric, count_texts

_FORMAT = 2
_READABLE = {1, _FORMAT}  # 1 is that of version 0.2 and before


@dataclass(frozen=True, kw_only=True)
class ColumnProfile:
    """One column of the reference.

    Attributes:
        name: the column.
        bins: quantile bins of a numeric column, categories of text and of numbers with few distinct values, or
            groups of very many categories.
        counts: the reference's own rows in these bins.
        mean: of the finite values; None without one, and for text.
        standard_deviation: of the finite values (ddof 0), in the column's unit; None likewise, 0.0 is
            constant.
    """

    name: str
    bins: Bins
    counts: ColumnCounts
    mean: float | None
    standard_deviation: float | None


@dataclass(frozen=True, kw_only=True)
class ReferenceProfile:
    """All columns of the reference rows.

    Attributes:
        columns: in the order of the data.
        row_count: rows of the reference.
    """

    columns: tuple[ColumnProfile, ...]
    row_count: int

    @cached_property
    def names(self) -> KeysView[str]:
        """Return the names of the columns, in order; to find one does not take longer where there are many."""
        return dict.fromkeys(column.name for column in self.columns).keys()

    def to_json(self) -> dict[str, Any]:
        """Return plain numbers, text and lists, none of them NaN; `from_json` gives back an equal value."""
        return {
            "format": _FORMAT,
            "row_count": self.row_count,
            "columns": [_column_to_json(column) for column in self.columns],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Return the profile that `to_json` stored, of this version or one before.

        Raises:
            InvalidProfileError: it has another format, or a field is missing.
        """
        if stored.get("format") not in _READABLE:
            raise unreadable_profile(f"its format is {stored.get('format')!r}, not {_FORMAT}")
        try:
            columns = tuple(_column_from_json(column) for column in stored["columns"])
            return cls(columns=columns, row_count=stored["row_count"])
        except (KeyError, TypeError) as error:
            raise unreadable_profile(f"field {error}") from None


def profile_column(name: str, values: npt.NDArray[Any]) -> ColumnProfile:
    """Return the profile of one column of the reference.

    Args:
        name: the column.
        values: shape (n_rows,). Float, int and bool are numbers with NaN for missing, and so are objects that are
            all numbers or None; other objects and str arrays are text with None for missing.

    Raises:
        UnsupportedColumnError: values of another kind, such as times.
    """
    values = np.asarray(values)
    if not column_is_numeric(name, values):
        texts, missing = count_texts(name, values)
        categories = text_bins(texts)
        counts = count_listed(name, categories, texts, missing)
        return ColumnProfile(name=name, bins=categories, counts=counts, mean=None, standard_deviation=None)
    ordered = np.sort(values.astype(np.float64))
    finite = ordered[np.isfinite(ordered)]
    bins = numeric_bins(finite)
    mean, standard_deviation = _moments(finite)
    counts = count_ordered(name, bins, ordered)
    return ColumnProfile(name=name, bins=bins, counts=counts, mean=mean, standard_deviation=standard_deviation)


def profile_columns(columns: Mapping[str, npt.NDArray[Any]]) -> ReferenceProfile:
    """Return the profile of several columns of the same rows, by name.

    Raises:
        UnsupportedColumnError: a column's values are neither numbers nor text.
    """
    profiles = tuple(profile_column(name, values) for name, values in columns.items())
    row_count = max((profile.counts.row_count for profile in profiles), default=0)
    return ReferenceProfile(columns=profiles, row_count=row_count)


def count_column(profile: ColumnProfile, values: npt.NDArray[Any]) -> ColumnCounts:
    """Return the counts of `values`, shape (n_rows,), in the bins of the reference.

    Raises:
        SchemaDriftError: text where the reference holds numbers, or the other way round.
        UnsupportedColumnError: values of another kind, such as times.
    """
    return count_values(profile.name, profile.bins, values)


def count_columns(
    reference: ReferenceProfile | None, columns: Mapping[str, npt.NDArray[Any]]
) -> dict[str, ColumnCounts]:
    """Return the counts of the columns that are in the reference and in `columns`, by name; empty without a reference.

    Raises:
        SchemaDriftError: a column holds another kind of values than the reference.
        UnsupportedColumnError: a column's values are neither numbers nor text.
    """
    profiles = reference.columns if reference else ()
    return {
        profile.name: count_column(profile, columns[profile.name]) for profile in profiles if profile.name in columns
    }


def _moments(finite: FloatArray) -> tuple[float | None, float | None]:
    if not len(finite):
        return None, None
    # Scaled first, so that squares of huge values do not overflow.
    scale = float(np.abs(finite).max()) or 1.0
    scaled = finite / scale
    constant = bool(finite[0] == finite[-1])
    return float(scaled.mean()) * scale, 0.0 if constant else float(scaled.std()) * scale


def _column_to_json(column: ColumnProfile) -> dict[str, Any]:
    return {
        "name": column.name,
        "bins": _bins_to_json(column.bins),
        "counts": column.counts.to_json(),
        "mean": column.mean,
        "standard_deviation": column.standard_deviation,
    }


def _column_from_json(stored: Mapping[str, Any]) -> ColumnProfile:
    return ColumnProfile(
        name=stored["name"],
        bins=_bins_from_json(stored["bins"]),
        counts=ColumnCounts.from_json(stored["counts"]),
        mean=stored["mean"],
        standard_deviation=stored["standard_deviation"],
    )


def _bins_to_json(bins: Bins) -> dict[str, Any]:
    if isinstance(bins, NumericBins):
        return {"kind": "numeric", "edges": list(bins.edges)}
    if isinstance(bins, GroupBins):
        return {"kind": "groups", "count": bins.group_count}
    return {"kind": "discrete" if bins.numeric else "text", "categories": list(bins.categories)}


def _bins_from_json(stored: Mapping[str, Any]) -> Bins:
    # float(): some stores of JSON give a whole float back as an int, which would change the digest.
    if stored["kind"] == "numeric":
        return NumericBins(edges=tuple(map(float, stored["edges"])))
    if stored["kind"] == "groups":
        return GroupBins(group_count=stored["count"])
    if stored["kind"] == "discrete":
        return CategoryBins(categories=tuple(map(float, stored["categories"])), numeric=True)
    return CategoryBins(categories=tuple(stored["categories"]), numeric=False)
