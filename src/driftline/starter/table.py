"""The table of a user: a file, how it is read, and its rows."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import fsspec
import pandas as pd

from driftline.datasets import plain_frame
from driftline.starter.errors import unreadable_table

PARQUET = (".parquet", ".pq")
SHEETS = (".xlsx", ".xls", ".ods")
SEPARATORS = ",;\t|"
_DECIMAL_COMMA, _WHOLE = r"[-+]?[0-9]+,[0-9]+", r"[-+]?[0-9]+"


@dataclass(frozen=True, kw_only=True)
class SourceTable:
    """A file with a table.

    Attributes:
        path: the file, absolute.
        options: what `pandas.read_csv` needs beside the path; None for Parquet.
        frame: its rows, in plain storage.
    """

    path: Path
    options: Mapping[str, object] | None
    frame: pd.DataFrame = field(repr=False)


def read_table(path: Path) -> SourceTable:
    """Return the table in a CSV or Parquet file; the separator and the decimal sign of a CSV are those that fit.

    Raises:
        SourceTableError: there is no such file, or it holds no table.
    """
    path = path.resolve()
    if path.suffix.lower() in SHEETS:
        raise unreadable_table(path, "it is a spreadsheet")
    try:
        if path.suffix.lower() in PARQUET:
            options, frame = None, pd.read_parquet(path)
        else:
            options, frame = _read_csv(path)
    except (OSError, ValueError, csv.Error) as error:  # what pandas and Arrow raise where they cannot parse is one
        raise unreadable_table(path, error) from error
    if frame.empty:
        raise unreadable_table(path, "it has no rows")
    return SourceTable(path=path, options=options, frame=plain_frame(frame))


def _read_csv(path: Path) -> tuple[dict[str, object], pd.DataFrame]:
    """Return the options that fit, and the rows that are read with them."""
    options: dict[str, object] = {"low_memory": False}  # one type for a column, not one for each piece of the file
    separator = _separator(path)
    if separator != ",":
        options["sep"] = separator
    frame = pd.read_csv(path, **options)  # type: ignore[call-overload]
    if separator != "," and any(_has_decimal_commas(values) for _, values in frame.items()):
        options["decimal"] = ","
        frame = pd.read_csv(path, **options)  # type: ignore[call-overload]
    return options, frame


def _separator(path: Path) -> str:
    """Return the sign that parts the first line into most columns; the comma where several do."""
    with fsspec.open(str(path), "rt", compression="infer", encoding="utf-8-sig", newline="") as file:
        line = file.readline()
    return max(SEPARATORS, key=lambda sign: len(next(csv.reader([line], delimiter=sign), [])))


def _has_decimal_commas(values: pd.Series) -> bool:
    present = values.dropna()
    if values.dtype != "str" or present.empty:
        return False
    return bool(present.str.fullmatch(f"{_DECIMAL_COMMA}|{_WHOLE}").all() and present.str.contains(",").any())
