from functools import partial
from time import perf_counter

import numpy as np
import pytest
from sklearn import metrics as oracle

from driftline.metrics import Task, compare, measure, metric
from driftline.metrics.catalogue import ALIASES, METRICS
from driftline.metrics.errors import UnknownMetricError

CLASSES = 3
OF_CLASSES = {
    "balanced_accuracy": oracle.balanced_accuracy_score,
    "matthews_corrcoef": oracle.matthews_corrcoef,
    "f1_macro": partial(oracle.f1_score, average="macro"),
    "f1_weighted": partial(oracle.f1_score, average="weighted"),
    "precision_macro": partial(oracle.precision_score, average="macro"),
    "recall_macro": partial(oracle.recall_score, average="macro"),
}
BINARY = {
    "precision": oracle.precision_score,
    "recall": oracle.recall_score,
    "f1": oracle.f1_score,
    **OF_CLASSES,
}
NUMBERS = {
    "mean_squared_error": oracle.mean_squared_error,
    "mean_absolute_percentage_error": oracle.mean_absolute_percentage_error,
    "median_absolute_error": oracle.median_absolute_error,
    "explained_variance": oracle.explained_variance_score,
    "max_error": oracle.max_error,
}


def binary_rows(seed, row_count=400):
    rng = np.random.default_rng(seed)
    truth = (rng.random(row_count) < 0.3).astype(int)
    return truth, np.round(np.clip(rng.normal(0.35 + 0.25 * truth, 0.2), 0.0, 1.0), 2)


def multiclass_rows(seed, row_count=400):
    rng = np.random.default_rng(seed)
    truth = rng.choice(CLASSES, row_count, p=[0.6, 0.3, 0.1])
    weights = rng.gamma(1.0 + 1.5 * (truth[:, np.newaxis] == np.arange(CLASSES)))
    return truth, weights / weights.sum(axis=1, keepdims=True)


def numbers(seed, row_count=400):
    rng = np.random.default_rng(seed)
    truth = rng.normal(10, 2, row_count)
    return truth, truth + rng.normal(0.3, 1, row_count)


ROWS = {Task.BINARY: binary_rows, Task.MULTICLASS: multiclass_rows, Task.REGRESSION: numbers}


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("name", BINARY)
def test_metrics_of_two_classes_agree_with_scikit_learn(name, seed):
    truth, scores = binary_rows(seed)
    found = measure(name, Task.BINARY, truth, scores)
    assert found.value == pytest.approx(BINARY[name](truth, scores > 0.5), abs=1e-9)
    assert found.ci_low < found.value < found.ci_high


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("name", OF_CLASSES)
def test_metrics_of_many_classes_agree_with_scikit_learn(name, seed):
    truth, scores = multiclass_rows(seed)
    found = measure(name, Task.MULTICLASS, truth, scores)
    assert found.value == pytest.approx(OF_CLASSES[name](truth, scores.argmax(axis=1)), abs=1e-9)
    assert found.ci_low < found.value < found.ci_high


@pytest.mark.parametrize("seed", range(5))
def test_metrics_of_the_order_of_scores_agree_with_scikit_learn(seed):
    truth, scores = binary_rows(seed)
    found = measure("average_precision", Task.BINARY, truth, scores)
    assert found.value == pytest.approx(oracle.average_precision_score(truth, scores), abs=1e-9)
    truth, scores = multiclass_rows(seed)
    found = measure("roc_auc_ovr", Task.MULTICLASS, truth, scores)
    assert found.value == pytest.approx(oracle.roc_auc_score(truth, scores, multi_class="ovr"), abs=1e-9)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("name", NUMBERS)
def test_metrics_of_numbers_agree_with_scikit_learn(name, seed):
    truth, scores = numbers(seed)
    assert measure(name, Task.REGRESSION, truth, scores).value == pytest.approx(NUMBERS[name](truth, scores), abs=1e-9)


@pytest.mark.parametrize("alias", ALIASES)
def test_scikit_learns_name_is_stored_under_the_one_of_driftline(alias):
    task = metric(alias).tasks[0]
    assert measure(alias, task, *ROWS[task](1)).metric == ALIASES[alias]
    assert compare(alias, task, *ROWS[task](1), ROWS[task](1)[1]).metric == ALIASES[alias]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("neg_log_loss", "Write 'log_loss'"),
        ("neg_brier_score", "Write 'brier'"),
        ("neg_root_mean_squared_error", "Write 'rmse'"),
        ("roc_acu", "Did you mean 'roc_auc'"),
        ("balanced_acc", "Did you mean 'balanced_accuracy'"),
    ],
)
def test_a_name_that_is_nearly_known_is_answered_with_the_right_one(name, said):
    with pytest.raises(UnknownMetricError, match=said):
        metric(name)


