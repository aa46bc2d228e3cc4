import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as oracle

from driftline.metrics import Task, measure, metric, row_losses
from driftline.metrics.catalogue import METRICS
from driftline.metrics.errors import InvalidScoresError, UnknownMetricError
from driftline.metrics.metrics import metrics_for


def binary_rows(seed, row_count=400):
    rng = np.random.default_rng(seed)
    truth = (rng.random(row_count) < 0.3).astype(int)
    scores = np.round(np.clip(rng.normal(0.3 + 0.2 * truth, 0.2), 0.01, 0.99), 2)
    return truth, scores


def multiclass_rows(seed, row_count=400, classes=3):
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, classes, row_count)
    weights = rng.gamma(1.0 + 1.5 * (truth[:, np.newaxis] == np.arange(classes)))
    return truth, weights / weights.sum(axis=1, keepdims=True)


def regression_rows(seed, row_count=300):
    rng = np.random.default_rng(seed)
    truth = rng.normal(10, 3, row_count)
    return truth, truth + rng.normal(0.1, 1, row_count)


ROWS = {Task.BINARY: binary_rows, Task.MULTICLASS: multiclass_rows, Task.REGRESSION: regression_rows}


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("auroc", oracle.roc_auc_score),
        ("log_loss", oracle.log_loss),
        ("brier", oracle.brier_score_loss),
        ("accuracy", lambda truth, scores: oracle.accuracy_score(truth, scores > 0.5)),
    ],
)
def test_binary_metrics_agree_with_scikit_learn(name, expected, seed):
    truth, scores = binary_rows(seed)
    assert measure(name, Task.BINARY, truth, scores).value == pytest.approx(expected(truth, scores), abs=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_multiclass_metrics_agree_with_scikit_learn(seed):
    rng = np.random.default_rng(seed)
    truth, scores = rng.integers(0, 4, 200), rng.dirichlet(np.ones(4), 200)
    log_loss = measure("log_loss", Task.MULTICLASS, truth, scores)
    accuracy = measure("accuracy", Task.MULTICLASS, truth, scores)
    assert log_loss.value == pytest.approx(oracle.log_loss(truth, scores, labels=range(4)))
    assert accuracy.value == oracle.accuracy_score(truth, scores.argmax(axis=1))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("rmse", oracle.root_mean_squared_error),
        ("mae", oracle.mean_absolute_error),
        ("r2", oracle.r2_score),
    ],
)
def test_regression_metrics_agree_with_scikit_learn(name, expected):
    truth, scores = regression_rows(1)
    found = measure(name, Task.REGRESSION, truth, scores)
    assert found.value == pytest.approx(expected(truth, scores))
    assert found.ci_low < found.value < found.ci_high
    assert found.row_count == 300


@pytest.mark.parametrize("name", METRICS)
@pytest.mark.parametrize("seed", range(3))
def test_a_measurement_is_unchanged_by_row_order(name, seed):
    task = metric(name).tasks[0]
    rows = ROWS[task](seed)
    order = np.random.default_rng(seed).permutation(len(rows[0]))
    before = measure(name, task, *rows)
    after = measure(name, task, rows[0][order], rows[1][order])
    assert after.value == pytest.approx(before.value)
    if name not in {"r2", "explained_variance"} and before.ci_low is not None:  # their bootstrap draws rows by position
        assert (after.ci_low, after.ci_high) == pytest.approx((before.ci_low, before.ci_high))


@pytest.mark.parametrize(("truth", "kind"), [([0, 0, 0], "positives"), ([1, 1, 1], "negatives")])
def test_auroc_of_one_class_is_undefined_and_says_so(truth, kind):
    found = measure("auroc", Task.BINARY, truth, [0.1, 0.2, 0.3])
    assert found.value is None
    assert found.ci_low is None
    assert found.note == f"undefined: 0 {kind} of 3"


def test_other_metrics_are_still_given_for_one_class():
    assert measure("accuracy", Task.BINARY, [0, 0], [0.1, 0.7]).value == 0.5
    assert measure("log_loss", Task.BINARY, [0, 0], [0.0, 0.0]).value == oracle.log_loss(
        [0, 0], [0.0, 0.0], labels=[0, 1]
    )


@pytest.mark.parametrize("name", METRICS)
def test_no_rows_give_no_value(name):
    found = measure(name, metric(name).tasks[0], [], [])
    assert (found.value, found.row_count, found.note) == (None, 0, "no rows")


def test_no_rows_of_many_classes_give_no_value():
    assert measure("log_loss", Task.MULTICLASS, [], np.empty((0, 3))).note == "no rows"


@pytest.mark.parametrize("name", ["log_loss", "brier", "rmse", "mae"])
def test_one_row_has_a_value_without_an_interval(name):
    found = measure(name, metric(name).tasks[0], [1.0], [0.5])
    assert found.value is not None
    assert (found.ci_low, found.standard_error, found.note) == (None, None, "no interval: one row")


def test_separated_classes_get_wilsons_limit_of_the_rarer_class():
    found = measure("auroc", Task.BINARY, [0] * 30 + [1] * 10, np.linspace(0, 1, 40))
    assert (found.value, found.ci_high, found.note) == (1.0, 1.0, "approximate interval")
    assert found.ci_low == pytest.approx(1 - 0.2775, abs=1e-4)
    assert found.standard_error > 0


def test_constant_scores_are_chance_without_an_interval():
    found = measure("auroc", Task.BINARY, [0, 0, 1, 1], [0.4] * 4)
    assert (found.value, found.ci_low, found.note) == (0.5, None, "no interval: constant scores")


