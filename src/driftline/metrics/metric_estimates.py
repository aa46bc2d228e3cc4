"""How each metric is measured: its value, standard error and interval."""

from collections.abc import Callable
from math import sqrt

import numpy as np
from scipy.special import bdtr, bdtrik

from driftline.metrics.bootstrap import class_metric_draws, variance_draws
from driftline.metrics.confusion import ClassCounts, ClassMetric, class_counts
from driftline.metrics.delong import auroc_covariance, placements
from driftline.metrics.intervals import (
    Interval,
    logit_interval,
    mean_interval,
    normal_interval,
    normal_quantile,
    wilson,
)
from driftline.metrics.losses import absolute_errors, hits, percentage_errors, squared_errors
from driftline.metrics.measurement import Measurement, unmeasured
from driftline.metrics.ranking import Rank, rows_of_classes
from driftline.metrics.rows import FloatArray, ScoredRows
from driftline.metrics.task import Task

RowLosses = Callable[[ScoredRows], FloatArray]
Estimate = Callable[[str, ScoredRows, float], Measurement]

APPROXIMATE = "approximate interval"
FEWEST_DRAWS = 500  # of 1,000: with fewer, an interval would be about the resamples that happen to be defined
TINY = 1e-12  # a difference of rounding


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


def variance_estimate(name: str, rows: ScoredRows, confidence: float, *, about_mean_error: bool = False) -> Measurement:
    """Return the share of the truth's variance that is explained; 0.0 is no better than its mean.

    Negative is worse than the mean. Undefined where the truth is constant. The interval is a percentile
    bootstrap of 1,000 seeded draws. R², or with `about_mean_error` the explained variance, to which an error that
    all rows share does not count.
    """
    total = float(((rows.truth - rows.truth.mean()) ** 2).sum())
    if rows.row_count < 2 or total == 0.0:
        return unmeasured(name, rows.row_count, f"undefined: the truth of {rows.row_count} rows is constant")
    errors = rows.scores - rows.truth
    left = errors - errors.mean() if about_mean_error else errors
    value = 1.0 - float((left**2).sum()) / total
    draws = variance_draws(rows.truth, rows.scores[np.newaxis, :], about_mean_error=about_mean_error)[0]
    if len(draws) < FEWEST_DRAWS:
        return _without_interval(name, value, rows, "no interval: the truth of most resamples is constant")
    return _measured(name, value, float(draws.std(ddof=1)), rows, _percentiles(value, draws, confidence))


def percentage_estimate(name: str, rows: ScoredRows, confidence: float) -> Measurement:
    """Return the mean of |score - truth| / |truth| with Student's t interval; undefined where a truth is 0."""
    zero_count = int((rows.truth == 0.0).sum())
    if zero_count:
        return unmeasured(name, rows.row_count, f"undefined: the truth of {zero_count} of {rows.row_count} rows is 0")
    return mean_estimate(percentage_errors, name, rows, confidence)


def median_estimate(name: str, rows: ScoredRows, confidence: float) -> Measurement:
    """Return the median absolute error, in the truth's unit, between two of the errors in their order; 0.0 is exact.

    The standard error is the interval's width over twice the normal quantile.

    Source: Conover 1999, Practical Nonparametric Statistics (the interval of a quantile, from binomial ranks).
    """
    errors = np.sort(absolute_errors(rows))
    value, row_count = float(np.median(errors)), rows.row_count
    tail = (1.0 - confidence) / 2.0
    below = int(np.ceil(bdtrik(tail, row_count, 0.5))) if row_count > 1 else 0
    if below < 1 or bdtr(below - 1, row_count, 0.5) > tail:
        return _without_interval(name, value, rows, "no interval: too few rows")
    interval = Interval(low=float(errors[below - 1]), high=float(errors[row_count - below]))
    return _measured(name, value, _as_error(interval, confidence), rows, interval)


def maximum_estimate(name: str, rows: ScoredRows, confidence: float) -> Measurement:
    """Return the largest absolute error, in the truth's unit; how much larger one may come, these rows do not say."""
    del confidence
    return _without_interval(name, float(absolute_errors(rows).max()), rows, "no interval: the largest of its rows")


