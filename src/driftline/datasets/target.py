"""The target: the column a model learns to say, and how its values become numbers."""

from dataclasses import KW_ONLY, dataclass

import numpy as np
import pandas as pd
from pandas.api import types

from driftline.datasets.errors import (
    MissingColumnError,
    TargetClassError,
    missing_target,
    no_positive_class,
    unfit_target,
    unknown_task,
)
from driftline.datasets.storage import plain_column
from driftline.metrics import Task

Label = str | int | float | bool


@dataclass(frozen=True)
class Target:
    """The column to predict.

    Attributes:
        column: its name.
        positive_class: the class whose probability a binary model says; all other classes together are the
            rest.
        task: what kind of value it is: "binary", "multiclass" or "regression". None: binary where a positive class is
            given, else from the values (`task_of`).

    Raises:
        InvalidTargetError: there is no such task, or it has no positive class.
    """

    column: str
    _: KW_ONLY
    positive_class: Label | None = None
    task: Task | None = None

    def __post_init__(self) -> None:
        if self.task is not None and self.task not in set(Task):
            raise unknown_task(self.column, self.task, [str(task) for task in Task])
        if self.task is not None:
            object.__setattr__(self, "task", Task(self.task))
        if self.positive_class is not None and self.declared_task is not Task.BINARY:
            raise no_positive_class(self.column, self.positive_class, str(self.task))

    @property
    def declared_task(self) -> Task | None:
        """Return the task that the declaration says; None where the values of the column decide."""
        return Task.BINARY if self.task is None and self.positive_class is not None else self.task


def task_of(target: Target, frame: pd.DataFrame) -> Task:
    """Return the declared task, or the one that the values of the target column suggest.

    Text, categories and booleans are classes: binary up to two of them, multiclass otherwise. Numbers are
    binary if they are only 0 and 1, else regression: integer classes need a declared task.

    Raises:
        MissingColumnError: `frame` lacks the column.
    """
    if target.declared_task is not None:
        return target.declared_task
    labels = _labels(target, frame)
    if all(isinstance(label, (str, bool)) for label in labels):
        return Task.BINARY if len(labels) <= 2 else Task.MULTICLASS
    return Task.BINARY if set(labels) == {0, 1} else Task.REGRESSION


def classes_of(target: Target, frame: pd.DataFrame) -> tuple[Label, ...]:
    """Return the classes in the order of their indexes; empty for a regression.

    Binary: the negative class, then the positive one: the declared one, else the last in sorted order. With more than
    two classes and a declared positive one, the negative class is the rest, named by `rest_of`. Multiclass: sorted.

    Raises:
        MissingColumnError: `frame` lacks the column.
        TargetClassError: the positive class does not occur, or the classes are not two where none is declared
            positive.
    """
    task = task_of(target, frame)
    if task is Task.REGRESSION:
        return ()
    labels = _labels(target, frame)
    if task is Task.MULTICLASS:
        return labels
    if target.positive_class is None:
        if len(labels) != 2:
            fault = f"has {len(labels)} classes, a binary target has two"
            raise TargetClassError(target.column, fault, labels, "Declare positive_class or another task.")
        return labels
    if target.positive_class not in labels:
        fault = f"never holds the positive class {target.positive_class!r}"
        raise TargetClassError(target.column, fault, labels, "Declare one of these; mind spaces and full stops.")
    others = [label for label in labels if label != target.positive_class]
    positive = labels[labels.index(target.positive_class)]
    return (others[0] if len(others) == 1 else rest_of(positive), positive)


def rest_of(positive_class: Label) -> str:
    """Return the name of all classes but the positive one."""
    return f"not {positive_class}"


