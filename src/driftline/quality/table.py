"""What speaks against training on any table, whatever is declared of it, in sentences."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from driftline.datasets import Column, Target, column_type, encode, schema_changes, schema_of, task_of
from driftline.datasets.errors import InvalidColumnError, InvalidTargetError, MissingColumnError, TargetClassError
from driftline.metrics import Task, metric

Check = Literal["rows", "column_names", "column_types", "target", "classes", "schema"]


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing that is wrong with a table.

    Attributes:
        check: what was looked at.
        sentence: what is wrong, with the value, and what to do.
    """

    check: Check
    sentence: str

    def __str__(self) -> str:
        return self.sentence


def check_frame(
    frame: pd.DataFrame,
    target: Target,
    *,
    metrics: tuple[str, ...] = (),
    previous_schema: tuple[Column, ...] | None = None,
) -> tuple[Problem, ...]:
    """Return what speaks against training on `frame`; empty when nothing does.

    Args:
        frame: the table, target column included.
        target: the column to learn.
        metrics: what a model of it is measured by.
        previous_schema: the schema of the version before; None: there is none to compare with.
    """
    doubled = sorted({str(name) for name in frame.columns[frame.columns.duplicated()]})
    if doubled:
        sentence = f"Several columns are named {', '.join(map(repr, doubled))}. Rename or drop all but one."
        return (Problem(check="column_names", sentence=sentence),)
    return (*_rows(frame), *_target(frame, target), *_metrics(frame, target, metrics), *_schema(frame, previous_schema))


def _rows(frame: pd.DataFrame) -> Iterator[Problem]:
    if frame.empty:
        yield Problem(check="rows", sentence="The table has no rows. Check the source and the window that was read.")


def _target(frame: pd.DataFrame, target: Target) -> Iterator[Problem]:
    if target.column in frame.columns and frame.empty:
        return
    try:
        numbers = encode(target, frame)
    except TargetClassError as error:
        yield Problem(check="classes", sentence=str(error))
        return
    except (MissingColumnError, InvalidTargetError) as error:
        yield Problem(check="target", sentence=str(error))
        return
    if task_of(target, frame) is not Task.REGRESSION and numbers.min() == numbers.max():
        only = frame[target.column].iloc[0]
        sentence = (
            f"All {len(frame)} rows have the one class {only!r} in the target column {target.column!r}. "
            "Read a longer window, or one in which other classes occur."
        )
        yield Problem(check="classes", sentence=sentence)


def _metrics(frame: pd.DataFrame, target: Target, metrics: tuple[str, ...]) -> Iterator[Problem]:
    """Give a problem where the task was taken from the values, and what is measured says that another was meant."""
    if target.declared_task is not None or target.column not in frame.columns or frame.empty:
        return
    task = task_of(target, frame)
    unfit = [name for name in metrics if task not in metric(name).tasks]
    if unfit:
        distinct = frame[target.column].nunique()
        sentence = (
            f"The target column {target.column!r} holds {distinct} different values of type "
            f"{column_type(target.column, frame[target.column])} and is taken as {task}, for which the metric "
            f"{unfit[0]!r} is not defined. Declare its task, as Target({target.column!r}, "
            f"task={str(sorted(metric(unfit[0]).tasks)[-1])!r}), or another metric."
        )
        yield Problem(check="target", sentence=sentence)


def _schema(frame: pd.DataFrame, previous: tuple[Column, ...] | None) -> Iterator[Problem]:
    try:
        schema = schema_of(frame)
    except InvalidColumnError as error:
        yield Problem(check="column_types", sentence=str(error))
        return
    for change in schema_changes(previous, schema) if previous is not None else ():
        remedy = 'Restore it at the source, or declare another version, as version="2", to train on the new schema.'
        yield Problem(check="schema", sentence=f"{change} {remedy}")
