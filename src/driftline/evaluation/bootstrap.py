"""Seeded bootstrap: resampled groups, and of them the coefficient of determination of models on the same rows."""

import numpy as np

from driftline.evaluation.rows import FloatArray

DRAWS = 1000
# Above this many rows, random groups of rows are drawn instead: the cost no longer grows with the rows.
GROUPS = 1000


def r2_draws(truth: FloatArray, scores: FloatArray, *, seed: int = 0) -> FloatArray:
    """Return R² of resampled rows, shape (n_models, n_draws); every model is measured on the same resamples.

    Args:
        truth: shape (n_rows,), at least two rows.
        scores: shape (n_models, n_rows).
        seed: the same seed gives the same draws.

    A resample whose truth is constant has no R²; it is left out, so there may be fewer than 1,000 draws.
    """
    rng = np.random.default_rng(seed)
    row_count = len(truth)
    group_count = min(row_count, GROUPS)
    group = np.arange(row_count) % group_count
    if row_count > group_count:
        group = rng.permutation(group)
    centred = truth - truth.mean()
    rows_in = np.bincount(group, minlength=group_count).astype(np.float64)
    sum_in = np.bincount(group, weights=centred, minlength=group_count)
    square_sum_in = np.bincount(group, weights=centred**2, minlength=group_count)
    errors_in = np.stack([np.bincount(group, weights=(model - truth) ** 2, minlength=group_count) for model in scores])
    weights = resampled_weights(rng, group_count)
    drawn_rows, drawn_sum = weights @ rows_in, weights @ sum_in
    spread = weights @ square_sum_in - drawn_sum**2 / drawn_rows
    # A resample of equal truths has a spread of rounding errors only.
    usable = spread > 1e-12 * square_sum_in.sum()
    return np.asarray(1.0 - (errors_in @ weights.T)[:, usable] / spread[usable], dtype=np.float64)


def resampled_weights(rng: np.random.Generator, group_count: int) -> FloatArray:
    """Return how often each group is in each resample, shape (n_draws, n_groups)."""
    chosen = rng.integers(0, group_count, size=(DRAWS, group_count))
    flat = chosen + np.arange(DRAWS)[:, np.newaxis] * group_count
    counts = np.bincount(flat.ravel(), minlength=DRAWS * group_count)
    return counts.reshape(DRAWS, group_count).astype(np.float64)