def proportion_estimate(
    metric: ClassMetric, trials: Callable[[ClassCounts], FloatArray], name: str, rows: ScoredRows, confidence: float
) -> Measurement:
    """Return the share of `trials` positive rows that is right, with Wilson's interval; undefined without any."""
    counts = class_counts(rows)
    right, trial_count = int(counts.right[1]), int(trials(counts)[1])
    if trial_count == 0:
        return unmeasured(name, rows.row_count, f"undefined: {metric.undefined}, of {rows.row_count}")
    interval = wilson(right, trial_count, confidence=confidence)
    if right in {0, trial_count}:
        return _degenerate(name, right / trial_count, rows, interval, confidence)
    value = right / trial_count
    return _measured(name, value, sqrt(value * (1.0 - value) / trial_count), rows, interval)


def class_metric_estimate(metric: ClassMetric, name: str, rows: ScoredRows, confidence: float) -> Measurement:
    """Return a metric of the confusion matrix with the percentile interval of 1,000 seeded draws of its cells.

    The highest and the lowest value do not vary in draws: their interval is Wilson's for as many trials as the
    rarest class that occurs has rows.
    """
    counts = class_counts(rows)
    value = float(metric.of(counts))
    if np.isnan(value):
        return unmeasured(name, rows.row_count, f"undefined: {metric.undefined}, of {rows.row_count}")
    if min(value - metric.lowest, 1.0 - value) < TINY:
        value = float(round(value))
        trials = int(counts.true[counts.true > 0].min())
        share = wilson(trials if value == 1.0 else 0, trials, confidence=confidence)
        low, high = (metric.lowest + (1.0 - metric.lowest) * end for end in (share.low, share.high))
        return _degenerate(name, value, rows, Interval(low=low, high=high), confidence)
    draws = class_metric_draws(metric, rows)
    if len(draws) < FEWEST_DRAWS:
        return _without_interval(name, value, rows, f"no interval: in most resamples {metric.undefined}")
    standard_error = float(draws.std(ddof=1))
    if standard_error == 0.0:
        return _without_interval(name, value, rows, "no interval: it is the same in all resamples")
    return _measured(name, value, standard_error, rows, _percentiles(value, draws, confidence))


def ranking_estimate(rank: Rank, name: str, rows: ScoredRows, confidence: float) -> Measurement:
    """Return a metric of the order of scores with the delta method's interval on the logit scale.

    Undefined without one of the classes. Where all rows are in order it is treated as `auroc_estimate` does.
    """
    counts = rows_of_classes(rows)
    if 0 in counts or len(counts) < 2:
        return unmeasured(name, rows.row_count, f"undefined: {_lacking(rows.task, counts)} of {rows.row_count}")
    ranking = rank(rows)
    value, standard_error = ranking.value, ranking.standard_error
    if min(counts) < 2:
        return _without_interval(name, value, rows, "no interval: fewer than 2 rows of a class")
    if value > 1.0 - TINY:
        return _degenerate(name, 1.0, rows, wilson(min(counts), min(counts), confidence=confidence), confidence)
    if value < TINY or standard_error < TINY:
        return _without_interval(name, value, rows, "no interval: constant scores")
    return _measured(name, value, standard_error, rows, logit_interval(value, standard_error, confidence=confidence))


def _lacking(task: Task, counts: list[int]) -> str:
    index = counts.index(0) if 0 in counts else 1
    return f"0 {('negatives', 'positives')[index]}" if task is Task.BINARY else f"0 rows of class {index}"


def _percentiles(value: float, draws: FloatArray, confidence: float) -> Interval:
    tail = (1.0 - confidence) / 2.0
    low, high = np.quantile(draws, [tail, 1.0 - tail])
    # Draws of few rows may all lie on one side of the value.
    return Interval(low=min(float(low), value), high=max(float(high), value))


def _as_error(interval: Interval, confidence: float) -> float:
    return (interval.high - interval.low) / (2.0 * normal_quantile(confidence))


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
    return _measured(name, value, _as_error(interval, confidence), rows, interval, note=APPROXIMATE)


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
