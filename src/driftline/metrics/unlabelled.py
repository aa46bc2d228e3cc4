"""What accuracy and AUROC would be if probabilities were right: estimates without any label."""

from math import sqrt

import numpy as np
import numpy.typing as npt

from driftline.metrics.intervals import normal_interval
from driftline.metrics.measurement import Measurement, unmeasured
from driftline.metrics.rows import FloatArray, scored_rows
from driftline.metrics.task import Task

ESTIMATED = {"accuracy": "estimated_accuracy", "auroc": "estimated_auroc"}  # by the metric that is estimated
_DRAWS = 1000


def estimated(metric: str, probabilities: npt.ArrayLike) -> Measurement:
    """Return the estimate of `metric`, accuracy or auroc, if each row is positive with its probability.

    The interval counts the chance in the labels that have not come, not that the probabilities are wrong: where the
    truth of a row of given features has changed, the estimate does not see it.

    Args:
        metric: a key of ESTIMATED.
        probabilities: of the positive class, calibrated, shape (n_rows,).

    Raises:
        InvalidScoresError: a probability is NaN or outside [0, 1].

    Source: CBPE as in NannyML's documentation. Ours: a row is not paired with itself in the AUROC, and its standard
    deviation is that of its linear part.
    """
    positive = scored_rows(Task.BINARY, np.zeros(len(np.asarray(probabilities))), probabilities).scores
    name = ESTIMATED[metric]
    if not len(positive):
        return unmeasured(name, 0, "no rows")
    estimate = _accuracy(positive) if metric == "accuracy" else _auroc(positive)
    if estimate is None:
        return unmeasured(name, len(positive), "undefined: one class only")
    value, deviation = estimate
    interval = normal_interval(value, deviation)
    return Measurement(
        metric=name,
        value=value,
        ci_low=max(0.0, interval.low),
        ci_high=min(1.0, interval.high),
        standard_error=deviation,
        row_count=len(positive),
        note="estimated without labels, if only the inputs changed",
    )


def _accuracy(positive: FloatArray) -> tuple[float, float]:
    spread = (positive * (1.0 - positive)).sum()
    return float(np.maximum(positive, 1.0 - positive).mean()), sqrt(spread) / len(positive)


def _auroc(positive: FloatArray) -> tuple[float, float] | None:
    negative = 1.0 - positive
    # The weight of the other class on the right side of each row, of its own score half, of itself none.
    below = _weight_below(positive, negative) - negative / 2.0
    above = positive.sum() - _weight_below(positive, positive) - positive / 2.0
    pairs = positive.sum() * negative.sum() - (positive * negative).sum()
    if pairs <= 0.0:
        return None
    auroc = (positive * below).sum() / pairs
    slopes = below - above - auroc * (negative.sum() - negative - positive.sum() + positive)
    variance = (positive * negative * slopes**2).sum() / pairs**2
    return float(auroc), sqrt(variance)


def _weight_below(scores: FloatArray, weights: FloatArray) -> FloatArray:
    """Return for each row the weight of the rows that score below it, and half of those that score like it."""
    levels, place = np.unique(scores, return_inverse=True)
    at = np.zeros(len(levels))
    np.add.at(at, place, weights)
    return np.asarray((np.cumsum(at) - at / 2.0)[place], dtype=np.float64)
