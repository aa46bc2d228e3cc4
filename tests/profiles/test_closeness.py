"""Which numbers are one and the same: those that rounding parts, and no others."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftline.profiles.closeness import intervals, starts_of_distinct

DISTINCT = st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=30, unique=True).map(
    lambda values: np.unique(np.array(values))
)


@given(DISTINCT)
def test_intervals_hold_their_numbers_and_do_not_overlap(numbers):
    lower, upper = intervals(numbers)
    assert (lower < numbers).all()
    assert (numbers <= upper).all()
    assert (upper[:-1] <= lower[1:]).all()


@given(DISTINCT)
def test_the_first_number_starts_a_group_and_groups_lie_apart(numbers):
    starts = starts_of_distinct(numbers)
    assert starts[0] == 0
    again = starts_of_distinct(numbers[starts])
    assert len(again) <= len(starts)


@pytest.mark.parametrize(
    ("numbers", "groups"),
    [
        ([0.3, np.nextafter(0.3, 1)], 1),
        ([0.1, float(np.float32(0.1)), 0.5], 2),
        ([1e9, 1e9 + 1, 1e9 + 2], 3),
        ([20_250_101, 20_250_102], 2),
        ([-0.5, -1e-17, 1e-17, 0.5], 3),
        ([1e-9, 2e-9, 3e-9], 3),
        ([1.0, 2.0, 3.0, 2.0**63], 4),
        ([], 0),
    ],
)
def test_rounding_makes_no_other_number_and_a_small_step_does(numbers, groups):
    assert len(starts_of_distinct(np.array(numbers, dtype=float))) == groups
