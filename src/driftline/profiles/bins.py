"""The bins that a reference fixes and every later window is counted in."""

import json
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any
from zlib import crc32

import numpy as np

from driftline.metrics import FloatArray
from driftline.profiles.closeness import intervals, starts_of_distinct

# Quantile bins of a numeric column: KS on 256 bins differs from the exact one by less than 0.0001 in our
# simulations.
QUANTILE_BINS = 256
# Counts at these quantiles see changes of variance and outliers that KS misses.
TAIL_QUANTILES = (0.001, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999)
# No bin inside the reference's range is wider than this share of it, so that rows in a gap of the reference are placed.
WIDEST_BIN = 1 / 128
# A numeric column with at most this many distinct values is counted by value, like categories, unless values that
# occur once hold more than this share of the rows: there will be others, so it is a number of which few rows are known.
DISCRETE_VALUES = 10
MOST_SINGLE_VALUES = 0.01
# A text column with more categories than this is counted in groups of categories: a profile stays readable at once.
MOST_CATEGORIES = 10_000
CATEGORY_GROUPS = 1024


@dataclass(frozen=True, kw_only=True)
class NumericBins:
    """Right-closed bins (e[i-1], e[i]] of finite edges, open at both ends; n edges make n + 1 bins.

    Attributes:
        edges: increasing; the first lies just below the reference's minimum, the last just above its maximum. Each
            lies apart from the values of the reference, so that a number is in the same bin whatever its last bits. A
            value that holds at least 1/256 of the reference has a bin of its own.
    """

    edges: tuple[float, ...]

    @property
    def bin_count(self) -> int:
        """Return the number of bins."""
        return len(self.edges) + 1

    @cached_property
    def digest(self) -> str:
        """Return what names these bins: counts add up only where it is equal."""
        return _digest(["numeric", *self.edges])


@dataclass(frozen=True, kw_only=True)
class CategoryBins:
    """One bin for each listed category and a last one for all others.

    Attributes:
        categories: text, or numbers of a discrete numeric column, most frequent in the reference first. They are all
            that the reference holds; of a profile of version 0.2 or before, the 200 most frequent ones.
        numeric: whether they are numbers.
    """

    categories: tuple[str, ...] | tuple[float, ...]
    numeric: bool

    @property
    def bin_count(self) -> int:
        """Return the number of bins."""
        return len(self.categories) + 1

    @cached_property
    def digest(self) -> str:
        """Return what names these bins: counts add up only where it is equal."""
        return _digest(["discrete" if self.numeric else "text", *self.categories])


@dataclass(frozen=True, kw_only=True)
class GroupBins:
    """One bin for each group of categories; which group a category is in depends on its text alone.

    Attributes:
        group_count: the number of groups.
    """

    group_count: int = CATEGORY_GROUPS

    @property
    def bin_count(self) -> int:
        """Return the number of bins."""
        return self.group_count

    @cached_property
    def digest(self) -> str:
        """Return what names these bins: counts add up only where it is equal."""
        return _digest(["groups", self.group_count])

    def group(self, category: str) -> int:
        """Return the group of a category, in [0, group_count): a checksum of its text."""
        return crc32(category.encode(errors="surrogatepass")) % self.group_count


Bins = NumericBins | CategoryBins | GroupBins


def numeric_bins(ordered: FloatArray) -> NumericBins | CategoryBins:
    """Return the bins of a numeric column, from its finite values in increasing order, shape (n_rows,)."""
    marks = _quantiles(ordered)
    values = _listed_values(ordered) if len(marks) <= DISCRETE_VALUES else None
    return _bins_between(ordered, marks) if values is None else CategoryBins(categories=values, numeric=True)


def text_bins(texts: Counter[str]) -> CategoryBins | GroupBins:
    """Return the bins of a text column, from how often each text occurs."""
    if len(texts) > MOST_CATEGORIES:
        return GroupBins()
    return CategoryBins(categories=tuple(sorted(texts, key=lambda text: (-texts[text], text))), numeric=False)


def _quantiles(ordered: FloatArray) -> FloatArray:
    """Return the distinct values at the 255 inner quantiles, the tail quantiles, the minimum and the maximum."""
    row_count = len(ordered)
    shares = np.unique(np.append(np.arange(1, QUANTILE_BINS) / QUANTILE_BINS, TAIL_QUANTILES))
    # The smallest value whose cumulative share reaches the quantile; rounding first, as 0.1 * 30 is above 3.
    positions = np.maximum(np.ceil(np.round(shares * row_count, 9)).astype(np.intp), 1) - 1
    values = np.unique(np.concatenate([ordered[:1], ordered[positions], ordered[-1:]]) if row_count else ordered)
    return values[starts_of_distinct(values)]


def _listed_values(ordered: FloatArray) -> tuple[float, ...] | None:
    """Return the distinct values, most frequent first; None where there are too many, or many are not known."""
    is_first = np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)]
    firsts = np.flatnonzero(is_first)
    starts = firsts[starts_of_distinct(ordered[firsts])]
    counts = np.diff(starts, append=len(ordered))
    if len(starts) > DISCRETE_VALUES or (counts == 1).sum() > MOST_SINGLE_VALUES * len(ordered):
        return None
    # Adding zero stores -0.0 as 0.0: they are equal, but not in a digest.
    middle = (ordered[starts + counts // 2] + 0.0).tolist()
    return tuple(value for _, value in sorted(zip(-counts, middle, strict=True)))


def _bins_between(ordered: FloatArray, marks: FloatArray) -> NumericBins:
    """Return the bins with edges just above `marks`, and just below those that are frequent, and with cuts in gaps."""
    lower, upper = intervals(marks)
    counts = np.searchsorted(ordered, upper, side="right") - np.searchsorted(ordered, lower, side="right")
    is_frequent = (counts > 1) & (counts * QUANTILE_BINS >= len(ordered))
    is_frequent[0] = True
    edges = np.unique(np.concatenate([upper, lower[is_frequent], _cuts(marks, lower)]))
    return NumericBins(edges=tuple((edges[np.isfinite(edges)] + 0.0).tolist()))


def _cuts(marks: FloatArray, lower: FloatArray) -> FloatArray:
    """Return equally spaced numbers between marks that are further apart than `WIDEST_BIN` of the range."""
    # Not at round numbers, at which rows of a window may lie.
    shares = (np.arange(1.0, 1.0 / WIDEST_BIN) - 1.0 / np.pi) * WIDEST_BIN
    cuts = marks[0] * (1.0 - shares) + marks[-1] * shares
    right = np.clip(np.searchsorted(marks, cuts), 1, len(marks) - 1)
    with np.errstate(over="ignore"):
        is_wide = marks[right] - marks[right - 1] > marks[-1] * WIDEST_BIN - marks[0] * WIDEST_BIN
    return np.asarray(cuts[is_wide & (cuts < lower[right])])


def _digest(parts: list[Any]) -> str:
    return sha256(json.dumps(parts).encode()).hexdigest()[:16]
