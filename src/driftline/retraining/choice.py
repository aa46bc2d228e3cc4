"""Which candidate meets the champion: models of several spans of the past, and earlier versions, on one holdout."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import sqrt

import numpy as np

from driftline.health import error_between
from driftline.models import Model

SURELY = 2.0  # standard errors


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A model that may meet the champion.

    Attributes:
        trained_from: the first time of the rows it was trained on; None of a recalled version, or the whole window.
        recalled: the row id of the earlier version that it is; None: it was trained now.
        row_count: rows it was trained on now.
        model: the same, loaded.
        losses: of each row of the holdout, shape (n_rows,).
        days: of these rows, from 0 on, shape (n_rows,).
    """

    trained_from: datetime | None
    recalled: int | None
    row_count: int
    model: Model
    losses: np.ndarray
    days: np.ndarray

    @property
    def loss(self) -> float:
        """Return its mean loss on the holdout."""
        return float(self.losses.mean())


def choose(candidates: Sequence[Candidate]) -> int:
    """Return the place of the candidate that meets the champion.

    Of those that were trained now it is the first that is not worse than the best by more than a standard error: they
    stand from the longest span to the shortest, and of those that cannot be told apart, more rows are the safer choice.
    The best earlier version is taken only where it is surely better than that: its rows are old, and a few days that
    resemble its own are no return of its world.

    Source: the one-standard-error rule of Breiman et al. (1984), on paired losses.
    """
    trained = [place for place, candidate in enumerate(candidates) if candidate.recalled is None]
    best = min(trained, key=lambda place: candidates[place].loss)
    chosen = next(place for place in trained if _is_as_good(candidates[place], candidates[best]))
    recalled = set(range(len(candidates))).difference(trained)
    if not recalled:
        return chosen
    earlier = min(sorted(recalled), key=lambda place: candidates[place].loss)
    gaps = candidates[chosen].losses - candidates[earlier].losses
    return earlier if gaps.mean() > SURELY * _error(gaps, candidates[earlier].days) else chosen


def _is_as_good(candidate: Candidate, best: Candidate) -> bool:
    gaps = candidate.losses - best.losses
    return bool(gaps.mean() <= gaps.std() / sqrt(len(gaps)))


def _error(gaps: np.ndarray, days: np.ndarray) -> float:
    """Return the standard error of a mean: the larger of that of independent rows, and that of independent days."""
    counts = np.bincount(days).astype(np.float64)
    seen = counts > 0
    between = error_between(np.bincount(days, weights=gaps).astype(np.float64)[seen], counts[seen])
    return max(float(gaps.std()) / sqrt(len(gaps)), between)
