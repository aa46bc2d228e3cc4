"""Which candidate meets the champion: models of several spans of the past, and earlier versions, on one holdout."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import sqrt

import numpy as np

from driftline.models import Model


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A model that may meet the champion.

    Attributes:
        trained_from: the first time of the rows it was trained on; None of a recalled version, or the whole window.
        recalled: the row id of the earlier version that it is; None: it was trained now.
        row_count: rows it was trained on now.
        model: the same, loaded.
        losses: of each row of the holdout, shape (n_rows,).
    """

    trained_from: datetime | None
    recalled: int | None
    row_count: int
    model: Model
    losses: np.ndarray

    @property
    def loss(self) -> float:
        """Return its mean loss on the holdout."""
        return float(self.losses.mean())


def choose(candidates: Sequence[Candidate]) -> int:
    """Return the place of the first candidate that is not worse than the best by more than a standard error.

    Candidates stand from the longest span to the shortest, then recalled versions from new to old: of those that
    cannot be told apart, more rows are the safer choice.

    Source: the one-standard-error rule of Breiman et al. (1984), on paired losses.
    """
    best = min(candidates, key=lambda candidate: candidate.loss)
    for place, candidate in enumerate(candidates):
        gaps = candidate.losses - best.losses
        if gaps.mean() <= gaps.std() / sqrt(len(gaps)):
            return place
    raise ValueError("There is no candidate to choose from.")
