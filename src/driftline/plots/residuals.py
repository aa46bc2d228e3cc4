"""How predicted numbers lie beside the true ones."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from driftline.metrics import Task, scored_rows

TAIL = 0.1


@dataclass(frozen=True, kw_only=True)
class Residuals:
    """Predicted against actual in bins of equal counts, and how often errors are how large; empty without rows.

    Attributes:
        predicted: mean prediction of each bin, rising.
        actual: mean truth in it; equal to `predicted` is right on average.
        actual_low: the truth below which 10 % of its rows lie.
        actual_high: the truth above which 10 % of its rows lie.
        counts: rows in it.
        edges: of the bars of the errors (score minus truth), one more than bars.
        bars: rows in each.
    """

    predicted: tuple[float, ...]
    actual: tuple[float, ...]
    actual_low: tuple[float, ...]
    actual_high: tuple[float, ...]
    counts: tuple[int, ...]
    edges: tuple[float, ...]
    bars: tuple[int, ...]


def residuals(truth: npt.ArrayLike, scores: npt.ArrayLike, *, bins: int = 20, bars: int = 40) -> Residuals:
    """Return predicted against actual in at most `bins` bins, and the errors in `bars` bars of equal width.

    Raises:
        InvalidScoresError: truth or scores break the rules of a regression.
    """
    rows = scored_rows(Task.REGRESSION, truth, scores)
    if rows.row_count == 0:
        return Residuals(predicted=(), actual=(), actual_low=(), actual_high=(), counts=(), edges=(), bars=())
    order = np.argsort(rows.scores, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    low, high = (tuple(float(np.quantile(rows.truth[part], q)) for part in parts) for q in (TAIL, 1.0 - TAIL))
    heights, edges = np.histogram(rows.scores - rows.truth, bins=bars)
    return Residuals(
        predicted=tuple(float(rows.scores[part].mean()) for part in parts),
        actual=tuple(float(rows.truth[part].mean()) for part in parts),
        actual_low=low,
        actual_high=high,
        counts=tuple(len(part) for part in parts),
        edges=tuple(edges.tolist()),
        bars=tuple(heights.tolist()),
    )
