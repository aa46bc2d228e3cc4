"""Errors one by one: the promise on false alarms, the delay of true ones, and what the finding says."""

import json
from dataclasses import asdict

import numpy as np
import pytest

from driftline import PerformanceDrift
from driftline.drift import Verdict, e_detector
from driftline.drift.e_detector import allowed_loss
from driftline.drift.errors import InvalidDriftRuleError
from driftline.drift.sequential import sequential_finding
from driftline.drift.verdict import FindingRule
from driftline.metrics import Measurement, wilson

RULE = PerformanceDrift("accuracy", method="sequential", arl=1000)
HOLDOUT = Measurement(metric="accuracy", value=0.8, ci_low=0.78, ci_high=0.82, standard_error=0.01, row_count=1600)


def errors(seed, rows, rate=0.2):
    return (np.random.default_rng(seed).random(rows) < rate).astype(float)


def said(losses, in_window=100, rule=RULE, reference=HOLDOUT, label_count=None):
    path = e_detector(losses, reference=allowed_loss(reference), arl=rule.arl)
    count = len(losses) if label_count is None else label_count
    found = sequential_finding(rule, reference, path, label_count=count, in_window=in_window)
    json.dumps(asdict(found), allow_nan=False)
    return found


def test_alarms_without_drift_are_as_rare_as_promised():
    alarms = sum(len(e_detector(errors([11, i], 5000), reference=0.2, arl=1000).alarms) for i in range(60))
    assert alarms <= 60 * 5000 / 1000


def test_losses_between_zero_and_one_keep_the_promise():
    random = np.random.default_rng(12)
    losses = random.beta(1, 4, size=(40, 5000))  # of mean .2
    alarms = sum(len(e_detector(row, reference=0.2, arl=1000).alarms) for row in losses)
    assert alarms <= 40 * 5000 / 1000


@pytest.mark.parametrize(("rate", "delay"), [(0.25, 1000), (0.30, 400), (0.40, 150)])
def test_more_errors_are_found_within_their_delay(rate, delay):
    found = 0
    for i in range(40):
        path = e_detector(np.append(errors([13, i], 1000), errors([14, i], delay, rate)), reference=0.2, arl=10_000)
        found += bool((path.alarms >= 1000).any())
    assert found >= 34


def test_half_the_errors_raise_no_alarm():
    assert len(e_detector(errors(15, 20_000, rate=0.1), reference=0.2, arl=10_000).alarms) == 0


def test_the_evidence_is_the_sum_over_all_starts_of_the_likelihood_ratio():
    losses, reference = errors(16, 30), 0.2
    by_hand = 0.0
    for rate in (0.22, 0.25, 0.30, 0.40):
        ratios = np.where(losses > 0.5, rate / reference, (1 - rate) / (1 - reference))
        by_hand += sum(np.prod(ratios[start:]) for start in range(30)) / 4
    assert e_detector(losses, reference=reference, arl=1e9).evidence[-1] == pytest.approx(by_hand, rel=2e-3)


def test_it_starts_anew_after_an_alarm():
    path = e_detector(np.ones(40), reference=0.2, arl=1000)
    assert len(path.alarms) > 2
    assert path.evidence[path.alarms[0] + 1] < 10


def test_what_it_says_of_a_day_does_not_depend_on_later_ones():
    losses = errors(17, 3000, rate=0.25)
    assert said(losses, label_count=1200) == said(losses[:1200])


def test_no_labels_are_no_path():
    assert len(e_detector(np.array([]), reference=0.2, arl=1000).evidence) == 0
    assert said(np.array([]), in_window=0).verdict is Verdict.TOO_FEW_ROWS


def test_the_finding_states_its_evidence_and_its_promise():
    found = said(np.append(errors(18, 1000), errors(19, 200, rate=0.6)), in_window=200)
    assert (found.kind, found.verdict, found.method, found.analysis_rows) == (
        "performance",
        "drift",
        "e-detector",
        1200,
    )
    assert found.effect >= found.threshold == 1000
    assert found.rule is FindingRule.ALARM
    assert (found.values["label_count"], found.values["arl"]) == (1200, 1000)
    assert found.values["alarms_in_window"] >= 1
    assert found.values["labels_since_alarm"] < 200
    assert found.values["allowed_loss"] == allowed_loss(HOLDOUT)


def test_an_alarm_before_the_window_is_none_of_it():
    losses = np.append(errors(20, 300, rate=0.6), errors(21, 500, rate=0.05))
    assert said(losses, in_window=800).verdict is Verdict.DRIFT
    assert said(losses, in_window=400).verdict is Verdict.OK


def test_too_few_labels_are_no_verdict():
    found = said(errors(22, 29))
    assert (found.verdict, found.rule) == (Verdict.TOO_FEW_ROWS, FindingRule.TOO_FEW_LABELS)
    assert (found.values["label_count"], found.values["min_labels"]) == (29, 30)


def test_without_a_holdout_score_it_is_undefined():
    found = sequential_finding(RULE, None, None, label_count=100, in_window=10)
    assert (found.verdict, found.rule) == (Verdict.UNDEFINED, FindingRule.NO_REFERENCE)


@pytest.mark.parametrize(("name", "value"), [("brier", 0.2), ("accuracy", None)])
def test_a_score_without_a_value_or_a_standard_error_leaves_nothing_to_bet_against(name, value):
    one_row = Measurement(metric=name, value=value, ci_low=None, ci_high=None, standard_error=None, row_count=1)
    assert allowed_loss(one_row) is None
    found = sequential_finding(RULE, one_row, None, label_count=100, in_window=10)
    assert (found.verdict, found.rule) == (Verdict.UNDEFINED, FindingRule.REFERENCE_UNDEFINED)


def test_what_is_allowed_is_the_upper_limit_of_the_holdout():
    assert allowed_loss(HOLDOUT) == wilson(320, 1600, confidence=0.9).high
    brier = Measurement(metric="brier", value=0.15, ci_low=0, ci_high=1, standard_error=0.01, row_count=100)
    assert allowed_loss(brier) == pytest.approx(0.15 + 1.6449 * 0.01)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_a_champion_that_is_never_or_always_right_leaves_something_to_bet_on(value):
    for name in ("accuracy", "brier"):
        perfect = Measurement(metric=name, value=value, ci_low=None, ci_high=None, standard_error=0.0, row_count=50)
        assert 0.0 < allowed_loss(perfect) < 1.0
        assert np.isfinite(e_detector(np.ones(20), reference=allowed_loss(perfect), arl=1e6).evidence).all()


@pytest.mark.parametrize(
    "told",
    [
        {"metric": "auroc", "method": "sequential"},
        {"metric": "accuracy", "method": "sequential", "below": 0.7},
        {"metric": "accuracy", "method": "sequential", "arl": 1},
        {"metric": "accuracy", "method": "cusum"},
    ],
)
def test_a_sequential_rule_that_makes_no_sense_is_refused(told):
    with pytest.raises(InvalidDriftRuleError):
        PerformanceDrift(**told)
