"""Tests of whether a challenger is better than a champion on the same rows."""

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.special import bdtr, ndtr, stdtr

from driftline.errors import listing
from driftline.metrics.bootstrap import median_draws, paired_class_metric_draws, variance_draws
from driftline.metrics.confusion import ClassMetric, class_counts
from driftline.metrics.delong import auroc_covariance
from driftline.metrics.estimates import FEWEST_DRAWS, RowLosses
from driftline.metrics.intervals import mean_interval, normal_interval, normal_quantile
from driftline.metrics.losses import absolute_errors, hits, percentage_errors, squared_errors
from driftline.metrics.ranking import Rank, rows_of_classes
from driftline.metrics.rows import SMALLEST_CLASS, FloatArray, ScoredRows, predicted_classes

# A variance of the difference of two areas that is rounding only: both models order all pairs alike.
TIED_VARIANCE = 1e-16
BOOTSTRAP = "paired bootstrap"


@dataclass(frozen=True, kw_only=True)
class PairedTest:
    """What a paired test found.

    Attributes:
        method: the test's name.
        gain: how much better the challenger is, in the metric's unit; 0.0 is a tie, negative is worse.
        standard_error: of the gain; of a bootstrap, the spread of its resamples. 0.0 for a tie, None without a test.
        ci_low: lower end of the two-sided 95 % interval of the gain.
        ci_high: its upper end.
        p_value: one-sided, of the hypothesis that the challenger is not better; 0.5 for a tie.
        p_value_two_sided: of the hypothesis that both are equal; 1.0 for a tie.
        note: why there is no p-value, or that the models tie.
    """

    method: str
    gain: float | None
    standard_error: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    p_value: float | None = None
    p_value_two_sided: float | None = None
    note: str | None = None


RunPairedTest = Callable[[ScoredRows, ScoredRows, int], PairedTest]


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
    return _z_test(method, gain, variance)


def paired_mcnemar(champion: ScoredRows, challenger: ScoredRows, seed: int) -> PairedTest:
    """Return McNemar's mid-p test of two accuracies, from the rows that only one model got right.

    Source: Fagerland, Lydersen & Laake 2013 (mid-p); Bonett & Price 2012 (interval).
    """
    del seed
    champion_hits, challenger_hits = hits(champion), hits(challenger)
    only_champion = int((champion_hits & ~challenger_hits).sum())
    only_challenger = int((challenger_hits & ~champion_hits).sum())
    return mcnemar(only_champion, only_challenger, champion.row_count)


def mcnemar(only_champion: int, only_challenger: int, row_count: int) -> PairedTest:
    """Return McNemar's mid-p test from its counts; the gain is the difference in share of right rows.

    Args:
        only_champion: rows that only the champion got right.
        only_challenger: rows that only the challenger got right.
        row_count: all rows, at least 1.

    >>> tested = mcnemar(10, 25, 1000)
    >>> tested.gain, round(tested.p_value_two_sided, 4)
    (0.015, 0.0113)
    """
    discordant = only_champion + only_challenger
    gain = (only_challenger - only_champion) / row_count
    method = "McNemar mid-p"
    if discordant == 0:
        return _without_variance(method, 0.0, "identical hits")
    p_value = _mid_p(only_champion, discordant)
    if only_champion == only_challenger:
        two_sided = 0.5 + _cumulative(only_champion - 1, discordant)  # 1 - P(X = half) / 2
    else:
        two_sided = 2.0 * _mid_p(min(only_champion, only_challenger), discordant)
    share_champion, share_challenger = ((k + 1) / (row_count + 2) for k in (only_champion, only_challenger))
    middle = share_challenger - share_champion
    standard_error = sqrt((share_champion + share_challenger - middle**2) / (row_count + 2))
    half = normal_quantile(0.95) * standard_error
    return PairedTest(
        method=method,
        gain=gain,
        standard_error=standard_error,
        ci_low=max(-1.0, middle - half),
        ci_high=min(1.0, middle + half),
        p_value=p_value,
        p_value_two_sided=two_sided,
    )


