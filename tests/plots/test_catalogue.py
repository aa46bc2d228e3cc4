import json

import numpy as np
import pytest
from sklearn import metrics as oracle

from driftline.metrics import Task, scored_rows
from driftline.plots import plot, plots_from_json, plots_of, plots_to_json
from driftline.plots.catalogue import PLOTS, plots_for
from driftline.plots.curves import precision_recall_curve
from driftline.plots.errors import UnknownPlotError
from driftline.plots.residuals import residuals


def rows_of(task, row_count=5000):
    rng = np.random.default_rng(2)
    if task is Task.REGRESSION:
        truth = rng.normal(10, 2, row_count)
        return scored_rows(task, truth, truth + rng.normal(0.5, 1, row_count))
    truth = rng.integers(0, 2, row_count)
    positive = np.clip(rng.normal(0.4 + 0.2 * truth, 0.2), 0, 1)
    return scored_rows(task, truth, positive if task is Task.BINARY else np.stack([1 - positive, positive], axis=1))


def test_precision_and_recall_are_those_of_scikit_learn():
    rows = rows_of(Task.BINARY, 150)
    found = precision_recall_curve(rows.truth, rows.scores)
    precision, recall, thresholds = oracle.precision_recall_curve(rows.truth, rows.scores)
    assert found.precision == pytest.approx(precision[-2::-1])
    assert found.recall == pytest.approx(recall[-2::-1])
    assert found.thresholds == pytest.approx(thresholds[::-1])


def test_one_class_has_no_precision_recall_curve():
    found = precision_recall_curve([0, 0], [0.1, 0.2])
    assert (found.recall, found.positive_count, found.negative_count) == ((), 0, 2)


def test_residuals_lie_where_predictions_are_wrong():
    rows = rows_of(Task.REGRESSION)
    found = residuals(rows.truth, rows.scores)
    assert (len(found.predicted), sum(found.counts), sum(found.bars)) == (20, 5000, 5000)
    middles = np.add(found.edges[1:], found.edges[:-1]) / 2
    assert np.average(middles, weights=found.bars) == pytest.approx(0.5, abs=0.1)
    low, high = np.array(found.actual_low), np.array(found.actual_high)
    assert (low < found.actual).all()
    assert (found.actual < high).all()


@pytest.mark.parametrize("row_count", [0, 1, 3])
def test_few_numbers_have_few_bins(row_count):
    found = residuals(np.arange(row_count), np.arange(row_count))
    assert (len(found.predicted), sum(found.bars)) == (row_count, row_count)


@pytest.mark.parametrize("task", Task)
def test_every_plot_of_a_task_is_small_and_comes_back_from_json(task):
    found = plots_of(rows_of(task))
    assert tuple(found) == plots_for(task)
    text = json.dumps(plots_to_json(found))
    assert plots_from_json(json.loads(text)) == found
    assert max(len(line) for one in found.values() for line in vars(one).values() if isinstance(line, tuple)) <= 200


def test_each_plot_suits_a_task_and_another_name_is_refused():
    assert {name for task in Task for name in plots_for(task)} == set(PLOTS)
    with pytest.raises(UnknownPlotError, match=r"'residuals' for binary.*roc, precision_recall"):
        plot("residuals", rows_of(Task.BINARY))


def test_a_plot_of_a_later_version_is_left_out():
    assert plots_from_json({"cloud": {"points": []}}) == {}
