"""How close two numbers must be to be one and the same: never compared by equality, which sees rounding as a change."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from driftline.metrics import FloatArray

# What a sum in another order changes, as a share of the number.
ROUNDING = 1e-12
# What single precision changes, as a share of the number; no change of this share of the spread matters.
SINGLE_PRECISION = 1e-6


class Intervals(NamedTuple):
    """What counts as each of some numbers: above `lower` and up to `upper`, both of shape (n_numbers,)."""

    lower: FloatArray
    upper: FloatArray


def intervals(numbers: FloatArray) -> Intervals:
    """Return the disjoint intervals that count as each of `numbers`, which are increasing and finite.

    >>> intervals(np.array([0.1, 0.5])).upper.round(9).tolist()
    [0.1000001, 0.5000004]
    """
    reach = _reach(numbers)
    with np.errstate(over="ignore"):  # beyond the largest float lies inf
        just_below = np.nextafter(numbers, -np.inf)
        upper = numbers + np.minimum(reach, np.append(np.diff(numbers) / 2.0, np.inf)[: len(numbers)])
        upper[:-1] = np.minimum(upper[:-1], just_below[1:])
        lower = np.minimum(numbers - reach, just_below)
        lower[1:] = np.maximum(lower[1:], upper[:-1])
    return Intervals(lower=lower, upper=upper)


def starts_of_distinct(numbers: FloatArray) -> npt.NDArray[np.intp]:
    """Return the place of the first of each group of close ones among `numbers`, in increasing order and finite."""
    with np.errstate(over="ignore"):
        is_apart = np.diff(numbers) > 2.0 * _reach(numbers)[1:]
    return np.flatnonzero(np.append(True, is_apart)[: len(numbers)])


def _reach(numbers: FloatArray) -> FloatArray:
    """Return how far from each of the numbers another one counts as the same.

    The spread is that of the middle half of the numbers, and the typical size their median: a few far values, such as
    a code for missing, blur none of the others, and a sum that happens to be near zero is as rough as the others.
    """
    if not len(numbers):
        return numbers
    size = np.abs(numbers)
    with np.errstate(over="ignore"):
        spread = numbers[3 * len(numbers) // 4] - numbers[len(numbers) // 4]
    typical = np.partition(size, len(size) // 2)[len(size) // 2]  # a mean of two could overflow
    rough = ROUNDING * np.maximum(size, typical)
    return np.asarray(np.maximum(rough, SINGLE_PRECISION * np.minimum(size, spread)))
