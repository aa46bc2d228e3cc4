"""Estimates without labels: right where only the inputs changed, and blind where the truth did."""

import numpy as np
import pytest

from driftline.metrics import Task, estimated, measure
from driftline.metrics.errors import InvalidScoresError
from driftline.plots import calibration_error


def drawn(seed, rows, shift=0.0, slope=1.5, said=1.0):
    """Labels by a logistic truth, and what a model says that learnt it at slope 1.5 (times `said`)."""
    random = np.random.default_rng(seed)
    x = random.normal(shift, 1, rows)
    truth = (random.random(rows) < 1 / (1 + np.exp(-(slope * x - 0.8)))).astype(int)
    return truth, 1 / (1 + np.exp(-said * (1.5 * x - 0.8)))


def gap(metric, truth, scores):
    return abs(estimated(metric, scores).value - measure(metric, Task.BINARY, truth, scores).value)


@pytest.mark.parametrize("metric", ["accuracy", "auroc"])
@pytest.mark.parametrize("shift", [0.0, 0.8, -1.5])
def test_where_only_the_inputs_changed_the_estimate_is_what_labels_say(metric, shift):
    assert gap(metric, *drawn(1, 50_000, shift=shift)) < 0.01


@pytest.mark.parametrize("metric", ["accuracy", "auroc"])
def test_a_truth_that_changed_is_not_seen(metric):
    assert gap(metric, *drawn(2, 50_000, slope=0.5)) > 0.08


def test_an_over_confident_model_is_estimated_too_well():
    truth, scores = drawn(3, 50_000, said=2.0)
    assert estimated("accuracy", scores).value > measure("accuracy", Task.BINARY, truth, scores).value + 0.05


@pytest.mark.parametrize("metric", ["accuracy", "auroc"])
def test_the_interval_holds_what_the_labels_turn_out_to_say(metric):
    random = np.random.default_rng(4)
    scores = random.beta(1.2, 3, 400)
    found = estimated(metric, scores)
    values = [measure(metric, Task.BINARY, random.random(400) < scores, scores).value for _ in range(300)]
    assert found.value == pytest.approx(np.mean(values), abs=0.004)
    assert found.standard_error == pytest.approx(np.std(values), rel=0.15)


def test_the_auroc_is_the_expected_share_of_ordered_pairs():
    scores = np.array([0.2, 0.5, 0.5, 0.9])
    pairs = [(i, j) for i in range(4) for j in range(4) if i != j]
    weight = [scores[i] * (1 - scores[j]) for i, j in pairs]
    ordered = [0.5 * (scores[i] == scores[j]) + (scores[i] > scores[j]) for i, j in pairs]
    assert estimated("auroc", scores).value == pytest.approx(np.dot(weight, ordered) / sum(weight))


def test_certain_probabilities_of_one_class_have_no_auroc():
    found = estimated("auroc", np.zeros(5))
    assert (found.value, found.note) == (None, "undefined: one class only")


def test_no_rows_are_not_estimated():
    assert estimated("accuracy", np.array([])).note == "no rows"
    assert calibration_error([], []).value is None


@pytest.mark.parametrize("wrong", [np.nan, 1.5])
def test_what_is_no_probability_is_refused(wrong):
    with pytest.raises(InvalidScoresError):
        estimated("accuracy", np.array([0.5, wrong]))


def test_the_calibration_error_of_a_calibrated_and_of_an_over_confident_model():
    right, wrong = (calibration_error(*drawn(5, 20_000, said=said)) for said in (1.0, 2.0))
    assert right.value < 0.02 < right.value + 0.05 < wrong.value
    assert wrong.ci_low < wrong.value < wrong.ci_high


def test_few_rows_never_look_calibrated():
    assert calibration_error(*drawn(6, 100)).value > 0.02
