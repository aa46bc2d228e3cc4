"""The quality of a table before a model is trained on it: what speaks against it, in sentences."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from driftline.datasets.errors import InvalidColumnError, InvalidTargetError, MissingColumnError, TargetClassError
from driftline.datasets.schema import Column, schema_changes, schema_of
from driftline.datasets.target import Target, encode, task_of
from driftline.metrics import Task

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
    frame: pd.DataFrame, target: Target, *, previous_schema: tuple[Column, ...] | None = None
) -> tuple[Problem, ...]:
    """Return what speaks against training on `frame`; empty when nothing does.

    Args:
        frame: the table, target column included.
        target: the column to learn.
        previous_schema: the schema of the version before; None: there is none to compare with.
    """
    doubled = sorted({str(name) for name in frame.columns[frame.columns.duplicated()]})
    if doubled:
        sentence = f"Several columns are named {', '.join(map(repr, doubled))}. Rename or drop all but one."
        return (Problem(check="column_names", sentence=sentence),)
    return (*_rows(frame), *_target(frame, target), *_schema(frame, previous_schema))


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


def _schema(frame: pd.DataFrame, previous: tuple[Column, ...] | None) -> Iterator[Problem]:
    try:
        schema = schema_of(frame)
    except InvalidColumnError as error:
        yield Problem(check="column_types", sentence=str(error))
        return
    for change in schema_changes(previous, schema) if previous is not None else ():
        remedy = "Restore it at the source, or train a new model on the new schema."
        yield Problem(check="schema", sentence=f"{change} {remedy}")
