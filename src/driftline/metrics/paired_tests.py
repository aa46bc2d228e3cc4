"""Tests, metric by metric, of whether a challenger is better than a champion on the same rows."""

from math import sqrt

import numpy as np

from driftline.errors import listing
from driftline.metrics.bootstrap import median_draws, paired_class_metric_draws, variance_draws
from driftline.metrics.confusion import ClassMetric, class_counts
from driftline.metrics.delong import auroc_covariance
from driftline.metrics.intervals import normal_interval
from driftline.metrics.losses import absolute_errors, percentage_errors, squared_errors
from driftline.metrics.metric_estimates import RowLosses
from driftline.metrics.ranking import Rank, rows_of_classes
from driftline.metrics.rows import SMALLEST_CLASS, ScoredRows, predicted_classes
from driftline.metrics.significance import BOOTSTRAP, PairedTest, bootstrap_test, t_test, without_variance, z_test


def paired_delong(champion: ScoredRows, challenger: ScoredRows, seed: int) -> PairedTest:
    """Return DeLong's test of two correlated areas under the ROC curve; it needs 10 rows of each class."""
    del seed
    truth, method = champion.truth, "paired DeLong"
    positives = int(truth.sum())
    negatives = len(truth) - positives
    counts = f"{positives} positives and {negatives} negatives of {len(truth)}"
    if min(positives, negatives) == 0:
        return PairedTest(method=method, gain=None, note=f"undefined: {counts}")
    if min(positives, negatives) == 1:
        return PairedTest(method=method, gain=None, note=f"too few of a class: {counts}, at least 10 of each needed")
    delong = auroc_covariance(truth, np.stack([champion.scores, challenger.scores]))
    covariance = delong.covariance
    variance = float(covariance[0, 0] + covariance[1, 1] - 2.0 * covariance[0, 1])
    gain = float(delong.aurocs[1] - delong.aurocs[0])
    if min(positives, negatives) < SMALLEST_CLASS:
        return PairedTest(method=method, gain=gain, note=f"too few of a class: {counts}, at least 10 of each needed")
    return z_test(method, gain, variance)


def paired_t(losses: RowLosses, champion: ScoredRows, challenger: ScoredRows, seed: int) -> PairedTest:
    """Return Student's paired t test of two mean losses."""
    del seed
    return t_test("paired t", losses(champion) - losses(challenger))


def paired_rmse(champion: ScoredRows, challenger: ScoredRows, seed: int) -> PairedTest:
    """Return the paired t test on squared errors; gain and delta-method interval are in the RMSE's unit."""
    del seed
    method = "paired t on squared errors"
    squares = [squared_errors(champion), squared_errors(challenger)]
    roots = [sqrt(float(square.mean())) for square in squares]
    tested = t_test(method, squares[0] - squares[1])
    gain = roots[0] - roots[1]
    if tested.ci_low is None or gain == 0.0:
        return tested if gain == 0.0 else PairedTest(method=method, gain=gain, note=tested.note)
    # d RMSE = d MSE / (2 RMSE), row by row; a model without any error adds no uncertainty.
    parts = [square / (2.0 * root) if root else square for square, root in zip(squares, roots, strict=True)]
    difference = parts[0] - parts[1]
    standard_error = float(difference.std(ddof=1)) / sqrt(len(difference))
    interval = normal_interval(gain, standard_error)
    return PairedTest(
        method=method,
        gain=gain,
        standard_error=standard_error,
        ci_low=interval.low,
        ci_high=interval.high,
        p_value=tested.p_value,
        p_value_two_sided=tested.p_value_two_sided,
        note=tested.note,
    )


