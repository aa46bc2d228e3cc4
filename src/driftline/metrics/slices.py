"""Metrics of some of the rows: those that share a value of a column."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from driftline.metrics.comparison import Comparison, compare
from driftline.metrics.measurement import Measurement, unmeasured
from driftline.metrics.metrics import measure_rows
from driftline.metrics.rows import SMALLEST_CLASS, ScoredRows
from driftline.metrics.task import Task

MOST_VALUES = 20
SMALLEST_SLICE = 50
OTHERS = "(others)"

Texts = npt.NDArray[Any]


@dataclass(frozen=True, kw_only=True)
class Slice:
    """The metrics of the rows that share a value.

    Attributes:
        column: whose value.
        value: as text.
        row_count: labelled rows.
        measurements: one for each metric; without a value and with a note where the slice is too small.
    """

    column: str
    value: str
    row_count: int
    measurements: tuple[Measurement, ...]


@dataclass(frozen=True, kw_only=True)
class SliceComparison:
    """A challenger against a champion on the rows that share a value.

    Attributes:
        column: whose value.
        value: as text.
        comparison: on the first metric; None where the slice is too small.
        too_small: why there is none.
    """

    column: str
    value: str
    comparison: Comparison | None
    too_small: str | None


def measure_slices(metrics: Sequence[str], rows: ScoredRows, values: Mapping[str, Texts]) -> tuple[Slice, ...]:
    """Return the metrics of each slice, by column and value.

    Args:
        metrics: names.
        rows: what was predicted, with its truth.
        values: of each column, as texts, shape (n_rows,). Of more than 20 values, all but the 19 that are seen most
            are one slice.

    A slice of fewer than 50 rows, or of two classes with fewer than 10 rows of one, is too small and says so.
    """
    measured_slices = []
    for column, texts in values.items():
        for value, members in _members(rows, texts):
            small = too_small(members)
            measured = tuple(
                unmeasured(name, members.row_count, f"too small: {small}") if small else measure_rows(name, members)
                for name in metrics
            )
            measured_slices.append(
                Slice(column=column, value=value, row_count=members.row_count, measurements=measured)
            )
    return tuple(measured_slices)


def compare_slices(
    metric: str, champion: ScoredRows, challenger: ScoredRows, values: Mapping[str, Texts]
) -> tuple[SliceComparison, ...]:
    """Return how a challenger compares with a champion on each slice; its arguments are as in `measure_slices`."""
    comparisons = []
    for column, texts in values.items():
        pairs = zip(_members(champion, texts), _members(challenger, texts), strict=True)
        for (value, before), (_, after) in pairs:
            small = too_small(before)
            met = None if small else compare(metric, before.task, before.truth, before.scores, after.scores)
            comparisons.append(SliceComparison(column=column, value=value, comparison=met, too_small=small))
    return tuple(comparisons)


def too_small(rows: ScoredRows) -> str | None:
    """Return why a slice is too small to be measured; None where it is not."""
    if rows.row_count < SMALLEST_SLICE:
        return f"{rows.row_count} of {SMALLEST_SLICE} rows"
    if rows.task is Task.BINARY:
        rarer = int(min(rows.truth.sum(), rows.row_count - rows.truth.sum()))
        if rarer < SMALLEST_CLASS:
            return f"{rarer} of {SMALLEST_CLASS} rows of a class"
    return None


def _members(rows: ScoredRows, texts: Texts) -> list[tuple[str, ScoredRows]]:
    names, place, counts = np.unique(texts, return_inverse=True, return_counts=True)
    if len(names) > MOST_VALUES:
        rare = np.argsort(-counts, kind="stable")[MOST_VALUES - 1 :]
        texts = np.where(np.isin(place, rare), OTHERS, texts)
        names, place = np.unique(texts, return_inverse=True)
    return [(str(name), _those(rows, place == number)) for number, name in enumerate(names)]


def _those(rows: ScoredRows, chosen: npt.NDArray[np.bool_]) -> ScoredRows:
    return ScoredRows(task=rows.task, truth=rows.truth[chosen], scores=rows.scores[chosen])
