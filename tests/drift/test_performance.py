import json
from dataclasses import asdict

import numpy as np
import pytest
from scipy import stats

from driftline.drift import PerformanceDrift, Verdict
from driftline.drift.errors import InvalidDriftRuleError
from driftline.drift.performance import m_of_n, performance_finding
from driftline.drift.verdict import FindingRule
from driftline.drift.window_verdict import window_verdict
from driftline.metrics import Measurement, Task, measure, metric, wilson


def measured(metric="auroc", value=0.9, standard_error=0.01, row_count=1000, note=None):
    return Measurement(
        metric=metric,
        value=value,
        ci_low=None,
        ci_high=None,
        standard_error=standard_error,
        row_count=row_count,
        note=note,
    )


def verdicts(*letters):
    """Return window verdicts: w is worse, o is not, f has too few labels, u is undefined."""
    rule = PerformanceDrift("auroc")
    windows = {
        "w": measured(value=0.8),
        "o": measured(value=0.9),
        "f": measured(row_count=3),
        "u": measured(value=None, standard_error=None, note="undefined: 0 positives of 1000"),
    }
    return [window_verdict(rule, measured(), windows[letter]) for letter in letters]


def test_a_window_is_worse_when_the_drop_is_significant_and_large_enough():
    found = window_verdict(PerformanceDrift("auroc"), measured(), measured(value=0.85))
    assert found.worse is True
    assert found.drop == pytest.approx(0.05)
    assert found.z == pytest.approx(0.05 / np.hypot(0.01, 0.01))
    assert found.p_value == pytest.approx(stats.norm.sf(found.z))


def test_a_significant_drop_that_is_too_small_is_not_worse():
    window = measured(value=0.885, standard_error=0.001)
    assert window_verdict(PerformanceDrift("auroc"), measured(standard_error=0.001), window).worse is False


def test_a_drop_of_exactly_the_smallest_counts():
    reference, window = measured(value=0.95, standard_error=0.001), measured(value=0.93, standard_error=0.001)
    assert window_verdict(PerformanceDrift("auroc"), reference, window).worse is True


def test_a_large_drop_on_noise_is_not_worse():
    window = measured(value=0.85, standard_error=0.05)
    assert window_verdict(PerformanceDrift("auroc"), measured(), window).worse is False


def test_a_design_effect_widens_the_window():
    rule, window = PerformanceDrift("auroc"), measured(value=0.86)
    assert window_verdict(rule, measured(), window).worse is True
    assert window_verdict(rule, measured(), window, design_effect=9.0).worse is False


def test_an_error_metric_is_worse_when_it_rises_by_five_percent():
    rule = PerformanceDrift("rmse")
    reference = measured("rmse", 10.0, 0.01)
    assert window_verdict(rule, reference, measured("rmse", 10.4, 0.01)).worse is False
    assert window_verdict(rule, reference, measured("rmse", 10.6, 0.01)).worse is True
    assert window_verdict(rule, reference, measured("rmse", 9.0, 0.01)).worse is False


def test_a_reference_of_zero_has_an_absolute_smallest_rise():
    reference = measured("rmse", 0.0, 0.0)
    found = window_verdict(PerformanceDrift("rmse"), reference, measured("rmse", 0.06, 0.001))
    assert (found.worse, found.threshold) == (True, 0.05)


@pytest.mark.parametrize("name", ["auroc", "accuracy", "brier", "log_loss", "rmse", "mae", "r2"])
def test_no_metric_drifts_against_itself(name):
    rng = np.random.default_rng(1)
    if Task.BINARY in metric(name).tasks:
        truth = rng.integers(0, 2, 200)
        found = measure(name, Task.BINARY, truth, np.clip(0.25 + truth * 0.5 + rng.normal(0, 0.2, 200), 0, 1))
    else:
        truth = rng.normal(size=200)
        found = measure(name, Task.REGRESSION, truth, truth + rng.normal(size=200))
    assert window_verdict(PerformanceDrift(name), found, found).worse is False


def test_too_few_labels_are_neither_ok_nor_drift():
    found = window_verdict(PerformanceDrift("auroc"), measured(), measured(row_count=29), prediction_count=500)
    assert (found.verdict, found.worse) == (Verdict.TOO_FEW_ROWS, None)
    assert found.rule is FindingRule.TOO_FEW_LABELS
    assert [found.values[name] for name in ("label_count", "prediction_count", "min_labels")] == [29, 500, 30]


