"""Labels as somebody delivers them: brought to one form and checked before anything is stored."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd
from pandas.api import types

from driftline.clock import CLOCK_TOLERANCE, not_a_time, parse_time
from driftline.datasets import Label, column_type, encode, plain_column, plain_frame
from driftline.datasets.errors import MissingColumnError, duplicate_columns, missing_target, not_a_time_column
from driftline.declaration import Declaration
from driftline.ground_truth.errors import conflicting_labels, empty_delivery, future_labels, missing_key
from driftline.metrics import Task
from driftline.rows import key_column, key_texts, normalize_keys
from driftline.rows.errors import unfit_key_type

MODEL_VERSION = "model_version"  # an optional column: which version the labelled predictions came from
SHOWN = 3  # keys that an error names
_ZONE = re.compile(r"(?:Z|[+-]\d{2}:?\d{2})$", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What is known of the columns that labels are joined with.

    Attributes:
        texts: the key columns that hold text.
        numbers: the key columns that hold numbers.
        classes: what the newest model knows; empty for a regression, None before there is a model.
    """

    texts: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    classes: tuple[Label, ...] | None = None


def checked_labels(pipeline: Declaration, expected: Expected, frame: pd.DataFrame, as_of: datetime) -> pd.DataFrame:
    """Return the row key, the label and, where it is given, the model version of each labelled row, by key.

    Times are in UTC, categories are plain; a row that is there twice with the same label is there once.

    Raises:
        MissingColumnError: a column of the key, or the label, is not there.
        InvalidLabelsError: there are no rows.
        InvalidColumnError: times have no zone.
        InvalidLabelsError: a part of a key is missing.
        InvalidColumnError: a key column holds text where the dataset holds numbers, or the other way round.
        InvalidLabelsError: events lie more than CLOCK_TOLERANCE after `as_of`.
        InvalidTargetError: labels are missing or infinite.
        TargetClassError: labels are outside the target's classes.
        InvalidTargetError: labels of a regression are not numbers.
        InvalidColumnError: a column holds what is neither a number, nor text, nor a boolean.
        InvalidLabelsError: a row has two labels.
    """
    labels = _columns(pipeline, frame)
    times = labels[pipeline.time_column]
    if not isinstance(times.dtype, pd.DatetimeTZDtype):
        raise not_a_time_column(pipeline.time_column, f"holds {times.dtype}, not times with a zone")
    for name in pipeline.row_key:
        if labels[name].isna().any():
            raise missing_key(name, int(labels[name].isna().sum()), len(labels))
    labels = normalize_keys(labels, pipeline.row_key)
    _check_key_types(pipeline, expected, labels)
    ahead = labels[pipeline.time_column] > as_of + CLOCK_TOLERANCE
    if ahead.any():
        latest = labels[pipeline.time_column].max()
        raise future_labels(int(ahead.sum()), len(labels), f"{latest:%Y-%m-%dT%H:%MZ}", f"{as_of:%Y-%m-%dT%H:%MZ}")
    labels[pipeline.target.column] = _label_values(pipeline, expected, labels)
    return _once(pipeline, labels)


def from_texts(pipeline: Declaration, expected: Expected, frame: pd.DataFrame) -> pd.DataFrame:
    """Return `frame` with what a text format cannot tell from text: times, numbers and classes; "" is missing.

    Raises:
        InvalidTimeError: a time has no zone, or is not a time.
    """
    read = frame.mask(frame.isin([""])) if len(frame) else frame.copy()
    if pipeline.time_column in read.columns and _is_text(read[pipeline.time_column]):
        read[pipeline.time_column] = _times(read[pipeline.time_column])
    versions = {MODEL_VERSION} if names_versions(pipeline, read) else set()
    for name in (expected.numbers | versions) & set(read.columns):
        read[name] = _numbers(read[name])
    target = pipeline.target.column
    if target in read.columns and _is_text(read[target]):
        read[target] = _classes(pipeline, expected, read[target])
    return read


def names_versions(pipeline: Declaration, frame: pd.DataFrame) -> bool:
    """Return whether labels say which version they are about; a column of the key, or a target, is none of ours."""
    return MODEL_VERSION in frame.columns and MODEL_VERSION not in (*pipeline.row_key, pipeline.target.column)