def encode(target: Target, frame: pd.DataFrame, *, classes: tuple[Label, ...] | None = None) -> np.ndarray:
    """Return the target of each row as a number, shape (n_rows,).

    Binary: int64, 1 for the positive class and 0 for the other or the rest. Multiclass: int64 positions in
        the
    classes. Regression: float64.

    Args:
        target: the column and how to read it.
        frame: the rows; each must have a target.
        classes: the classes that a model knows, so that new rows get its numbers even where a class does not
            occur; None: `classes_of` these rows.

    Raises:
        MissingColumnError: `frame` lacks the column.
        InvalidTargetError: a target is missing or infinite.
        TargetClassError: a class is unknown, or the positive class does not occur (only without `classes`).
        InvalidTargetError: a regression's target is not numeric.
    """
    values = _column(target, frame)
    _refuse_missing(target, values)
    if classes == () or (classes is None and task_of(target, frame) is Task.REGRESSION):
        return _numbers(target, values)
    expected = classes_of(target, frame) if classes is None else classes
    positions = _positions(values, expected)
    if (positions < 0).any():
        unknown = dict.fromkeys(values.to_numpy(dtype=object)[positions < 0])
        fault = f"holds classes that are not known: {', '.join(map(repr, unknown))}"
        remedy = f"Known are {', '.join(map(repr, expected))}; correct the rows or train with the new class."
        raise TargetClassError(target.column, fault, _labels(target, frame), remedy)
    return positions


def encode_known(target: Target, frame: pd.DataFrame, *, classes: tuple[Label, ...]) -> np.ndarray:
    """Return the target of each row as `encode` does, as float64, NaN where a model cannot be measured on it.

    That is where the label is missing, is not among `classes`, or, of a regression, is not finite. Shape (n_rows,).

    Args:
        target: the column and how to read it.
        frame: the rows.
        classes: the classes that the model knows; empty for a regression.

    Raises:
        MissingColumnError: `frame` lacks the column.
        InvalidTargetError: a regression's target is not numeric.
    """
    values = _column(target, frame)
    present = values.notna().to_numpy(dtype=bool)
    if not present.any():  # a column without any value has any type
        return np.full(len(values), np.nan)
    if not classes:
        numbers = _numbers(target, values)
        return np.where(np.isfinite(numbers), numbers, np.nan)
    positions = _positions(values, classes)
    return np.where(present & (positions >= 0), positions, np.nan)


def _numbers(target: Target, values: pd.Series) -> np.ndarray:
    """Return the values of a regression, float64, NaN where missing."""
    if not types.is_numeric_dtype(values.dtype) or types.is_bool_dtype(values.dtype):
        raise unfit_target(target.column, str(values.dtype), Task.REGRESSION)
    return values.to_numpy(dtype=np.float64, na_value=np.nan)


def _positions(values: pd.Series, classes: tuple[Label, ...]) -> np.ndarray:
    """Return the index of the class of each value, int64, -1 for one that is not among `classes`."""
    if len(classes) == 2 and classes[0] == rest_of(classes[1]):
        return (values == classes[1]).to_numpy(dtype=np.int64)
    return pd.Index(classes, dtype=object).get_indexer(pd.Index(values.astype(object))).astype(np.int64)


def _column(target: Target, frame: pd.DataFrame) -> pd.Series:
    if target.column not in frame.columns:
        raise MissingColumnError([target.column], frame.columns)
    return plain_column(frame[target.column])


def _refuse_missing(target: Target, values: pd.Series) -> None:
    unusable = values.isna().to_numpy(dtype=bool)
    if types.is_float_dtype(values.dtype):
        unusable = unusable | np.isinf(values.to_numpy(dtype=np.float64, na_value=np.nan))
    if unusable.any():
        rows = np.flatnonzero(unusable)
        raise missing_target(target.column, len(rows), rows.tolist())


def _labels(target: Target, frame: pd.DataFrame) -> tuple[Label, ...]:
    """Return the distinct values that occur, sorted, as Python values."""
    labels = _column(target, frame).dropna().astype(object).unique().tolist()
    return tuple(sorted(labels, key=lambda label: (isinstance(label, str), label)))
