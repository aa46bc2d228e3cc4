"""The bins that a reference fixes and every later window is counted in."""

import json
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

import numpy as np

from driftline.metrics import FloatArray

# Quantile bins of a numeric column: KS on 256 bins differs from the exact one by less than 0.0001 in our
# simulations.
QUANTILE_BINS = 256
# Counts at these quantiles see changes of variance and outliers that KS misses.
TAIL_QUANTILES = (0.001, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999)
# A numeric column with at most this many distinct values is counted by value, like categories.
DISCRETE_VALUES = 10
# Categories beyond these, by count in the reference, are counted together.
LISTED_CATEGORIES = 200


@dataclass(frozen=True, kw_only=True)
class NumericBins:
    """Right-closed bins (e[i-1], e[i]] of finite edges, open at both ends; n edges make n + 1 bins.

    Attributes:
        edges: increasing; the first lies just below the reference's minimum, the last is its maximum. A value
            that holds at least 1/256 of the reference has a bin of its own.
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
        categories: text, or numbers of a discrete numeric column, most frequent in the reference first.
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


Bins = NumericBins | CategoryBins


def quantile_bins(ordered: FloatArray) -> NumericBins:
    """Return the bins of finite values in increasing order, shape (n_rows,), at least one.

    Edges stand at the 255 inner quantiles, the tail quantiles, the minimum and the maximum of the values.
    """
    row_count = len(ordered)
    shares = np.unique(np.append(np.arange(1, QUANTILE_BINS) / QUANTILE_BINS, TAIL_QUANTILES))
    # The smallest value whose cumulative share reaches the quantile; rounding first, as 0.1 * 30 is above 3.
    positions = np.maximum(np.ceil(np.round(shares * row_count, 9)).astype(np.intp), 1) - 1
    edges = np.unique(np.concatenate([ordered[:1], ordered[positions], ordered[-1:]]))
    counts = np.searchsorted(ordered, edges, side="right") - np.searchsorted(ordered, edges, side="left")
    atoms = edges[(counts * QUANTILE_BINS >= row_count) | (edges == edges[0])]
    with np.errstate(over="ignore"):  # below the smallest float lies -inf, which is not an edge
        edges = np.union1d(edges, np.nextafter(atoms, -np.inf))
    # Adding zero stores -0.0 as 0.0: they are equal, but not in a digest.
    return NumericBins(edges=tuple((edges[np.isfinite(edges)] + 0.0).tolist()))


def _digest(parts: list[Any]) -> str:
    return sha256(json.dumps(parts).encode()).hexdigest()[:16]