def test_a_single_positive_has_an_area_without_an_interval():
    found = measure("auroc", Task.BINARY, [0, 0, 1], [0.1, 0.5, 0.3])
    assert (found.value, found.standard_error) == (0.5, None)


def test_r2_of_a_constant_truth_is_undefined():
    assert measure("r2", Task.REGRESSION, [2.0] * 5, [1.0, 2, 3, 4, 5]).value is None


def test_rmse_of_exact_scores_is_a_measured_zero():
    found = measure("rmse", Task.REGRESSION, [1.0, 2.0], [1.0, 2.0])
    assert (found.value, found.ci_low, found.ci_high) == (0.0, 0.0, 0.0)


def test_a_certain_and_wrong_prediction_has_a_finite_log_loss():
    truth, scores = np.array([1, 0, 1, 1]), np.array([0.0, 0.2, 1.0, 0.8])
    both = np.column_stack([1 - scores, scores])
    expected = oracle.log_loss(truth, both, labels=[0, 1])
    assert measure("log_loss", Task.BINARY, truth, scores).value == pytest.approx(expected, abs=1e-15)
    assert measure("log_loss", Task.MULTICLASS, truth, both).value == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize(
    ("task", "truth", "scores", "said"),
    [
        (Task.BINARY, [0, 1, 1], [0.1, np.nan, np.nan], "2 of 3 scores are NaN"),
        (Task.BINARY, [0, np.nan], [0.1, 0.2], "1 of 2 truth values are NaN"),
        (Task.BINARY, [0, None], [0.1, 0.2], "1 of 2 truth values are NaN"),
        (Task.BINARY, [0, 1], [0.1, 1.2], "1 of 2 probabilities lie outside"),
        (Task.BINARY, [0, 2], [0.1, 0.2], "1 of 2 truth values are not a class index"),
        (Task.BINARY, [0, 0.5], [0.1, 0.2], "1 of 2 truth values are not a class index"),
        (Task.BINARY, ["no", "yes"], [0.1, 0.2], "not numbers"),
        (Task.BINARY, [0, 1, 1], [0.1, 0.2], "shape"),
        (
            Task.MULTICLASS,
            [0, 3],
            np.full((2, 3), 1 / 3),
            "1 of 2 truth values are not a class index from 0 to 2",
        ),
        (Task.MULTICLASS, [0, 1], [0.1, 0.9], "shape"),
        (Task.REGRESSION, [0.0, 1.0], [np.inf, 1.0], "1 infinite"),
    ],
)
def test_rows_that_break_the_rules_are_an_error_with_counts(task, truth, scores, said):
    with pytest.raises(InvalidScoresError, match=said):
        measure(metrics_for(task)[0], task, truth, scores)


def test_class_probabilities_that_do_not_sum_to_one_have_no_log_loss():
    with pytest.raises(InvalidScoresError, match="1 of 2 rows do not sum to 1"):
        measure("log_loss", Task.MULTICLASS, [0, 1], [[1.0, 1.0], [0.5, 0.5]])


def test_an_unknown_metric_is_answered_with_the_closest():
    with pytest.raises(UnknownMetricError, match=r"'auroc'.*Known: accuracy"):
        metric("aucroc")


def test_a_metric_of_another_task_is_answered_with_those_of_the_task():
    with pytest.raises(UnknownMetricError, match="rmse, mae, r2"):
        metric("auroc", Task.REGRESSION)


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1)), min_size=1, max_size=60))
def test_every_measurement_encloses_its_value_or_says_why_not(rows):
    truth, scores = [int(positive) for positive, _ in rows], [score for _, score in rows]
    for name in metrics_for(Task.BINARY):
        found = measure(name, Task.BINARY, truth, scores)
        if found.ci_low is None:
            assert found.note
        else:
            lowest = -1.0 if name == "matthews_corrcoef" else 0.0
            assert lowest <= found.ci_low <= found.value + 1e-12
            assert found.value <= found.ci_high + 1e-12


@pytest.mark.parametrize("name", ["auroc", "accuracy", "brier", "log_loss"])
def test_intervals_cover_the_truth_nineteen_times_in_twenty(name):
    rng = np.random.default_rng(4)
    chance = rng.beta(2, 3, 200_000)
    truth = (rng.random(200_000) < chance).astype(int)
    target = measure(name, Task.BINARY, truth, chance).value
    covered = 0
    for _ in range(400):
        rows = rng.integers(0, 200_000, 200)
        found = measure(name, Task.BINARY, truth[rows], chance[rows])
        covered += found.ci_low <= target <= found.ci_high
    assert covered >= 366  # 95 % of 400 less three standard errors


def test_the_interval_of_r2_is_the_same_every_time():
    rows = regression_rows(3, row_count=2500)
    assert measure("r2", Task.REGRESSION, *rows) == measure("r2", Task.REGRESSION, *rows)


@pytest.mark.parametrize(
    ("name", "task"), [(name, task) for name, entry in METRICS.items() if entry.losses for task in entry.tasks]
)
def test_the_mean_of_what_rows_lose_is_the_metric(name, task):
    truth, scores = ROWS[task](1)
    mean = row_losses(name, task, truth, scores).mean()
    expected = 1 - mean if metric(name).greater_is_better else mean
    assert measure(name, task, truth, scores).value == pytest.approx(expected)


def test_a_metric_that_is_no_mean_of_rows_names_those_that_are():
    with pytest.raises(UnknownMetricError, match="log_loss"):
        row_losses("auroc", Task.BINARY, *binary_rows(1))