def paired_t(losses: RowLosses, champion: ScoredRows, challenger: ScoredRows, seed: int) -> PairedTest:
    """Return Student's paired t test of two mean losses."""
    del seed
    return _t_test("paired t", losses(champion) - losses(challenger))


def paired_rmse(champion: ScoredRows, challenger: ScoredRows, seed: int) -> PairedTest:
    """Return the paired t test on squared errors; gain and delta-method interval are in the RMSE's unit."""
    del seed
    method = "paired t on squared errors"
    squares = [squared_errors(champion), squared_errors(challenger)]
    roots = [sqrt(float(square.mean())) for square in squares]
    tested = _t_test(method, squares[0] - squares[1])
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
        return _without_variance(BOOTSTRAP, 0.0, "identical errors")
    left = [float(((own - own.mean() if about_mean_error else own) ** 2).sum()) for own in errors]
    scores = np.stack([champion.scores, challenger.scores])
    draws = variance_draws(champion.truth, scores, about_mean_error=about_mean_error, seed=seed)
    return _bootstrap((left[0] - left[1]) / total, draws[1] - draws[0], "the truth of most resamples is constant")


def paired_percentages(champion: ScoredRows, challenger: ScoredRows, seed: int) -> PairedTest:
    """Return Student's paired t test of two mean percentage errors; no gain where a truth is 0."""
    if (champion.truth == 0.0).any():
        return PairedTest(method="paired t", gain=None, note="undefined: a truth is 0")
    return paired_t(percentage_errors, champion, challenger, seed)


def paired_median(champion: ScoredRows, challenger: ScoredRows, seed: int) -> PairedTest:
    """Return the paired bootstrap of two median absolute errors."""
    errors = np.stack([absolute_errors(champion), absolute_errors(challenger)])
    if (errors[0] == errors[1]).all():
        return _without_variance(BOOTSTRAP, 0.0, "identical errors")
    gain = float(np.median(errors[0]) - np.median(errors[1]))
    if champion.row_count < 2:
        return PairedTest(method=BOOTSTRAP, gain=gain, note="no test: one row")
    draws = median_draws(errors, seed=seed)
    return _bootstrap(gain, draws[0] - draws[1], "")


def paired_maximum(champion: ScoredRows, challenger: ScoredRows, seed: int) -> PairedTest:
    """Return the gain in the largest error, which no test is about: it is the error of one row."""
    del seed
    errors = absolute_errors(champion), absolute_errors(challenger)
    gain = float(errors[0].max() - errors[1].max())
    if gain == 0.0:
        return _without_variance("none", 0.0, "identical largest errors")
    return PairedTest(method="none", gain=gain, note="no test: the largest error is that of one row")


def paired_class_metric(metric: ClassMetric, champion: ScoredRows, challenger: ScoredRows, seed: int) -> PairedTest:
    """Return the paired bootstrap of a metric of two confusion matrices."""
    before, after = (float(metric.of(class_counts(rows))) for rows in (champion, challenger))
    if np.isnan(before) or np.isnan(after):
        return PairedTest(method=BOOTSTRAP, gain=None, note=f"undefined: {metric.undefined}")
    if (predicted_classes(champion) == predicted_classes(challenger)).all():
        return _without_variance(BOOTSTRAP, 0.0, "identical predictions")
    draws = paired_class_metric_draws(metric, [champion, challenger], seed=seed)
    return _bootstrap(after - before, draws[1] - draws[0], f"in most resamples {metric.undefined}")


