"""How each metric is measured: its value, standard error and interval."""

from collections.abc import Callable
from math import sqrt

import numpy as np

from driftline.evaluation.bootstrap import r2_draws
from driftline.evaluation.delong import auroc_covariance, placements
from driftline.evaluation.intervals import (
    Interval,
    logit_interval,
    mean_interval,
    normal_interval,
    normal_quantile,
    wilson,
)
from driftline.evaluation.losses import hits, squared_errors
from driftline.evaluation.measurement import Measurement, unmeasured
from driftline.evaluation.rows import FloatArray, ScoredRows

RowLosses = Callable[[ScoredRows], FloatArray]
Estimate = Callable[[str, ScoredRows, float], Measurement]

APPROXIMATE = "approximate interval"


def auroc_estimate(name: str, rows: ScoredRows, confidence: float) -> Measurement:
    """Return the area under the ROC curve with DeLong's interval on the logit scale; 0.5 is chance.

    Undefined without one of the classes. An area of 0 or 1 has DeLong variance 0; its interval is then
    Wilson's for as many trials as the rarer class has rows, and its standard error that interval's width over
    twice the quantile.
    """
    positives = int(rows.truth.sum())
    negatives = rows.row_count - positives
    for count, kind in ((positives, "positives"), (negatives, "negatives")):
        if count == 0:
            return unmeasured(name, rows.row_count, f"undefined: 0 {kind} of {rows.row_count}")
    if min(positives, negatives) < 2:
        value = float(placements(rows.truth, rows.scores[np.newaxis, :]).of_positives.mean())
        return _without_interval(name, value, rows, "no interval: fewer than 2 rows of a class")
    delong = auroc_covariance(rows.truth, rows.scores[np.newaxis, :])
    value, variance = float(delong.aurocs[0]), float(delong.covariance[0, 0])
    if value in {0.0, 1.0}:
        trials = min(positives, negatives)
        return _degenerate(name, value, rows, wilson(round(value * trials), trials, confidence=confidence), confidence)
    if variance <= 0.0:
        return _without_interval(name, value, rows, "no interval: constant scores")
    standard_error = sqrt(variance)
    return _measured(name, value, standard_error, rows, logit_interval(value, standard_error, confidence=confidence))


def accuracy_estimate(name: str, rows: ScoredRows, confidence: float) -> Measurement:
    """Return the share of rows whose most probable class is right, with Wilson's interval; 0.0 is none."""
    hit_count, row_count = int(hits(rows).sum()), rows.row_count
    value = hit_count / row_count
    interval = wilson(hit_count, row_count, confidence=confidence)
    if hit_count in {0, row_count}:
        return _degenerate(name, value, rows, interval, confidence)
    return _measured(name, value, sqrt(value * (1.0 - value) / row_count), rows, interval)


def mean_estimate(losses: RowLosses, name: str, rows: ScoredRows, confidence: float) -> Measurement:
    """Return the mean of a per-row loss with Student's t interval, cut at 0; 0.0 is a perfect model."""
    values = losses(rows)
    mean = float(values.mean())
    if rows.row_count < 2:
        return _without_interval(name, mean, rows, "no interval: one row")
    standard_error = float(values.std(ddof=1)) / sqrt(rows.row_count)
    interval = mean_interval(mean, standard_error, rows.row_count, confidence=confidence)
    return _measured(name, mean, standard_error, rows, Interval(low=max(0.0, interval.low), high=interval.high))


def rmse_estimate(name: str, rows: ScoredRows, confidence: float) -> Measurement:
    """Return the root mean squared error, in the truth's unit, by the delta method; 0.0 is exact."""
    squares = squared_errors(rows)
    value = sqrt(float(squares.mean()))
    if rows.row_count < 2:
        return _without_interval(name, value, rows, "no interval: one row")
    if value == 0.0:
        return _measured(name, 0.0, 0.0, rows, Interval(low=0.0, high=0.0))
    standard_error = float(squares.std(ddof=1)) / (2.0 * value * sqrt(rows.row_count))
    interval = normal_interval(value, standard_error, confidence=confidence)
    return _measured(name, value, standard_error, rows, Interval(low=max(0.0, interval.low), high=interval.high))


def r2_estimate(name: str, rows: ScoredRows, confidence: float) -> Measurement:
    """Return the share of the truth's variance that is explained; 0.0 is no better than its mean.

    Negative is worse than the mean. Undefined where the truth is constant. The interval is a percentile
    bootstrap of 1,000 seeded draws.
    """
    total = float(((rows.truth - rows.truth.mean()) ** 2).sum())
    if rows.row_count < 2 or total == 0.0:
        return unmeasured(name, rows.row_count, f"undefined: the truth of {rows.row_count} rows is constant")
    value = 1.0 - float(squared_errors(rows).sum()) / total
    draws = r2_draws(rows.truth, rows.scores[np.newaxis, :])[0]
    if len(draws) < 500:
        return _without_interval(name, value, rows, "no interval: the truth of most resamples is constant")
    tail = (1.0 - confidence) / 2.0
    low, high = np.quantile(draws, [tail, 1.0 - tail])
    return _measured(name, value, float(draws.std(ddof=1)), rows, Interval(low=float(low), high=float(high)))


def _measured(
    name: str,
    value: float,
    standard_error: float,
    rows: ScoredRows,
    interval: Interval,
    *,
    note: str | None = None,
) -> Measurement:
    return Measurement(
        metric=name,
        value=value,
        ci_low=interval.low,
        ci_high=interval.high,
        standard_error=standard_error,
        row_count=rows.row_count,
        note=note,
    )


def _degenerate(name: str, value: float, rows: ScoredRows, interval: Interval, confidence: float) -> Measurement:
    standard_error = (interval.high - interval.low) / (2.0 * normal_quantile(confidence))
    return _measured(name, value, standard_error, rows, interval, note=APPROXIMATE)


def _without_interval(name: str, value: float, rows: ScoredRows, note: str) -> Measurement:
    return Measurement(
        metric=name,
        value=value,
        ci_low=None,
        ci_high=None,
        standard_error=None,
        row_count=rows.row_count,
        note=note,
    )
