import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftline.drift import holm_adjusted


def test_holms_own_order():
    assert holm_adjusted([0.01, 0.04, 0.03]) == pytest.approx((0.03, 0.06, 0.06))


def test_no_hypotheses_adjust_to_none():
    assert holm_adjusted([]) == ()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.floats(0.001, 0.5))
def test_adjusted_p_values_reject_what_holms_steps_reject(p_values, alpha):
    rejected = 0
    for step, p_value in enumerate(sorted(p_values)):
        if p_value * (len(p_values) - step) > alpha:
            break
        rejected += 1
    assert sum(adjusted <= alpha for adjusted in holm_adjusted(p_values)) == rejected
