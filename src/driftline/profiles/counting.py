"""Counting the values of a column in the bins of a reference."""

from array import array
from collections import Counter
from typing import Any

import numpy as np
import numpy.typing as npt

from driftline.metrics import FloatArray
from driftline.profiles.bins import Bins, CategoryBins, GroupBins, NumericBins
from driftline.profiles.closeness import intervals
from driftline.profiles.counts import ColumnCounts, by_count
from driftline.profiles.errors import SchemaDriftError
from driftline.profiles.values import column_is_numeric, count_texts

# Beyond this a value counts as this one in sums: no number of rows makes these overflow.
_LARGEST_SUMMAND = 1e300
# Of an unlisted number; what differs beyond is rounding.
_DIGITS = 9


def count_values(name: str, bins: Bins, values: npt.NDArray[Any]) -> ColumnCounts:
    """Return the counts of `values`, shape (n_rows,), in `bins`.

    Numbers: NaN is missing; of objects, None too. Text: None and NaN are missing. Objects that are numbers are counted
    as text where the bins hold text: version 0.2 and before took them for text.

    Raises:
        SchemaDriftError: text where the bins hold numbers, or the other way round.
        UnsupportedColumnError: values of another kind, such as times.
    """
    values = np.asarray(values)
    expects_numbers = isinstance(bins, NumericBins) or (isinstance(bins, CategoryBins) and bins.numeric)
    is_numeric = column_is_numeric(name, values) and (expects_numbers or values.dtype != object)
    if is_numeric != expects_numbers and not _fits_any(name, bins, values):
        present, expected = ("text", "numbers") if expects_numbers else ("numbers", "text")
        raise SchemaDriftError(name, f"holds {present} where the reference holds {expected}")
    if is_numeric and not isinstance(bins, GroupBins) and expects_numbers:
        return count_ordered(name, bins, np.sort(values.astype(np.float64)))
    return count_listed(name, bins, *count_texts(name, values))


def _fits_any(name: str, bins: Bins, values: npt.NDArray[Any]) -> bool:
    """Return whether nothing contradicts: no value is present now, or none was in the reference."""
    if isinstance(bins, CategoryBins) and not bins.categories:
        return True
    texts, _ = count_texts(name, values)
    return not texts


def count_listed(name: str, bins: Bins, texts: Counter[str], missing: int) -> ColumnCounts:
    """Return the counts of texts, and of so many missing rows, in `bins`."""
    if isinstance(bins, GroupBins):
        counts, unlisted = _grouped(bins, texts), Counter[str]()
    else:
        listed = bins.categories if isinstance(bins, CategoryBins) else ()
        unlisted = texts.copy()
        known = [unlisted.pop(str(category), 0) for category in listed] or [0] * (bins.bin_count - 1)
        counts = [*known, unlisted.total()]
    return ColumnCounts(
        name=name,
        bins_digest=bins.digest,
        row_count=texts.total() + missing,
        missing_count=missing,
        minus_infinity_count=0,
        plus_infinity_count=0,
        bin_counts=tuple(counts),
        bin_sums=array("d", bytes(8 * bins.bin_count)) if isinstance(bins, NumericBins) else None,
        unlisted=by_count(unlisted),
    )


def _grouped(bins: GroupBins, texts: Counter[str]) -> list[int]:
    counts = [0] * bins.bin_count
    for text, count in texts.items():
        counts[bins.group(text)] += count
    return counts


def count_ordered(name: str, bins: NumericBins | CategoryBins, ordered: FloatArray) -> ColumnCounts:
    """Return the counts of numbers in `bins`; they are in increasing order, NaN last."""
    # One sort, then a search of the few edges in the sorted column: per-row searches are four times slower.
    present = int(np.searchsorted(ordered, np.nan, side="left"))
    below = int(np.searchsorted(ordered, -np.inf, side="right"))
    above = present - int(np.searchsorted(ordered[:present], np.inf, side="left"))
    finite = ordered[below : present - above]
    sums: FloatArray | None = None
    unlisted: Counter[str] = Counter()
    if isinstance(bins, NumericBins):
        ends = np.searchsorted(finite, bins.edges, side="right")
        bin_counts = np.diff(ends, prepend=0, append=len(finite))
        sums = _sums(finite, np.append(0, ends), bin_counts)
        bin_counts[0] += below
        bin_counts[-1] += above
    else:
        bin_counts, unlisted = _by_value(bins, finite)
    return ColumnCounts(
        name=name,
        bins_digest=bins.digest,
        row_count=len(ordered),
        missing_count=len(ordered) - present,
        minus_infinity_count=below,
        plus_infinity_count=above,
        bin_counts=tuple(bin_counts.tolist()),
        bin_sums=None if sums is None else array("d", sums.tobytes()),
        unlisted=by_count(unlisted),
    )


def _sums(finite: FloatArray, starts: npt.NDArray[np.intp], counts: npt.NDArray[np.intp]) -> FloatArray:
    """Return the sum of the values in each bin, 0.0 for an empty one."""
    sums = np.zeros(len(starts))
    if len(finite):
        if max(-finite[0], finite[-1]) > _LARGEST_SUMMAND:
            finite = np.clip(finite, -_LARGEST_SUMMAND, _LARGEST_SUMMAND)
        is_filled = counts > 0
        sums[is_filled] = np.add.reduceat(finite, starts[is_filled])
    return sums


def _by_value(bins: CategoryBins, finite: FloatArray) -> tuple[npt.NDArray[np.intp], Counter[str]]:
    """Return the rows of each listed number with those of all others last, and how often each of these occurs."""
    categories = np.array(bins.categories, dtype=np.float64)
    order = np.argsort(categories)
    lower, upper = intervals(categories[order])
    starts, ends = (np.searchsorted(finite, side, side="right") for side in (lower, upper))
    counts = np.empty(len(categories), dtype=np.intp)
    counts[order] = ends - starts
    gaps = zip(np.append(0, ends).tolist(), np.append(starts, len(finite)).tolist(), strict=True)
    others, occurrences = np.unique(np.concatenate([finite[start:end] for start, end in gaps]), return_counts=True)
    unlisted: Counter[str] = Counter()
    for number, occurred in zip(others.tolist(), occurrences.tolist(), strict=True):
        unlisted[f"{number:.{_DIGITS}g}"] += occurred
    return np.append(counts, unlisted.total()), unlisted
