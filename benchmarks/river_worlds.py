"""The classical generators of river as worlds: Agrawal, SEA, moving radial basis functions, a turning hyperplane.

river is a dependency of these alone, imported when one is made:
`.venv/bin/pip install -c constraints.txt river` (0.26.1 goes with these pins).
"""

from collections.abc import Callable, Iterable
from importlib import import_module
from itertools import islice
from types import ModuleType

import numpy as np
import pandas as pd

from benchmarks.worlds import BEFORE, DAYS, FULL, WEEKS, Days, World, drawn, frame, moments

Rows = Iterable[tuple[dict[object, float], int]]
QUARTER = DAYS // 4
FUNCTIONS = (0, 1, 2, 3, 4, 5, 6, 8)  # of Agrawal: the two others have hardly more than one class


def _synth() -> ModuleType:
    return import_module("river.datasets.synth")


def agrawal(seed: int) -> World:
    """Another function decides each quarter; 5 % of each value are noise."""
    functions = np.random.default_rng([seed, 6]).permutation(FUNCTIONS).tolist()

    def generator(quarter: int, rows: int) -> Rows:
        return _synth().Agrawal(classification_function=functions[quarter], seed=rows, perturbation=0.05)

    return _by_quarter(seed, generator)


def sea(seed: int) -> World:
    """The threshold of a sum moves each quarter; 10 % of the labels are noise."""
    variants = np.random.default_rng([seed, 6]).permutation(4).tolist()
    return _by_quarter(seed, lambda quarter, rows: _synth().SEA(variant=variants[quarter], noise=0.1, seed=rows))


def rbf(seed: int) -> World:
    """Fifteen centres of two classes move all the time."""
    days, count, columns = moments(seed), 15, 6
    generator = _synth().RandomRBFDrift(
        seed_model=seed,
        seed_sample=seed,
        n_features=columns,
        n_centroids=count,
        n_drift_centroids=count,
        change_speed=1e-4,
    )
    rows, centres = [], np.empty((len(days), count, columns))
    for number, row in enumerate(islice(generator, len(days))):
        rows.append(row)
        centres[number] = [centroid.centre for centroid in generator.centroids]
    spreads = np.array([centroid.std_dev for centroid in generator.centroids])
    labels = np.array([centroid.class_label for centroid in generator.centroids])
    shares = np.array(generator.centroid_weights) / np.sum(generator.centroid_weights)

    def right_rows(start: int, end: int) -> pd.DataFrame:
        random = np.random.default_rng([seed, 1, BEFORE + start])
        chosen = random.choice(count, size=FULL, p=shares)
        ways = random.uniform(-1, 1, size=(FULL, columns))
        lengths = random.normal(size=FULL) * spreads[chosen] / np.linalg.norm(ways, axis=1)
        features = centres[_newest(days, random.uniform(start, end, size=FULL)), chosen]
        return frame(features + ways * lengths[:, np.newaxis], np.where(labels[chosen], "yes", "no"))

    return World(rows=_named(rows).assign(day=days), right_rows=right_rows, renewals=WEEKS)


def hyperplane(seed: int) -> World:
    """A hyperplane in ten dimensions turns slowly; 4 % of the labels are noise."""
    days, columns = moments(seed), 10
    generator = _synth().Hyperplane(seed=seed, n_features=columns, mag_change=0.001)
    rows, weights = [], np.empty((len(days), columns))
    for number, row in enumerate(islice(generator, len(days))):
        rows.append(row)
        weights[number] = generator._weights  # noqa: SLF001  (there is no other way to the concept in force)

    def right_rows(start: int, end: int) -> pd.DataFrame:
        random = np.random.default_rng([seed, 1, BEFORE + start])
        features = random.random((FULL, columns))
        chosen = weights[_newest(days, random.uniform(start, end, size=FULL))]
        above = np.sum(features * chosen, axis=1) >= chosen.sum(axis=1) / 2
        return frame(features, np.where(above ^ (random.random(FULL) < 0.04), "yes", "no"))

    return World(rows=_named(rows).assign(day=days), right_rows=right_rows, renewals=WEEKS)


def _by_quarter(seed: int, generator: Callable[[int, int], Rows]) -> World:
    """Return the world of a generator that is made anew for each quarter, from the quarter and a seed of its rows."""

    def draw(days: Days, random: np.random.Generator) -> pd.DataFrame:
        quarters, counts = np.unique(np.clip(days // QUARTER, 0, 3).astype(int), return_counts=True)
        seeds = random.integers(2**31, size=len(quarters)).tolist()
        parts = zip(quarters.tolist(), counts.tolist(), seeds, strict=True)
        return _named([row for quarter, count, rows in parts for row in islice(generator(quarter, rows), count)])

    return drawn(draw, seed, renewals=range(0, DAYS, QUARTER))


def _newest(days: Days, times: np.ndarray) -> np.ndarray:
    """Return the number of the newest row at each time."""
    return np.searchsorted(days, times, side="right") - 1


def _named(rows: Rows) -> pd.DataFrame:
    """Return river's rows as a frame."""
    features, labels = zip(*rows, strict=True)
    return frame(np.array([list(values.values()) for values in features]), np.where(labels, "yes", "no"))
