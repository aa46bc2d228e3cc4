import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from driftline.metrics import mean_interval, wilson
from driftline.metrics.intervals import logit_interval, normal_interval


def test_wilson_works_without_any_success():
    interval = wilson(0, 10)
    assert interval.low == 0.0
    assert interval.high == pytest.approx(0.2775, abs=5e-5)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_agrees_with_scipy(counts):
    successes, trials = counts
    expected = stats.binomtest(successes, trials).proportion_ci(method="wilson")
    found = wilson(successes, trials)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_the_mean_interval_is_students():
    values = np.array([1.0, 2.0, 4.0, 7.0])
    expected = stats.t.interval(0.9, 3, values.mean(), stats.sem(values))
    found = mean_interval(values.mean(), stats.sem(values), 4, confidence=0.9)
    assert (found.low, found.high) == pytest.approx(expected)


@given(st.floats(0.001, 0.999), st.floats(1e-6, 0.5))
def test_the_logit_interval_stays_inside_and_encloses_its_value(value, standard_error):
    interval = logit_interval(value, standard_error)
    assert 0.0 <= interval.low <= value <= interval.high <= 1.0


def test_the_logit_interval_is_the_normal_one_for_a_small_error():
    logit, normal = logit_interval(0.7, 1e-4), normal_interval(0.7, 1e-4)
    assert (logit.low, logit.high) == pytest.approx((normal.low, normal.high), abs=1e-7)
