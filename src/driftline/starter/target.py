"""What kind of value a column is to be predicted as, and why it is taken so."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandas.api import types

from driftline.datasets import Label, value_text
from driftline.metrics import Task
from driftline.starter.errors import no_target, not_numbers, too_few_of_a_class

MOST_CLASSES = 100  # of text; a column with more is a name, or an amount that was not read as a number
MOST_NUMBERED_CLASSES, ROWS_A_CLASS = 20, 10  # whole numbers of few values that come again and again are classes
LEAST_OF_A_CLASS = 10  # rows of each of two classes
_SIGNS = r"[\s,'%$€£¥]"  # that stand in amounts beside the digits
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
        SourceTableError: it holds times, one value only, hardly any rows of one of two classes, numbers that are
            written as texts, or nothing that could come again.
    """
    column, present = str(labels.name), labels.dropna()
    counts = present.value_counts()
    counts = counts[counts > 0]  # a categorical column also has the categories that do not occur
    if types.is_datetime64_any_dtype(present.dtype):
        raise no_target(column, "holds times, which are not predicted")
    if len(counts) < 2:
        held = "no value" if counts.empty else f"only {_shown(counts.index[0])}"
        raise no_target(column, f"holds {held}, so there is nothing to tell apart")
    is_number = types.is_numeric_dtype(present.dtype) and not types.is_bool_dtype(present.dtype)
    if is_number and not _are_classes(present, len(counts)):
        finite = present[np.isfinite(present.to_numpy(dtype=np.float64))]
        reason = f"{len(counts):,} different numbers from {finite.min():g} to {finite.max():g}."
        return TargetChoice(column=column, task=Task.REGRESSION, reason=reason)
    if not is_number and len(counts) > 2:
        _refuse_amounts(column, present)
    if not is_number and len(counts) > min(MOST_CLASSES, len(present) // 2):
        raise no_target(column, f"holds {len(counts):,} different texts in {len(present):,} rows, too many for classes")
    return _classes(column, counts, is_number=is_number)


def _are_classes(present: pd.Series, distinct: int) -> bool:
    whole = bool((present % 1 == 0).all())
    return whole and distinct <= MOST_NUMBERED_CLASSES and len(present) >= ROWS_A_CLASS * distinct


def _classes(column: str, counts: pd.Series, *, is_number: bool) -> TargetChoice:
    held = ", ".join(f"{_shown(value)} ({_rows(count)})" for value, count in counts.head(5).items())
    more = "" if len(counts) <= 5 else f" and {len(counts) - 5} more"
    amount = ' If they are amounts, write task="regression".' if is_number and len(counts) > 2 else ""
    if len(counts) > 2:
        reason = f"{len(counts)} classes: {held}{more}.{amount}"
        return TargetChoice(column=column, task=Task.MULTICLASS, reason=reason)
    if counts.min() < LEAST_OF_A_CLASS:
        raise too_few_of_a_class(column, _shown(counts.idxmin()), int(counts.min()), LEAST_OF_A_CLASS)
    positive = next((value for value in counts.index if str(value).strip().lower() in YES), counts.index[-1])
    rarer = "" if str(positive).strip().lower() in YES else ", the rarer one"
    reason = f"Two classes: {held}. The model gives the probability of {_shown(positive)}{rarer}."
    return TargetChoice(column=column, task=Task.BINARY, positive_class=_plain(positive), reason=reason)


def _refuse_amounts(column: str, texts: pd.Series) -> None:
    """Raise where texts are numbers that are written with signs, or numbers with other texts among them."""
    texts = texts.astype("str")
    numbers = pd.to_numeric(texts.str.replace(_SIGNS, "", regex=True), errors="coerce")
    if numbers.notna().mean() < 0.9:
        return
    odd = texts[pd.to_numeric(texts, errors="coerce").isna()]
    if not odd.empty:
        raise not_numbers(column, odd.iloc[0])


def _rows(count: int) -> str:
    return f"{count:,} {'row' if count == 1 else 'rows'}"


def _plain(label: object) -> Label:
    """Return a label as a value of Python, whole where it is a whole number."""
    plain = label.item() if isinstance(label, np.generic) else label
    whole: Label = int(plain) if isinstance(plain, float) and plain.is_integer() else plain  # type: ignore[assignment]
    return whole


def _shown(label: object) -> str:
    return value_text(_plain(label))