def paired_ranking(rank: Rank, champion: ScoredRows, challenger: ScoredRows, seed: int) -> PairedTest:
    """Return the z test of two metrics of the order of scores, by what each row adds to the difference.

    It needs 10 rows of each class, as DeLong's test does, which it is for the area under the ROC curve.
    """
    del seed
    counts, method = rows_of_classes(champion), "paired z of influences"
    said = f"{listing(map(str, counts))} rows of the classes"
    if min(counts) == 0 or len(counts) < 2:
        return PairedTest(method=method, gain=None, note=f"undefined: {said}")
    rankings = [rank(champion), rank(challenger)]
    gain = rankings[1].value - rankings[0].value
    if min(counts) < SMALLEST_CLASS:
        return PairedTest(method=method, gain=gain, note=f"too few of a class: {said}, at least 10 of each needed")
    variance = float((rankings[1].influence - rankings[0].influence).var()) / champion.row_count
    return _z_test(method, gain, variance)


def _z_test(method: str, gain: float, variance: float) -> PairedTest:
    if variance <= TIED_VARIANCE:
        return _without_variance(method, gain, "identical ranking")
    standard_error = sqrt(variance)
    interval = normal_interval(gain, standard_error)
    return PairedTest(
        method=method,
        gain=gain,
        standard_error=standard_error,
        ci_low=interval.low,
        ci_high=interval.high,
        p_value=float(ndtr(-gain / standard_error)),
        p_value_two_sided=float(2.0 * ndtr(-abs(gain / standard_error))),
    )


def _bootstrap(gain: float, gains: FloatArray, undefined: str) -> PairedTest:
    """Return the percentile interval and p-values of a gain from its resamples; of those without gain, half count."""
    if len(gains) < FEWEST_DRAWS:
        return PairedTest(method=BOOTSTRAP, gain=gain, note=f"no test: {undefined}")
    low, high = np.quantile(gains, [0.025, 0.975])
    ties = int((gains == 0.0).sum()) / 2.0
    p_value = (1.0 + int((gains < 0.0).sum()) + ties) / (len(gains) + 1)
    opposite = (1.0 + int((gains > 0.0).sum()) + ties) / (len(gains) + 1)
    return PairedTest(
        method=BOOTSTRAP,
        gain=gain,
        standard_error=float(gains.std(ddof=1)),
        ci_low=float(low),
        ci_high=float(high),
        p_value=min(1.0, p_value),
        p_value_two_sided=min(1.0, 2.0 * min(p_value, opposite)),
    )


def _t_test(method: str, differences: FloatArray) -> PairedTest:
    row_count = len(differences)
    gain = float(differences.mean())
    if row_count < 2:
        return PairedTest(method=method, gain=gain, note="no test: one row")
    standard_error = float(differences.std(ddof=1)) / sqrt(row_count)
    if standard_error == 0.0:
        note = "identical losses" if gain == 0.0 else "the losses differ by the same amount on every row"
        return _without_variance(method, gain, note)
    t = gain / standard_error
    interval = mean_interval(gain, standard_error, row_count)
    return PairedTest(
        method=method,
        gain=gain,
        standard_error=standard_error,
        ci_low=interval.low,
        ci_high=interval.high,
        p_value=float(stdtr(row_count - 1, -t)),
        p_value_two_sided=float(2.0 * stdtr(row_count - 1, -abs(t))),
    )


def _without_variance(method: str, gain: float, note: str) -> PairedTest:
    # A gain of rounding errors is a tie; z is 0 there, so the two-sided p is 1 and the one-sided 0.5.
    tie = abs(gain) < 1e-12
    gain, p_value = (0.0, 0.5) if tie else (gain, 0.0 if gain > 0 else 1.0)
    return PairedTest(
        method=method,
        gain=gain,
        standard_error=0.0,
        ci_low=gain,
        ci_high=gain,
        p_value=p_value,
        p_value_two_sided=1.0 if tie else 0.0,
        note=note,
    )


def _cumulative(successes: int, trials: int) -> float:
    return 0.0 if successes < 0 else float(bdtr(successes, trials, 0.5))


def _mid_p(successes: int, trials: int) -> float:
    """Return P(X < successes) + P(X = successes) / 2 for X ~ Binomial(trials, 1/2)."""
    return (_cumulative(successes, trials) + _cumulative(successes - 1, trials)) / 2.0
