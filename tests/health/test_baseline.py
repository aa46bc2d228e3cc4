"""The baseline is the best constant, drawn towards the last known label as far as that helps."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from driftline.health.baseline import baseline_losses, baseline_sums
from driftline.metrics import Task


def labels(task, rows=600, *, sticky=0.7, seed=0):
    """Labels of which a share repeats the one before, and that one; each eighth row knows none."""
    random = np.random.default_rng(seed)
    fresh = random.normal(50.0, 3.0, rows) if task is Task.REGRESSION else random.integers(0, 3, rows).astype(float)
    if task is Task.BINARY:
        fresh = (fresh > 1).astype(float)
    truth = fresh.copy()
    for row in range(1, rows):
        if random.random() < sticky:
            truth[row] = truth[row - 1]
    last = np.append(np.nan, truth[:-1])
    last[::8] = np.nan
    return truth, last


def as_points(task, values, class_count):
    return values[:, None] if task is Task.REGRESSION else np.eye(class_count)[values.astype(int)]


@pytest.mark.parametrize("sticky", [0.0, 0.7])
@pytest.mark.parametrize("task", list(Task))
def test_it_loses_what_the_best_share_of_the_last_label_loses_row_by_row(task, sticky):
    truth, last = labels(task, sticky=sticky)
    count = 2 if task is Task.BINARY else 3
    points, scale = as_points(task, truth, count), 0.5 if task is Task.BINARY else 1.0
    mean, steps = points.mean(axis=0), np.zeros_like(points)
    known = ~np.isnan(last)
    steps[known] = as_points(task, last[known], count) - mean

    def lost(share):
        return scale * ((points - mean - share * steps) ** 2).sum(axis=1)

    best = minimize_scalar(lambda share: lost(share).sum(), bounds=(0.0, 1.0), method="bounded").x
    parts = [
        baseline_sums(task, t, known_last, class_count=count)
        for t, known_last in zip(np.array_split(truth, 6), np.array_split(last, 6), strict=True)
    ]
    found = baseline_losses(task, parts)
    assert found == pytest.approx([part.sum() for part in np.array_split(lost(best), 6)], rel=1e-4)
    assert (best > 0.5) == (sticky > 0.5)


def test_no_known_label_leaves_the_best_constant():
    truth = np.array([0.0, 1.0, 1.0, 1.0])
    sums = baseline_sums(Task.BINARY, truth, np.full(4, np.nan), class_count=2)
    assert baseline_losses(Task.BINARY, [sums]) == pytest.approx([4 * 0.75 * 0.25])


def test_a_label_that_only_ever_alternates_is_not_repeated():
    truth = np.tile([0.0, 1.0], 50)
    sums = baseline_sums(Task.BINARY, truth, 1.0 - truth, class_count=2)
    assert baseline_losses(Task.BINARY, [sums]) == pytest.approx([25.0])