def test_one_class_is_undefined_and_says_so():
    window = measure("auroc", Task.BINARY, np.zeros(50), np.linspace(0, 1, 50))
    found = window_verdict(PerformanceDrift("auroc"), measured(), window)
    assert (found.verdict, found.rule) == (Verdict.UNDEFINED, FindingRule.METRIC_UNDEFINED)
    assert found.values["reason"] == "undefined: 0 positives of 50"


def test_an_auroc_of_nine_positives_is_too_few_rows():
    found = window_verdict(PerformanceDrift("auroc"), measured(), measured(value=0.5), smallest_class=9)
    assert found.verdict is Verdict.TOO_FEW_ROWS


def test_a_measurement_of_another_metric_is_refused():
    with pytest.raises(InvalidDriftRuleError, match="about auroc and a measurement about accuracy"):
        window_verdict(PerformanceDrift("auroc"), measured(), measured("accuracy"))


def test_a_missing_or_small_reference_is_named():
    rule = PerformanceDrift("auroc")
    assert window_verdict(rule, None, measured()).rule is FindingRule.NO_REFERENCE
    assert window_verdict(rule, measured(row_count=5), measured()).rule is FindingRule.TOO_FEW_REFERENCE_ROWS
    undefined = measured(value=None, standard_error=None, note="undefined: 0 positives of 90")
    found = window_verdict(rule, undefined, measured())
    assert (found.verdict, found.rule) == (Verdict.UNDEFINED, FindingRule.REFERENCE_UNDEFINED)


def test_a_level_needs_no_reference_and_the_whole_interval_below_it():
    rule = PerformanceDrift("accuracy", below=0.7, confidence=0.975)
    for hits in range(40, 71):
        window = measured("accuracy", hits / 100, 0.05, row_count=100)
        expected = wilson(hits, 100, confidence=0.95).high < 0.7
        assert window_verdict(rule, None, window).worse is expected


def test_a_level_of_auroc_is_tested_on_the_logit_scale():
    rule = PerformanceDrift("auroc", below=0.93, confidence=0.975)
    truth = np.repeat([0, 1], [300, 100])
    scores = np.clip(np.random.default_rng(0).normal(0.4 + 0.2 * truth, 0.12), 0, 1)
    window = measure("auroc", Task.BINARY, truth, scores)
    found = window_verdict(rule, None, window)
    assert found.worse is (window.ci_high < 0.93)
    just_inside = PerformanceDrift("auroc", below=window.ci_high + 1e-6, confidence=0.975)
    assert window_verdict(just_inside, None, window).worse is True


def test_a_strict_level_fires_without_a_test_and_not_at_equality():
    rule = PerformanceDrift("accuracy", below=0.7, confidence=None)
    assert window_verdict(rule, None, measured("accuracy", 0.6999)).worse is True
    assert window_verdict(rule, None, measured("accuracy", 0.7)).worse is False
    assert window_verdict(rule, None, measured("accuracy", 0.5)).p_value is None


@pytest.mark.parametrize("metric", ["auroc", "f1", "average_precision"])
def test_a_strict_level_answers_with_few_rows_of_a_class(metric):
    truth, scores = np.repeat([0, 1], [200, 3]), np.linspace(1, 0, 203)  # all positives are ranked last
    window = measure(metric, Task.BINARY, truth, scores)
    found = window_verdict(PerformanceDrift(metric, below=0.7, confidence=None), None, window, smallest_class=3)
    assert (found.worse, found.rule) == (True, FindingRule.BELOW_LEVEL)
    tested = window_verdict(PerformanceDrift(metric, below=0.7), None, window, smallest_class=3)
    assert (tested.worse, tested.rule) == (None, FindingRule.TOO_FEW_OF_A_CLASS)


@pytest.mark.parametrize("name", ["average_precision", "f1", "recall", "balanced_accuracy"])
def test_a_level_of_a_share_is_tested_on_the_logit_scale(name):
    truth = np.repeat([0, 1], [300, 100])
    scores = np.clip(np.random.default_rng(0).normal(0.4 + 0.2 * truth, 0.12), 0, 1)
    window = measure(name, Task.BINARY, truth, scores)
    above, below = (PerformanceDrift(name, below=level) for level in (window.value + 0.15, window.value + 0.01))
    assert window_verdict(above, None, window).worse is True
    assert window_verdict(below, None, window).worse is False