def same_labels(first: pd.Series, second: pd.Series) -> np.ndarray:
    """Return for each row whether two labels are the same, shape (n_rows,)."""
    return np.asarray(first.to_numpy(dtype=object) == second.to_numpy(dtype=object), dtype=bool)


def _columns(pipeline: Declaration, frame: pd.DataFrame) -> pd.DataFrame:
    wanted = [*pipeline.row_key, pipeline.target.column]
    if not frame.columns.is_unique:
        raise duplicate_columns(dict.fromkeys(map(str, frame.columns[frame.columns.duplicated()])))
    missing = [name for name in wanted if name not in frame.columns]
    if missing:
        raise MissingColumnError(missing, frame.columns)
    if frame.empty:
        raise empty_delivery(pipeline.name)
    optional = [MODEL_VERSION] if names_versions(pipeline, frame) else []
    return plain_frame(frame[[*wanted, *optional]].reset_index(drop=True))


def _check_key_types(pipeline: Declaration, expected: Expected, labels: pd.DataFrame) -> None:
    for name in pipeline.entity:
        column_type(name, labels[name])
        text = _is_text(labels[name])
        if (text and name in expected.numbers) or (not text and name in expected.texts):
            raise unfit_key_type(name, str(labels[name].dtype), "text" if name in expected.texts else "numbers")
    if names_versions(pipeline, labels) and _is_text(labels[MODEL_VERSION]):
        raise unfit_key_type(MODEL_VERSION, str(labels[MODEL_VERSION].dtype), "numbers")


def _label_values(pipeline: Declaration, expected: Expected, labels: pd.DataFrame) -> pd.Series:
    """Return the labels as plain values, each of which the target may have."""
    name = pipeline.target.column
    values = key_column(labels[name])
    unusable = values.isna().to_numpy(dtype=bool)
    if types.is_float_dtype(values.dtype):
        unusable = unusable | np.isinf(values.to_numpy(dtype=np.float64, na_value=np.nan))
    if unusable.any():
        rows = np.flatnonzero(unusable)
        raise missing_target(name, len(rows), rows.tolist())
    column_type(name, values)
    classes = () if pipeline.target.task is Task.REGRESSION else expected.classes
    if classes is not None:
        encode(pipeline.target, pd.DataFrame({name: values}), classes=classes)
    return values.astype(np.float64) if classes == () else values


def _once(pipeline: Declaration, labels: pd.DataFrame) -> pd.DataFrame:
    key = list(pipeline.row_key)
    labels = labels.drop_duplicates(ignore_index=True).sort_values(key, kind="stable", ignore_index=True)
    said = labels.drop_duplicates([*key, pipeline.target.column])
    doubled = said[said.duplicated(key, keep=False)]
    if len(doubled):
        rows = doubled.drop_duplicates(key)
        raise conflicting_labels(len(rows), key_texts(rows.head(SHOWN), key))
    return labels


def _times(texts: pd.Series) -> pd.Series:
    """Return the times that texts name; a bare date is refused, too: it says no zone."""
    given = texts.dropna().astype(str)
    naive = given[~given.str.contains(_ZONE)]
    if len(naive):
        raise not_a_time(str(naive.iloc[0]))
    times = pd.to_datetime(texts, utc=True, format="ISO8601", errors="coerce")
    wrong = given[times[given.index].isna()]
    if len(wrong):
        parse_time(str(wrong.iloc[0]))
        raise not_a_time(str(wrong.iloc[0]))
    return times


def _classes(pipeline: Declaration, expected: Expected, texts: pd.Series) -> pd.Series:
    """Return the classes or numbers that texts stand for; a text that stands for none stays."""
    if expected.classes == () or pipeline.target.task is Task.REGRESSION:
        return _numbers(texts)
    named: Mapping[str, Label] = {str(label): label for label in expected.classes or ()}
    return texts.astype(object).map(lambda text: named.get(text, text), na_action="ignore")


def _numbers(column: pd.Series) -> pd.Series:
    """Return the numbers that texts stand for; unchanged where one stands for none."""
    numbers = pd.to_numeric(column, errors="coerce")
    return numbers if numbers.notna().equals(column.notna()) else column


def _is_text(column: pd.Series) -> bool:
    return plain_column(column).dtype == "str"
