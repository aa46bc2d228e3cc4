"""Seeded bootstrap of metrics that are not a mean over rows, for one model or for several on the same rows."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from driftline.metrics.confusion import ClassCounts, ClassMetric, class_count_of, indicators
from driftline.metrics.rows import FloatArray, ScoredRows, predicted_classes

DRAWS = 1000
# Above this many rows, random groups of rows are drawn instead: the cost no longer grows with the rows.
GROUPS = 1000
# Bins of equal counts that a median is looked for in, and between whose edges it is interpolated.
MEDIAN_BINS = 400


def variance_draws(
    truth: FloatArray, scores: FloatArray, *, about_mean_error: bool = False, seed: int = 0
) -> FloatArray:
    """Return R² of resampled rows, shape (n_models, n_draws); every model is measured on the same resamples.

    Args:
        truth: shape (n_rows,), at least two rows.
        scores: shape (n_models, n_rows).
        about_mean_error: whether an error that all rows share counts nothing, which is the explained variance.
        seed: the same seed gives the same draws.

    A resample whose truth is constant has no R²; it is left out, so there may be fewer than 1,000 draws.
    """
    rng = np.random.default_rng(seed)
    group, group_count = _groups(rng, len(truth))
    centred, errors = truth - truth.mean(), scores - truth
    errors = errors - errors.mean(axis=1, keepdims=True) if about_mean_error else errors
    rows_in = np.bincount(group, minlength=group_count).astype(np.float64)
    sum_in, square_sum_in = _sums(group, [centred, centred**2], group_count)
    weights = resampled_weights(rng, group_count)
    drawn_rows, drawn_sum = weights @ rows_in, weights @ sum_in
    spread = weights @ square_sum_in - drawn_sum**2 / drawn_rows
    unexplained = _sums(group, errors**2, group_count) @ weights.T
    if about_mean_error:
        unexplained = unexplained - (_sums(group, errors, group_count) @ weights.T) ** 2 / drawn_rows
    # A resample of equal truths has a spread of rounding errors only.
    usable = spread > 1e-12 * square_sum_in.sum()
    return np.asarray(1.0 - unexplained[:, usable] / spread[usable], dtype=np.float64)


def class_metric_draws(metric: ClassMetric, rows: ScoredRows, *, seed: int = 0) -> FloatArray:
    """Return the metric of resampled rows, shape (n_draws,), without the draws in which it is undefined.

    Cells of the confusion matrix are drawn, which is the same as rows at a cost that does not grow with them.
    """
    class_count = class_count_of(rows)
    cell = rows.truth.astype(np.intp) * class_count + predicted_classes(rows)
    cells, counts = np.unique(cell, return_counts=True)
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(rows.row_count, counts / rows.row_count, size=DRAWS).astype(np.float64)
    true, predicted = (np.eye(class_count)[part] for part in divmod(cells, class_count))
    figures = metric.of(ClassCounts(right=drawn @ (true * predicted), true=drawn @ true, predicted=drawn @ predicted))
    return figures[~np.isnan(figures)]


def paired_class_metric_draws(metric: ClassMetric, models: Sequence[ScoredRows], *, seed: int = 0) -> FloatArray:
    """Return the metric of each model on the same resampled rows, shape (n_models, n_draws).

    A draw in which it is undefined for one of them is left out.
    """
    rng = np.random.default_rng(seed)
    group, group_count = _groups(rng, models[0].row_count)
    weights = resampled_weights(rng, group_count)
    drawn = []
    for rows in models:
        parts = indicators(rows)
        by_group = _sums(group, parts.reshape(len(parts), -1).T, group_count)
        right, true, predicted = np.moveaxis((weights @ by_group.T).reshape(DRAWS, *parts.shape[1:]), 1, 0)
        drawn.append(metric.of(ClassCounts(right=right, true=true, predicted=predicted)))
    figures = np.stack(drawn)
    return figures[:, ~np.isnan(figures).any(axis=0)]


def median_draws(values: FloatArray, *, seed: int = 0) -> FloatArray:
    """Return the median of resampled rows, shape (n_models, n_draws); every model meets the same resamples.

    Args:
        values: shape (n_models, n_rows). Medians are interpolated between 400 of their quantiles.
        seed: the same seed gives the same draws.
    """
    rng = np.random.default_rng(seed)
    group, group_count = _groups(rng, values.shape[1])
    weights = resampled_weights(rng, group_count)
    drawn = []
    for model_values in values:
        edges = np.unique(np.quantile(model_values, np.linspace(0.0, 1.0, MEDIAN_BINS + 1), method="inverted_cdf"))
        place = np.searchsorted(edges, model_values, side="left")
        cells = np.bincount(group * len(edges) + place, minlength=group_count * len(edges))
        below = np.cumsum(weights @ cells.reshape(group_count, len(edges)), axis=1)
        drawn.append([np.interp(0.5, cumulated / cumulated[-1], edges) for cumulated in below])
    return np.array(drawn)


def _groups(rng: np.random.Generator, row_count: int) -> tuple[npt.NDArray[np.intp], int]:
    """Return the group that each row is drawn with, and how many groups there are."""
    group_count = min(row_count, GROUPS)
    group = np.arange(row_count) % group_count
    return (rng.permutation(group) if row_count > group_count else group), group_count


def _sums(group: npt.NDArray[np.intp], values: Sequence[FloatArray] | FloatArray, group_count: int) -> FloatArray:
    """Return the sum of each row of values in each group, shape (n_models, group_count)."""
    return np.stack([np.bincount(group, weights=model_values, minlength=group_count) for model_values in values])


def resampled_weights(rng: np.random.Generator, group_count: int) -> FloatArray:
    """Return how often each group is in each resample, shape (n_draws, n_groups)."""
    chosen = rng.integers(0, group_count, size=(DRAWS, group_count))
    flat = chosen + np.arange(DRAWS)[:, np.newaxis] * group_count
    counts = np.bincount(flat.ravel(), minlength=DRAWS * group_count)
    return counts.reshape(DRAWS, group_count).astype(np.float64)
