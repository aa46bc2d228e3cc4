"""What the simulations of drift are made of: thirty columns and their shifts, scores of an AUROC, series of errors.

Columns: 8 normal, 8 lognormal, 4 rounded, 4 of 70 % zeros and 6 categorical ones, 5 % missing each.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.signal import lfilter
from scipy.special import expit, ndtr, ndtri

Columns = dict[str, np.ndarray]
SHARES = np.array([0.40, 0.30, 0.15, 0.10, 0.05])
NAMES = np.array(["oak", "pine", "elm", "fir", "ash"], dtype=object)


@dataclass(frozen=True, kw_only=True)
class Shift:
    """A change of one column of thirty, and in how many windows of how many rows it is promised to be found."""

    name: str
    column: str
    change: Callable[[np.ndarray, np.random.Generator], np.ndarray]
    rows: int
    windows: int
    draw: Callable[[int, np.random.Generator], Columns] | None = None


def rows(count: int, random: np.random.Generator) -> Columns:
    """Return thirty columns of `count` rows, 5 % missing each."""
    columns: Columns = {f"normal{i}": random.normal(size=count) for i in range(8)}
    columns |= {f"lognormal{i}": random.lognormal(size=count) for i in range(8)}
    columns |= {f"rounded{i}": np.round(random.normal(scale=3, size=count)) for i in range(4)}
    columns |= {f"zeros{i}": np.where(random.random(count) < 0.7, 0.0, random.gamma(2, size=count)) for i in range(4)}
    columns |= {f"kind{i}": random.choice(NAMES, size=count, p=SHARES) for i in range(6)}
    for values in columns.values():
        values[random.random(count) < 0.05] = None if values.dtype == object else np.nan
    return columns


def names(shares: np.ndarray) -> Callable[[int, np.random.Generator], np.ndarray]:
    """Return the draws of a column of categories of these shares, most frequent first."""
    texts = np.array([f"place {i}" for i in range(1, len(shares) + 1)], dtype=object)
    return lambda count, random: texts[random.choice(len(shares), size=count, p=shares / shares.sum())]


KINDS: dict[str, Callable[[int, np.random.Generator], np.ndarray]] = {
    "500 categories of Zipf shares": names(1 / np.arange(1, 501)),
    "500 categories, equally frequent": names(np.ones(500)),
    "5 categories and 1 % in 200 rare ones": names(np.append(0.99 * SHARES, np.full(200, 0.01 / 200))),
    "98 % zeros": lambda count, random: np.where(random.random(count) < 0.98, 0.0, random.gamma(2, size=count)),
    "2 digits": lambda count, random: np.round(random.normal(size=count), 2),
    "whole numbers": lambda count, random: np.round(random.normal(scale=3, size=count)),
}


def rows_of(kind: str) -> Callable[[int, np.random.Generator], Columns]:
    """Return the draws of thirty columns of one kind, without missing values."""
    return lambda count, random: {f"column{i}": KINDS[kind](count, random) for i in range(30)}


def grown(category: str, share: float) -> Callable[[np.ndarray, np.random.Generator], np.ndarray]:
    """Return the change after which one category holds so many more of the rows."""
    return lambda values, random: np.where(random.random(len(values)) < share, category, values)


def moved(share: float) -> Callable[[np.ndarray, np.random.Generator], np.ndarray]:
    """Return the change that adds `share` standard deviations to a normal column."""
    return lambda values, _: values + share


def swapped(values: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Return categories of which five points went from the second to the first."""
    return np.where((values == "pine") & (random.random(len(values)) < 1 / 6), "oak", values)


SHIFTS = (
    Shift(name="mean + 0.2 sd", column="normal0", change=moved(0.2), rows=5000, windows=1),
    Shift(name="mean + 0.5 sd", column="normal0", change=moved(0.5), rows=500, windows=1),
    Shift(name="variance x 1.5", column="normal0", change=lambda values, _: values * np.sqrt(1.5), rows=500, windows=2),
    Shift(
        name="3 % of rows + 6 sd",
        column="normal0",
        change=lambda values, random: values + 6 * (random.random(len(values)) < 0.03),
        rows=500,
        windows=3,
    ),
    Shift(name="category .40 to .45", column="kind0", change=swapped, rows=5000, windows=1),
    Shift(
        name="missing 5 % to 10 %",
        column="normal0",
        change=lambda values, random: np.where(random.random(len(values)) < 0.0526, np.nan, values),
        rows=500,
        windows=2,
    ),
    Shift(
        name="unseen category, 2 %",
        column="kind0",
        change=lambda values, random: np.where(random.random(len(values)) < 0.02, "yew", values),
        rows=500,
        windows=2,
    ),
    Shift(
        name="one of 500 categories of Zipf shares: .2 % to 3 %",
        column="column0",
        change=grown("place 74", 0.028),
        rows=1000,
        windows=1,
        draw=rows_of("500 categories of Zipf shares"),
    ),
)


def scored(auroc: float, count: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return labels, a quarter of them positive, and binormal scores of this AUROC as probabilities."""
    truth = (random.random(count) < 0.25).astype(int)
    return truth, ndtr(random.normal(size=count) + np.sqrt(2) * ndtri(auroc) * truth)


def joint(count: int, random: np.random.Generator, *, correlation: float = 0.0, moved_all: float = 0.0) -> Columns:
    """Return thirty standard normal columns, two of them correlated, or all moved."""
    values = random.normal(moved_all, 1, size=(30, count))
    values[1] = correlation * values[0] + np.sqrt(1 - correlation**2) * values[1]
    return {f"x{i}": column for i, column in enumerate(values)}


def errors(rates: np.ndarray, random: np.random.Generator, *, alike: bool = False) -> np.ndarray:
    """Return errors that come at these rates, shape (n_rows,); alike ones follow an AR(1) of .98 on the logit scale."""
    if not alike:
        return (random.random(len(rates)) < rates).astype(float)
    wave = lfilter([1], [1, -0.98], random.normal(scale=np.sqrt(1 - 0.98**2), size=len(rates)))
    centres = {rate: brentq(_excess, -5, 5, args=(rate,)) for rate in np.unique(rates)}
    middle = np.array([centres[rate] for rate in rates])
    return (random.random(len(rates)) < expit(middle + 0.8 * wave)).astype(float)


def _excess(middle: float, rate: float) -> float:
    """Return how much the mean rate of alike errors around `middle` exceeds `rate`."""
    return float(expit(middle + 0.8 * ndtri((np.arange(2000) + 0.5) / 2000)).mean()) - rate
