"""The parts of the training rows that trials are chosen by: the newest ones, or a stratified share at random."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from driftline.metrics import Task
from driftline.tuning.errors import unfit_validation

_STRATA = 10  # of numbers: equal parts of the rows by the target


@dataclass(frozen=True, kw_only=True, eq=False)
class Fold:
    """Places of rows: those that a trial learns from, and those that it is measured on.

    Attributes:
        training: shape (n_training,).
        validation: shape (n_validation,).
    """

    training: np.ndarray
    validation: np.ndarray


def random_folds(
    target: np.ndarray, *, task: Task, share: float, count: int, seed: int, groups: np.ndarray | None = None
) -> tuple[Fold, ...]:
    """Return folds at random, in each of which the target is spread as in all rows, and no group stands on both sides.

    Args:
        target: encoded, shape (n_rows,).
        task: what it is.
        share: of the rows that one fold is measured on; several folds part all rows among them.
        count: how many folds.
        seed: of the choice.
        groups: what each row belongs to, shape (n_rows,); None: rows are independent. A group counts as one row with
            the target of its first one.

    Raises:
        InvalidSearchError: a fold would have no rows.
    """
    codes = np.arange(len(target)) if groups is None else pd.factorize(pd.Series(groups), use_na_sentinel=False)[0]
    _, first = np.unique(codes, return_index=True)
    places = _stratified_places(_strata(target[first], task), seed)
    is_chosen = np.floor((places + 1) * share) > np.floor(places * share)
    fold_of = places % count if count > 1 else np.where(is_chosen, 0, 1)
    sides = fold_of[codes]
    return tuple(_fold(sides != number, sides == number) for number in range(count))


def time_folds(times: np.ndarray, *, share: float, count: int) -> tuple[Fold, ...]:
    """Return folds in time: every row that a trial learns from is older than every row that it is measured on.

    One fold is measured on the newest rows, by their share; of several, each is measured on a block of equal length and
    learns from all rows before it, the first one from as many.

    Args:
        times: of the rows, which compare with each other, shape (n_rows,).
        share: of the rows that one fold is measured on.
        count: how many folds.

    Raises:
        InvalidSearchError: a fold would have no rows, since too many have one time.
    """
    ordered, size = np.sort(times), len(times)
    borders = [1 - share, 1.0] if count == 1 else [(1 + number) / (count + 1) for number in range(count + 1)]
    cuts = [ordered[min(int(np.ceil(border * size)), size - 1)] for border in borders[:-1]]
    ends = [*cuts[1:], None]
    return tuple(
        _fold(times < start, (times >= start) & ((times < end) if end is not None else True))
        for start, end in zip(cuts, ends, strict=True)
    )


def check_folds(folds: tuple[Fold, ...], target: np.ndarray, task: Task) -> None:
    """Refuse folds that say nothing of a classifier: those with one class on a side.

    Raises:
        InvalidSearchError: a fold has one class among the rows to learn from, or to be measured on.
    """
    if task is Task.REGRESSION:
        return
    for fold in folds:
        for what, rows in (("learn from", fold.training), ("be measured on", fold.validation)):
            if len(np.unique(target[rows])) < 2:
                fault = f"the {len(rows)} rows that a fold would {what} have one class alone"
                raise unfit_validation(fault, "Give more rows, a larger share, or fewer folds.")


def _fold(training: np.ndarray, validation: np.ndarray) -> Fold:
    fold = Fold(training=np.flatnonzero(training), validation=np.flatnonzero(validation))
    if not len(fold.training) or not len(fold.validation):
        fault = f"{len(fold.training)} rows would be left to learn from and {len(fold.validation)} to be measured on"
        raise unfit_validation(fault, "Give more rows, times that differ, another share, or fewer folds.")
    return fold


def _strata(target: np.ndarray, task: Task) -> np.ndarray:
    if task is not Task.REGRESSION:
        return target
    ranks = np.argsort(np.argsort(target, kind="stable"), kind="stable")
    return ranks * _STRATA // max(len(target), 1)


def _stratified_places(strata: np.ndarray, seed: int) -> np.ndarray:
    """Return a place for each row, so that the rows of a stratum stand one after the other in random order."""
    shuffled = np.random.default_rng(seed).permutation(len(strata))
    ordered = shuffled[np.argsort(strata[shuffled], kind="stable")]
    places = np.empty(len(strata), dtype=np.intp)
    places[ordered] = np.arange(len(strata))
    return places
