"""The rows that trials are judged by: no row is on both sides, and in time none is older than one to learn from."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from driftline.metrics import Task
from driftline.tuning.errors import InvalidSearchError
from driftline.tuning.validation import check_folds, random_folds, time_folds

COUNTS = st.integers(1, 5)


@settings(deadline=None)
@given(st.lists(st.integers(0, 2), min_size=20, max_size=200), COUNTS, st.integers(0, 9))
def test_each_fold_parts_all_rows_and_several_share_them_out(target, count, seed):
    folds = random_folds(np.array(target), task=Task.MULTICLASS, share=0.25, count=count, seed=seed)
    assert len(folds) == count
    for fold in folds:
        assert sorted([*fold.training, *fold.validation]) == list(range(len(target)))
    if count > 1:
        assert sorted(np.concatenate([fold.validation for fold in folds])) == list(range(len(target)))


@settings(deadline=None)
@given(st.integers(10, 90), st.integers(0, 9))
def test_classes_are_spread_as_in_all_rows(rare, seed):
    target = np.repeat([0, 1], [400 - rare, rare])
    for fold in (
        *random_folds(target, task=Task.BINARY, share=0.2, count=1, seed=seed),
        *random_folds(target, task=Task.BINARY, share=0.2, count=5, seed=seed),
    ):
        assert abs(target[fold.validation].sum() - rare / 5) <= 1
        assert abs(len(fold.validation) - 80) <= 1


def test_numbers_are_spread_as_in_all_rows():
    target = np.random.default_rng(0).normal(size=1000)
    [fold] = random_folds(target, task=Task.REGRESSION, share=0.2, count=1, seed=0)
    below = (target[fold.validation] < np.quantile(target, 0.1)).sum()
    assert abs(below - 20) <= 1


@settings(deadline=None)
@given(st.lists(st.integers(0, 30), min_size=60, max_size=120), COUNTS, st.integers(0, 9))
def test_no_group_stands_on_both_sides(groups, count, seed):
    groups = np.array([*groups, *range(10)])
    target = np.arange(len(groups)) % 2
    for fold in random_folds(target, task=Task.BINARY, share=0.3, count=count, seed=seed, groups=groups):
        assert not set(groups[fold.training]) & set(groups[fold.validation])


@given(st.permutations(range(60)), COUNTS)
def test_in_time_each_row_to_learn_from_is_older(order, count):
    times = np.array(order)
    folds = time_folds(times, share=0.2, count=count)
    for fold in folds:
        assert times[fold.training].max() < times[fold.validation].min()
    assert times[folds[-1].validation].max() == 59
    if count == 1:
        assert len(folds[0].validation) == 12


def test_rows_of_one_time_stand_on_one_side():
    times = np.repeat([0, 1, 2, 3], [10, 10, 10, 10])
    [fold] = time_folds(times, share=0.15, count=1)
    assert set(times[fold.validation]) == {3}


@pytest.mark.parametrize(
    ("make", "fault"),
    [
        (lambda: time_folds(np.zeros(10), share=0.2, count=1), "0 rows would be left to learn from"),
        (lambda: random_folds(np.arange(2), task=Task.BINARY, share=0.2, count=1, seed=0), "0 to be measured on"),
        (lambda: random_folds(np.arange(4) % 2, task=Task.BINARY, share=0.2, count=9, seed=0), "0 to be measured on"),
    ],
)
def test_folds_without_rows_are_refused(make, fault):
    with pytest.raises(InvalidSearchError, match=fault):
        make()


def test_folds_with_one_class_are_refused():
    target = np.repeat([0, 1], [50, 50])
    folds = time_folds(np.arange(100), share=0.2, count=1)
    with pytest.raises(InvalidSearchError, match="20 rows that a fold would be measured on have one class alone"):
        check_folds(folds, target, Task.BINARY)
    check_folds(folds, target, Task.REGRESSION)
