"""Rows of categories that the reference lacks: how many chance brings, and from when on they are too many."""

from collections import Counter
from itertools import combinations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.special import comb

from driftline.drift.unseen import unseen_rows

TABLES = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=6).filter(
    lambda rows: 2 <= sum(map(sum, rows)) <= 11 and all(map(any, zip(*rows, strict=True)))
)


def by_all_assignments(before, after):
    """What is found, and how often, over all ways to choose which rows are the window's."""
    category, totals = np.repeat(np.arange(len(before)), before + after), before + after
    windows = Counter(
        tuple(np.bincount(chosen, minlength=len(totals)).tolist())
        for chosen in combinations(category, int(after.sum()))
    )
    return [(unseen_rows(totals - window, np.array(window)), times) for window, times in windows.items()]


@settings(deadline=None)
@given(TABLES)
@example([(0, 3), (1, 0), (1, 0), (1, 1)])  # few rows of several categories, most of them of one
def test_the_mean_is_exact_and_the_p_value_never_too_small(rows):
    before, after = (np.array(side) for side in zip(*rows, strict=True))
    found, possible = unseen_rows(before, after), by_all_assignments(before, after)
    total = sum(times for _, times in possible)
    assert found.count == after[before == 0].sum()
    assert found.expected == pytest.approx(sum(other.count * times for other, times in possible) / total)
    as_small = sum(times for other, times in possible if other.p_value <= found.p_value * (1 + 1e-9))
    assert as_small / total <= found.p_value * (1 + 1e-9)


def test_a_new_category_alone_has_the_chance_that_all_its_rows_are_the_windows():
    found = unseen_rows(np.array([6000, 4000, 0]), np.array([300, 190, 10]))
    assert found.p_value == pytest.approx(2 * comb(500, 10) / comb(10_500, 10), rel=1e-6)
    assert found.p_value < 1e-12


def test_the_bound_is_near_the_chance_where_rare_categories_are_many():
    random = np.random.default_rng(1)
    names = random.integers(0, 2000, 1300)
    before, after = (np.bincount(side, minlength=2000) for side in (names[:1000], names[1000:]))
    found = unseen_rows(before, after)
    shuffled = [
        unseen_rows(*(np.bincount(side, minlength=2000) for side in (order[:1000], order[1000:]))).count
        for order in (random.permutation(names) for _ in range(400))
    ]
    assert found.expected == pytest.approx(np.mean(shuffled), rel=0.02)
    assert found.p_value > 0.01


def test_one_new_category_is_seen_among_many_rare_ones():
    random = np.random.default_rng(1)
    before, after = (np.bincount(random.integers(0, 2000, rows), minlength=2001) for rows in (1000, 300))
    after[2000] = 10
    assert unseen_rows(before, after).p_value < 0.001


def test_rows_that_are_all_different_are_no_evidence():
    found = unseen_rows(np.repeat([1, 0], [500, 300]), np.repeat([0, 1], [500, 300]))
    assert (found.count, found.expected, found.p_value) == (300, pytest.approx(300), 1.0)


def test_a_reference_of_few_rows_proves_little():
    """A category of 1 % is missing among 100 rows in more than a third of all cases, however many rows follow."""
    found = unseen_rows(np.array([60, 40, 0]), np.array([60_000, 39_000, 1_000]))
    assert found.p_value > 0.3


@pytest.mark.parametrize("rows", [10, 10_000_000])
def test_a_window_of_nothing_but_unseen_rows_is_certain(rows):
    found = unseen_rows(np.array([rows, 0]), np.array([0, rows]))
    assert found.p_value == pytest.approx(4 / comb(2 * rows, rows), rel=1e-6)
    assert found.expected < 0.01