def test_precision_counts_the_predicted_and_recall_the_actual_positives():
    truth, scores = [1] * 10 + [0] * 90, [0.9] * 5 + [0.1] * 5 + [0.9] * 15 + [0.1] * 75
    precision = measure("precision", Task.BINARY, truth, scores)
    recall = measure("recall", Task.BINARY, truth, scores)
    assert (precision.value, recall.value) == (0.25, 0.5)
    assert (precision.ci_low, precision.ci_high) == pytest.approx((0.1119, 0.4687), abs=1e-4)  # Wilson, 5 of 20
    assert (recall.ci_low, recall.ci_high) == pytest.approx((0.2366, 0.7634), abs=1e-4)  # Wilson, 5 of 10


@pytest.mark.parametrize(
    ("name", "truth", "scores", "note"),
    [
        ("precision", [1, 0], [0.1, 0.1], "undefined: no row is predicted positive, of 2"),
        ("recall", [0, 0], [0.9, 0.1], "undefined: no row is positive, of 2"),
        ("f1", [0, 0], [0.1, 0.1], "undefined: no row is positive or predicted so, of 2"),
        ("balanced_accuracy", [1, 1], [0.9, 0.1], "undefined: all rows are of one class, of 2"),
        ("matthews_corrcoef", [0, 1], [0.1, 0.1], "undefined: truth or predictions are of one class, of 2"),
        ("average_precision", [0, 0], [0.9, 0.1], "undefined: 0 positives of 2"),
    ],
)
def test_what_is_undefined_is_never_zero(name, truth, scores, note):
    found = measure(name, Task.BINARY, truth, scores)
    assert (found.value, found.note) == (None, note)
    assert compare(name, Task.BINARY, truth, scores, scores).gain is None


def test_a_class_without_rows_leaves_the_area_of_many_classes_undefined():
    found = measure("roc_auc_ovr", Task.MULTICLASS, [0, 1], [[0.5, 0.4, 0.1], [0.2, 0.7, 0.1]])
    assert (found.value, found.note) == (None, "undefined: 0 rows of class 2 of 2")


def test_a_truth_of_zero_leaves_the_percentage_error_undefined():
    found = measure("mean_absolute_percentage_error", Task.REGRESSION, [0.0, 1.0], [1.0, 1.0])
    assert found.note == "undefined: the truth of 1 of 2 rows is 0"


@pytest.mark.parametrize("name", ["f1", "balanced_accuracy", "average_precision", "precision", "recall"])
def test_a_perfect_score_of_forty_rows_is_not_certain(name):
    found = measure(name, Task.BINARY, [0] * 30 + [1] * 10, np.linspace(0, 1, 40) > 0.76)
    assert (found.value, found.ci_high, found.note) == (1.0, 1.0, "approximate interval")
    assert found.ci_low == pytest.approx(1 - 0.2775, abs=1e-4)


def test_the_correlation_of_a_model_that_is_always_wrong_is_minus_one():
    found = measure("matthews_corrcoef", Task.BINARY, [0] * 10 + [1] * 10, [0.9] * 10 + [0.1] * 10)
    assert (found.value, found.ci_low) == (-1.0, -1.0)
    assert found.ci_high == pytest.approx(-1 + 2 * 0.2775, abs=1e-4)


def test_the_largest_error_has_no_interval_and_no_test():
    found = compare("max_error", Task.REGRESSION, [0.0, 1.0], [2.0, 1.0], [1.0, 1.0])
    assert (found.gain, found.p_value, found.champion.ci_low) == (1.0, None, None)
    assert found.champion.note == "no interval: the largest of its rows"


UNDER_TEST = [name for name in METRICS if name not in {"auroc", "accuracy", "log_loss", "brier", "max_error"}]


@pytest.mark.parametrize("name", UNDER_TEST)
def test_the_interval_of_every_metric_covers_the_truth(name):
    task = metric(name).tasks[0]
    truth, scores = ROWS[task](11, 100_000)
    target = measure(name, task, truth, scores).value
    rng = np.random.default_rng(12)
    covered = 0
    for _ in range(300):
        rows = rng.integers(0, len(truth), 300)
        found = measure(name, task, truth[rows], scores[rows])
        covered += found.ci_low <= target <= found.ci_high
    assert 0.90 <= covered / 300 <= 0.985  # a nominal 0.95


@pytest.mark.parametrize("name", METRICS)
def test_a_hundred_thousand_rows_are_measured_at_once(name):
    task = metric(name).tasks[0]
    rows = ROWS[task](1, 100_000)
    start = perf_counter()
    measure(name, task, *rows)
    assert perf_counter() - start < 1.0
