import numpy as np
import pytest
from scipy import stats

from driftline.metrics import Task, auroc_covariance, compare, metric
from driftline.metrics.catalogue import METRICS
from driftline.metrics.errors import InvalidScoresError
from driftline.metrics.mcnemar import mcnemar

TESTED = [name for name in METRICS if name != "max_error"]  # of which no test is


def task_of(name):
    return metric(name).tasks[0]


def shares(weights):
    return weights / weights.sum(axis=1, keepdims=True)


def rows_of(name, seed, row_count=300, noise=0.0):
    """Return truth, champion and a challenger that is the champion with noise added."""
    rng = np.random.default_rng(seed)
    if task_of(name) is Task.MULTICLASS:
        truth = rng.integers(0, 3, row_count)
        weights = rng.gamma(1.0 + 2.0 * (truth[:, np.newaxis] == np.arange(3))) + 0.01
        return truth, shares(weights), shares(weights * np.exp(3 * noise * rng.normal(0, 1, weights.shape)))
    if task_of(name) is Task.BINARY:
        truth = (rng.random(row_count) < 0.4).astype(int)
        champion = np.clip(rng.normal(0.35 + 0.2 * truth, 0.15), 0.01, 0.99)
        return truth, champion, np.clip(champion + rng.normal(0, 1, row_count) * noise, 0.01, 0.99)
    truth = rng.normal(0, 2, row_count)
    champion = truth + rng.normal(0, 1, row_count)
    return truth, champion, champion + rng.normal(0, 1, row_count) * noise


def test_delongs_test_of_the_hand_example():
    truth = np.array([0] * 6 + [1] * 4)
    champion = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.35, 0.55, 0.7, 0.8])
    challenger = np.array([0.2, 0.1, 0.4, 0.3, 0.45, 0.5, 0.4, 0.65, 0.9, 0.7])
    covariance = auroc_covariance(truth, np.stack([champion, challenger])).covariance
    variance = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
    assert variance == pytest.approx(0.0054976852, abs=1e-10)
    z = 0.0625 / np.sqrt(variance)
    assert z == pytest.approx(0.8429272, abs=1e-6)
    found = compare("auroc", Task.BINARY, truth, champion, challenger)
    assert found.gain == pytest.approx(0.0625)
    assert found.p_value is None
    assert found.note == "too few of a class: 4 positives and 6 negatives of 10, at least 10 of each needed"


def test_delongs_test_of_the_hand_example_three_times_over():
    truth = np.array(([0] * 6 + [1] * 4) * 3)
    champion = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.35, 0.55, 0.7, 0.8] * 3)
    challenger = np.array([0.2, 0.1, 0.4, 0.3, 0.45, 0.5, 0.4, 0.65, 0.9, 0.7] * 3)
    found = compare("auroc", Task.BINARY, truth, champion, challenger)
    assert found.gain == pytest.approx(0.0625)
    assert found.p_value == pytest.approx(found.p_value_two_sided / 2)
    assert found.ci_low < found.gain < found.ci_high


def test_mcnemars_published_example():
    found = mcnemar(1, 7, 21)
    assert found.gain == pytest.approx(6 / 21)
    assert found.p_value_two_sided == pytest.approx(0.0391, abs=5e-5)
    assert found.p_value == pytest.approx(0.0391 / 2, abs=5e-5)
    assert mcnemar(7, 1, 21).p_value == pytest.approx(1 - found.p_value)


def test_mcnemar_of_equal_discordants_is_half_a_point_from_certainty():
    found = mcnemar(3, 3, 20)
    assert found.p_value_two_sided == pytest.approx(1 - 0.5 * stats.binom.pmf(3, 6, 0.5))
    assert found.p_value == pytest.approx(0.5)


@pytest.mark.parametrize("name", METRICS)
def test_a_model_ties_with_itself(name):
    truth, champion, _ = rows_of(name, 1)
    found = compare(name, task_of(name), truth, champion, champion)
    assert (found.gain, found.p_value, found.p_value_two_sided) == (0.0, 0.5, 1.0)
    assert found.note.startswith("identical")


def test_a_monotone_transform_ties_in_auroc():
    truth, champion, _ = rows_of("auroc", 2)
    found = compare("auroc", Task.BINARY, truth, champion, champion**3)
    assert (found.gain, found.note) == (0.0, "identical ranking")


