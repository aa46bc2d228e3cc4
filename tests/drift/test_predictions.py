"""Drift of predictions: what is compared, what is found, and what is no evidence."""

from dataclasses import replace

import numpy as np
import pytest

from driftline import DataDrift, PredictionDrift
from driftline.clock import InvalidTimeError
from driftline.drift import Verdict, prediction_columns
from driftline.drift.column_limits import ColumnLimits
from driftline.drift.errors import InvalidDriftRuleError
from driftline.drift.predictions import prediction_findings
from driftline.drift.verdict import FindingRule
from driftline.metrics import Task
from driftline.profiles import count_columns, profile_columns

RULE = PredictionDrift()


def report(reference, window, task=Task.BINARY, classes=("no", "yes"), rule=RULE):
    """The findings by name, of scores against those of a holdout."""
    profile = profile_columns(prediction_columns(task, reference, classes))
    counts = count_columns(profile, prediction_columns(task, window, classes))
    return {found.name: found for found in prediction_findings(profile, counts, rule)}


def softmax(logits):
    return np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)


def test_probabilities_and_predicted_classes_are_compared():
    random = np.random.default_rng(1)
    found = report(random.beta(2, 4, 4000), random.beta(3, 4, 2000))
    assert {name: one.verdict for name, one in found.items()} == {"probability": "drift", "predicted class": "drift"}
    assert {one.kind for one in found.values()} == {"prediction"}
    assert (found["probability"].reference_rows, found["probability"].analysis_rows) == (4000, 2000)


def test_each_class_of_several_has_a_finding():
    random = np.random.default_rng(2)
    logits = random.normal(size=(3000, 3))
    shifted = random.normal((0.0, 0.0, 1.0), size=(1000, 3))
    found = report(softmax(logits), softmax(shifted), Task.MULTICLASS, ("oak", "pine", "elm"))
    assert list(found) == ["probability of oak", "probability of pine", "probability of elm", "predicted class"]
    assert found["probability of elm"].verdict is Verdict.DRIFT


def test_predicted_numbers_are_compared_as_they_are():
    random = np.random.default_rng(3)
    found = report(random.normal(size=2000), random.normal(0.5, 1, 1000), Task.REGRESSION, ())
    assert list(found) == ["prediction"]
    assert found["prediction"].effect == pytest.approx(0.5, abs=0.1)


def test_predictions_do_not_drift_against_themselves_in_any_order():
    scores = np.random.default_rng(4).beta(2, 4, 500)
    found = report(scores, scores[::-1])
    assert {one.verdict for one in found.values()} == {Verdict.OK}
    assert {one.effect for one in found.values()} == {0.0}


def test_at_most_two_percent_of_reports_without_drift_raise_an_alarm():
    rings = 0
    for reference in range(10):
        random = np.random.default_rng([5, reference])
        profile = profile_columns(prediction_columns(Task.BINARY, random.beta(2, 5, 2000), ("no", "yes")))
        for _ in range(30):
            counts = count_columns(profile, prediction_columns(Task.BINARY, random.beta(2, 5, 300), ("no", "yes")))
            rings += any(one.verdict is Verdict.DRIFT for one in prediction_findings(profile, counts, RULE))
    assert rings <= 12  # 2 % of 300 is 6, the 99 % point of Binomial(300, .02) is 12


def test_a_holdout_or_a_window_of_few_rows_is_too_few():
    scores = np.linspace(0.1, 0.9, 200)
    for found in (report(scores[:20], scores), report(scores, scores[:1]), report(scores, scores[:0])):
        assert {one.verdict for one in found.values()} == {Verdict.TOO_FEW_ROWS}


def test_constant_scores_are_ok_and_another_constant_is_drift():
    same, other = (report(np.full(100, 0.2), np.full(100, score)) for score in (0.2, 0.3))
    assert {one.verdict for one in same.values()} == {Verdict.OK}
    assert (other["probability"].verdict, other["predicted class"].verdict) == (Verdict.DRIFT, Verdict.OK)


def test_without_a_reference_nothing_is_compared_and_the_rule_says_why():
    [found] = prediction_findings(None, {}, RULE)
    assert (found.kind, found.verdict, found.p_value) == ("prediction", Verdict.UNDEFINED, None)
    assert found.rule is FindingRule.NO_REFERENCE


def test_the_policy_is_that_of_columns():
    assert ColumnLimits.of(PredictionDrift()) == ColumnLimits.of(DataDrift())
    assert ColumnLimits.of(replace(RULE, min_tvd=0.2)) == ColumnLimits.of(DataDrift(min_tvd=0.2))


@pytest.mark.parametrize("fault", [{"alpha": 1.0}, {"min_rows": 0}, {"min_tvd": 0.0}, {"min_ks": float("nan")}])
def test_a_value_that_makes_no_sense_is_refused(fault):
    with pytest.raises(InvalidDriftRuleError, match=f"PredictionDrift: {next(iter(fault))}"):
        PredictionDrift(**fault)


def test_a_window_without_a_length_is_refused():
    with pytest.raises(InvalidTimeError):
        PredictionDrift(window="week")


def flag_scores(rows, seed=1):
    """Probabilities of a logistic regression on three flags: eight different numbers, one of them exactly a half."""
    flags = np.random.default_rng(seed).integers(0, 2, size=(rows, 3))
    return 1 / (1 + np.exp(-(flags @ np.array([0.7, 0.3, -1.0]))))


def last_bits_changed(scores, seed=2):
    """The same numbers as sums in another order give them."""
    return np.nextafter(scores, np.random.default_rng(seed).integers(0, 2, scores.shape))


@pytest.mark.parametrize("rows", [60, 400, 5000])
@pytest.mark.parametrize("changed", [last_bits_changed, np.float32, lambda scores: scores])
@pytest.mark.parametrize("before", [last_bits_changed, lambda scores: scores])
def test_predictions_that_differ_by_rounding_are_the_same(rows, changed, before):
    reference, window = flag_scores(rows), flag_scores(500, seed=3)
    expected = report(reference, window)
    found = report(before(reference), np.asarray(changed(window), dtype=float))
    assert {name: one.verdict for name, one in found.items()} == {"probability": "ok", "predicted class": "ok"}
    for name, one in found.items():
        assert (one.effect, one.p_value) == (pytest.approx(expected[name].effect, abs=1e-6), expected[name].p_value)


def test_classes_that_tie_but_for_rounding_are_the_first_one():
    scores = np.full((400, 3), 1 / 3)
    found = report(scores, last_bits_changed(scores), Task.MULTICLASS, ("oak", "pine", "elm"))
    assert {one.verdict for one in found.values()} == {Verdict.OK}
