"""What kind of value a column is to be predicted as, and why it is taken so."""

from dataclasses import dataclass

import pandas as pd
from pandas.api import types

from driftline.datasets import Label
from driftline.metrics import Task
from driftline.starter.errors import no_target

MOST_CLASSES = 100  # of text; a column with more is a name, or an amount that was not read as a number
MOST_NUMBERED_CLASSES, ROWS_A_CLASS = 20, 10  # whole numbers of few values that come again and again are classes
YES = ("yes", "true", "y", "t", "1", "1.0")
METRICS = {
    Task.BINARY: ("auroc", "log_loss", "brier"),
    Task.MULTICLASS: ("accuracy", "log_loss"),
    Task.REGRESSION: ("rmse", "mae"),
}


@dataclass(frozen=True, kw_only=True)
class TargetChoice:
    """How a column is predicted.

    Attributes:
        column: its name.
        task: what kind of value it is.
        positive_class: of a binary task.
        reason: a sentence.
    """

    column: str
    task: Task
    positive_class: Label | None = None
    reason: str

    @property
    def metrics(self) -> tuple[str, ...]:
        """Return what a model of it is measured by; the first one decides."""
        return METRICS[self.task]


def choose_target(labels: pd.Series) -> TargetChoice:
    """Return how to predict a column; rows without a value do not count.

    Raises:
        SourceTableError: it holds times, one value only, or nothing that could come again.
    """
    column, present = str(labels.name), labels.dropna()
    counts = present.value_counts()
    if types.is_datetime64_any_dtype(present.dtype):
        raise no_target(column, "holds times, which are not predicted")
    if len(counts) < 2:
        held = "no value" if counts.empty else f"only {str(counts.index[0])!r}"
        raise no_target(column, f"holds {held}, so there is nothing to tell apart")
    is_number = types.is_numeric_dtype(present.dtype) and not types.is_bool_dtype(present.dtype)
    if is_number and not _are_classes(present, len(counts)):
        reason = f"{len(counts):,} different numbers from {present.min():g} to {present.max():g}."
        return TargetChoice(column=column, task=Task.REGRESSION, reason=reason)
    if not is_number and len(counts) > min(MOST_CLASSES, len(present) // 2):
        raise no_target(column, f"holds {len(counts):,} different texts in {len(present):,} rows, too many for classes")
    return _classes(column, counts, is_number=is_number)


def _are_classes(present: pd.Series, distinct: int) -> bool:
    whole = bool((present % 1 == 0).all())
    return whole and distinct <= MOST_NUMBERED_CLASSES and len(present) >= ROWS_A_CLASS * distinct


def _classes(column: str, counts: pd.Series, *, is_number: bool) -> TargetChoice:
    held = ", ".join(f"{value!r} ({count:,} rows)" for value, count in counts.head(5).items())
    more = "" if len(counts) <= 5 else f" and {len(counts) - 5} more"
    amount = ' An amount? Then write task="regression".' if is_number and len(counts) > 2 else ""
    if len(counts) > 2:
        reason = f"{len(counts)} classes: {held}{more}.{amount}"
        return TargetChoice(column=column, task=Task.MULTICLASS, reason=reason)
    positive = next((value for value in counts.index if str(value).strip().lower() in YES), counts.index[-1])
    why = "says yes" if str(positive).strip().lower() in YES else "is the rarer one"
    reason = f"Two classes: {held}. The model gives the probability of the one that {why}."
    plain = positive.item() if hasattr(positive, "item") else positive
    return TargetChoice(column=column, task=Task.BINARY, positive_class=plain, reason=reason)
