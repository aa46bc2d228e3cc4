"""Categories one by one: never surer than the chance of all ways to choose the window's rows, and near it."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import hypergeom

from driftline.drift.moved_category import moved_categories

TABLES = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=6).filter(
    lambda rows: 2 <= sum(map(sum, rows)) <= 11 and all(map(any, zip(*rows, strict=True)))
)


@settings(deadline=None)
@given(TABLES)
def test_the_smallest_p_value_is_never_too_small(rows):
    before, after = (np.array(side) for side in zip(*rows, strict=True))
    found = moved_categories(before, after).p_values.min()
    category = np.repeat(np.arange(len(before)), before + after)
    as_small = []
    for chosen in combinations(range(len(category)), int(after.sum())):
        window = np.bincount(category[list(chosen)], minlength=len(before))
        as_small.append(moved_categories(before + after - window, window).p_values.min() <= found * (1 + 1e-9))
    assert found >= np.mean(as_small) * (1 - 1e-9)


@pytest.mark.parametrize(("before", "after"), [(20, 25), (3000, 400), (0, 6), (60, 0), (5000, 380)])
def test_the_bound_is_near_the_exact_chance_of_a_category(before, after):
    reference, window = np.array([before, 10_000 - before]), np.array([after, 1000 - after])
    total = before + after
    tails = hypergeom.sf(after - 1, 11_000, total, 1000), hypergeom.cdf(after, 11_000, total, 1000)
    p_value = moved_categories(reference, window).p_values[0]
    exact = 2 * 2 * min(tails)  # either way, and the other category is as telling
    assert exact * (1 - 1e-6) <= p_value <= 1.3 * exact


def test_what_did_not_move_is_not_sure():
    moved = moved_categories(np.full(50, 200), np.full(50, 20))
    assert moved.p_values.min() == 1.0
    np.testing.assert_allclose(moved.changes, 0.0, atol=1e-12)