def paired_variance(
    champion: ScoredRows, challenger: ScoredRows, seed: int, *, about_mean_error: bool = False
) -> PairedTest:
    """Return the paired bootstrap of two R², or of two explained variances."""
    errors = [rows.scores - rows.truth for rows in (champion, challenger)]
    total = float(((champion.truth - champion.truth.mean()) ** 2).sum())
    if champion.row_count < 2 or total == 0.0:
        note = f"undefined: the truth of {champion.row_count} rows is constant"
        return PairedTest(method=BOOTSTRAP, gain=None, note=note)
    if (errors[0] ** 2 == errors[1] ** 2).all():
        return without_variance(BOOTSTRAP, 0.0, "identical errors")
    left = [float(((error - error.mean() if about_mean_error else error) ** 2).sum()) for error in errors]
    scores = np.stack([champion.scores, challenger.scores])
    draws = variance_draws(champion.truth, scores, about_mean_error=about_mean_error, seed=seed)
    return bootstrap_test((left[0] - left[1]) / total, draws[1] - draws[0], "the truth of most resamples is constant")


def paired_percentages(champion: ScoredRows, challenger: ScoredRows, seed: int) -> PairedTest:
    """Return Student's paired t test of two mean percentage errors; no gain where a truth is 0."""
    if (champion.truth == 0.0).any():
        return PairedTest(method="paired t", gain=None, note="undefined: a truth is 0")
    return paired_t(percentage_errors, champion, challenger, seed)


def paired_median(champion: ScoredRows, challenger: ScoredRows, seed: int) -> PairedTest:
    """Return the paired bootstrap of two median absolute errors."""
    errors = np.stack([absolute_errors(champion), absolute_errors(challenger)])
    if (errors[0] == errors[1]).all():
        return without_variance(BOOTSTRAP, 0.0, "identical errors")
    gain = float(np.median(errors[0]) - np.median(errors[1]))
    if champion.row_count < 2:
        return PairedTest(method=BOOTSTRAP, gain=gain, note="no test: one row")
    draws = median_draws(errors, seed=seed)
    return bootstrap_test(gain, draws[0] - draws[1], "")


def paired_maximum(champion: ScoredRows, challenger: ScoredRows, seed: int) -> PairedTest:
    """Return the gain in the largest error, which no test is about: it is the error of one row."""
    del seed
    errors = absolute_errors(champion), absolute_errors(challenger)
    gain = float(errors[0].max() - errors[1].max())
    if gain == 0.0:
        return without_variance("none", 0.0, "identical largest errors")
    return PairedTest(method="none", gain=gain, note="no test: the largest error is that of one row")


def paired_class_metric(metric: ClassMetric, champion: ScoredRows, challenger: ScoredRows, seed: int) -> PairedTest:
    """Return the paired bootstrap of a metric of two confusion matrices."""
    before, after = (float(metric.of(class_counts(rows))) for rows in (champion, challenger))
    if np.isnan(before) or np.isnan(after):
        return PairedTest(method=BOOTSTRAP, gain=None, note=f"undefined: {metric.undefined}")
    if (predicted_classes(champion) == predicted_classes(challenger)).all():
        return without_variance(BOOTSTRAP, 0.0, "identical predictions")
    draws = paired_class_metric_draws(metric, [champion, challenger], seed=seed)
    return bootstrap_test(after - before, draws[1] - draws[0], f"in most resamples {metric.undefined}")


def paired_ranking(rank: Rank, champion: ScoredRows, challenger: ScoredRows, seed: int) -> PairedTest:
    """Return the z test of two metrics of the order of scores, by what each row adds to the difference.

    It needs 10 rows of each class, as DeLong's test does, which it is for the area under the ROC curve.
    """
    del seed
    counts, method = rows_of_classes(champion), "paired z of influences"
    sizes = f"{listing(map(str, counts))} rows of the classes"
    if min(counts) == 0 or len(counts) < 2:
        return PairedTest(method=method, gain=None, note=f"undefined: {sizes}")
    rankings = [rank(champion), rank(challenger)]
    gain = rankings[1].value - rankings[0].value
    if min(counts) < SMALLEST_CLASS:
        return PairedTest(method=method, gain=gain, note=f"too few of a class: {sizes}, at least 10 of each needed")
    variance = float((rankings[1].influence - rankings[0].influence).var()) / champion.row_count
    return z_test(method, gain, variance)