@pytest.mark.parametrize("name", TESTED)
def test_exchanging_the_models_turns_the_sign_of_the_gain(name):
    truth, champion, challenger = rows_of(name, 3, noise=0.2)
    there = compare(name, task_of(name), truth, champion, challenger)
    back = compare(name, task_of(name), truth, challenger, champion)
    assert back.gain == pytest.approx(-there.gain)
    assert back.ci_low == pytest.approx(-there.ci_high)
    assert back.p_value == pytest.approx(1 - there.p_value, abs=2e-3)


@pytest.mark.parametrize("name", TESTED)
def test_added_noise_is_found_to_be_worse(name):
    truth, champion, challenger = rows_of(name, 4, row_count=2000, noise=0.5)
    found = compare(name, task_of(name), truth, champion, challenger)
    assert found.gain < 0
    assert found.p_value > 0.99
    better = compare(name, task_of(name), truth, challenger, champion)
    assert better.gain > 0
    assert better.p_value < 0.01


@pytest.mark.parametrize("name", TESTED)
def test_equal_models_win_about_one_time_in_twenty(name):
    rng = np.random.default_rng(5)
    wins = 0
    for seed in range(200):
        truth, champion, _ = rows_of(name, seed, row_count=200)
        scores = champion + rng.normal(0, 0.1, (2, *champion.shape))
        if task_of(name) is not Task.REGRESSION:
            scores = np.clip(scores, 0.01, 0.99)
        wins += compare(name, task_of(name), truth, scores[0], scores[1]).p_value <= 0.05
    assert wins <= 20  # 5 % of 200 and three standard errors


def test_the_paired_t_test_is_that_of_scipy():
    truth, champion, challenger = rows_of("mae", 6, noise=0.3)
    found = compare("mae", Task.REGRESSION, truth, champion, challenger)
    expected = stats.ttest_rel(abs(champion - truth), abs(challenger - truth), alternative="greater")
    assert found.p_value == pytest.approx(expected.pvalue)


@pytest.mark.parametrize("name", TESTED)
def test_the_standard_error_is_a_quarter_of_an_interval(name):
    truth, champion, challenger = rows_of(name, 5, row_count=2000, noise=0.1)
    found = compare(name, task_of(name), truth, champion, challenger)
    assert found.standard_error == pytest.approx((found.ci_high - found.ci_low) / (2 * 1.96), rel=0.1)


def test_the_standard_error_of_the_paired_t_test_is_that_of_scipy():
    truth, champion, challenger = rows_of("brier", 6, row_count=50, noise=0.1)
    differences = (champion - truth) ** 2 - (challenger - truth) ** 2
    found = compare("brier", Task.BINARY, truth, champion, challenger)
    assert found.standard_error == pytest.approx(stats.sem(differences))


def test_a_challenger_with_a_nan_is_refused():
    with pytest.raises(InvalidScoresError, match="1 of 2 scores are NaN"):
        compare("brier", Task.BINARY, [0, 1], [0.1, 0.2], [0.1, np.nan])


def test_one_class_has_no_gain():
    found = compare("auroc", Task.BINARY, [0, 0], [0.1, 0.2], [0.2, 0.1])
    assert (found.gain, found.p_value) == (None, None)
    assert found.note == "undefined: 0 positives and 2 negatives of 2"
    assert found.champion.value is None


def test_no_rows_have_no_gain():
    assert compare("rmse", Task.REGRESSION, [], [], []).note == "no rows"


def test_one_row_has_a_gain_without_a_test():
    found = compare("rmse", Task.REGRESSION, [0.0], [2.0], [1.0])
    assert (found.gain, found.p_value, found.note) == (1.0, None, "no test: one row")


def test_a_challenger_without_any_error_wins():
    truth, champion, _ = rows_of("rmse", 7)
    found = compare("rmse", Task.REGRESSION, truth, champion, truth)
    assert found.p_value < 1e-6
    assert found.ci_low > 0


def test_the_seed_decides_the_bootstrap():
    rows = rows_of("r2", 8, noise=0.1)
    first, again, other = (compare("r2", Task.REGRESSION, *rows, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first.ci_low != other.ci_low