def test_few_rows_of_a_class_are_too_few_for_what_is_measured_by_class():
    found = window_verdict(PerformanceDrift("f1"), measured("f1"), measured("f1"), smallest_class=9)
    assert (found.verdict, found.rule) == (Verdict.TOO_FEW_ROWS, FindingRule.TOO_FEW_OF_A_CLASS)
    assert (found.values["smallest_class"], found.values["min_class"]) == (9, 10)
    assert (
        window_verdict(PerformanceDrift("brier"), measured("brier"), measured("brier"), smallest_class=0).worse is False
    )


def test_a_rule_knows_scikit_learns_name():
    assert PerformanceDrift("roc_auc", below=0.9) == PerformanceDrift("auroc", below=0.9)
    assert PerformanceDrift("root_mean_squared_error", above=3.0).metric == "rmse"


def test_the_largest_error_is_compared_without_a_test_or_not_at_all():
    with pytest.raises(InvalidDriftRuleError, match=r"no standard error.*confidence=None"):
        PerformanceDrift("max_error", above=3.0)
    rule = PerformanceDrift("max_error", above=3.0, confidence=None)
    assert window_verdict(rule, None, measured("max_error", 3.5, None)).worse is True


def test_an_error_metric_may_not_rise_above_its_level():
    rule = PerformanceDrift("rmse", above=3.0)
    assert window_verdict(rule, None, measured("rmse", 3.5, 0.1)).rule is FindingRule.ABOVE_LEVEL
    assert window_verdict(rule, None, measured("rmse", 3.1, 0.1)).rule is FindingRule.LEVEL_KEPT


@pytest.mark.parametrize(
    ("letters", "expected"),
    [
        ("w", Verdict.OK),
        ("ww", Verdict.DRIFT),
        ("wow", Verdict.DRIFT),
        ("woow", Verdict.OK),
        ("wffw", Verdict.DRIFT),
        ("wfuo", Verdict.OK),
        ("wwf", Verdict.TOO_FEW_ROWS),
        ("wwu", Verdict.UNDEFINED),
        ("", Verdict.TOO_FEW_ROWS),
    ],
)
def test_two_of_the_last_three_evaluated_windows_decide(letters, expected):
    assert m_of_n(PerformanceDrift("auroc"), verdicts(*letters)) is expected


def test_a_finding_carries_the_evidence_of_the_newest_window_as_json():
    found = performance_finding(PerformanceDrift("auroc"), verdicts("o", "w", "w"))
    assert found.verdict is Verdict.DRIFT
    assert (found.effect, found.threshold) == (pytest.approx(0.1), 0.02)
    assert found.rule is FindingRule.PERFORMANCE_FELL
    counted = ("windows_worse", "windows_evaluated", "windows_needed", "windows_considered")
    assert [found.values[name] for name in counted] == [2, 3, 2, 3]
    assert json.loads(json.dumps(asdict(found), allow_nan=False)) == asdict(found)


def test_a_finding_without_a_variance_is_still_json():
    exact = measured("mae", 0.0, 0.0)
    worse = window_verdict(PerformanceDrift("mae"), exact, measured("mae", 1.0, 0.0))
    found = performance_finding(PerformanceDrift("mae", m_of_n=(1, 1)), [worse])
    assert (found.verdict, found.statistic, found.p_value) == (Verdict.DRIFT, None, 0.0)


def test_no_window_at_all_is_too_few_rows():
    assert performance_finding(PerformanceDrift("auroc"), []).verdict is Verdict.TOO_FEW_ROWS


def test_an_unchanged_model_is_called_worse_in_at_most_one_of_a_hundred_windows():
    rng = np.random.default_rng(7)
    rule = PerformanceDrift("auroc")

    def sample(row_count):
        truth = (rng.random(row_count) < 0.25).astype(int)
        return measure("auroc", Task.BINARY, truth, stats.norm.cdf(rng.normal(1.466 * truth, 1)))

    worse = sum(
        window_verdict(rule, reference, sample(500)).worse
        for reference in (sample(4000) for _ in range(20))
        for _ in range(20)
    )
    assert worse <= 10  # 1 % of 400 is 4, three standard errors more are 10
