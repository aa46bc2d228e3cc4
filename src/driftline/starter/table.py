"""The table of a user: a file, how it is read, and its rows."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import fsspec
import pandas as pd

from driftline.datasets import plain_frame
from driftline.starter.errors import unreadable_table

PARQUET = (".parquet", ".pq")
OTHERS = {
    **dict.fromkeys((".xlsx", ".xlsm", ".xls", ".ods"), "it is a spreadsheet"),
    **dict.fromkeys((".json", ".jsonl", ".ndjson"), "it is JSON"),
}
SEPARATORS = ",;\t|"
_SEPARATOR_LINE = "sep="  # how Excel names the separator, in a first line of its own
_LOOKED_AT = 1_000  # rows that tell whether a column of texts holds numbers
_DECIMAL_COMMA, _WHOLE = r"[-+]?[0-9]+,[0-9]+", r"[-+]?[0-9]+"


@dataclass(frozen=True, kw_only=True)
class SourceTable:
    """A file with a table.

    Attributes:
        path: the file, absolute.
        options: what `pandas.read_csv` needs beside the path; None for Parquet.
        doubled: the names that several columns of a CSV have; pandas numbers all but the first.
        has_index: whether a Parquet file keeps columns as the index of pandas, which are columns here.
        frame: its rows, in plain storage.
    """

    path: Path
    options: Mapping[str, object] | None
    doubled: frozenset[str] = frozenset()
    has_index: bool = False
    frame: pd.DataFrame = field(repr=False)


def read_table(path: Path) -> SourceTable:
    """Return the table in a CSV or Parquet file; how a CSV is read is what fits its first line and its columns.

    Raises:
        SourceTableError: there is no such file, or it holds no table.
    """
    path, has_index, doubled = path.resolve(), False, frozenset[str]()
    if path.suffix.lower() in OTHERS:
        raise unreadable_table(path, OTHERS[path.suffix.lower()])
    try:
        if path.suffix.lower() in PARQUET:
            options, frame = None, pd.read_parquet(path)
            has_index = any(name is not None for name in frame.index.names)
            frame = frame.reset_index() if has_index else frame
        else:
            options, frame = _read_csv(path)
            doubled = _doubled(path, options)
    except OSError as error:
        raise unreadable_table(path, error.strerror or error) from error
    except (ValueError, csv.Error) as error:  # what pandas and Arrow raise where they cannot parse is one
        raise unreadable_table(path, error) from error
    if frame.empty:
        raise unreadable_table(path, "it has no rows")
    return SourceTable(path=path, options=options, doubled=doubled, has_index=has_index, frame=plain_frame(frame))


def _read_csv(path: Path) -> tuple[dict[str, object], pd.DataFrame]:
    """Return the options that fit, and the rows that are read with them."""
    # one type for a column, not one for each piece of the file
    options: dict[str, object] = {"low_memory": False, **_layout(path)}
    frame = _read(path, options)
    if "sep" in options and any(_has_decimal_commas(values) for _, values in frame.items()):
        options["decimal"] = ","
        frame = _read(path, options)
    missing = dict(_missing_words(frame))
    if missing:
        options["na_values"] = missing
        frame = _read(path, options)
    return options, frame


def _read(path: Path, options: Mapping[str, object]) -> pd.DataFrame:
    frame: pd.DataFrame = pd.read_csv(path, **options)  # type: ignore[call-overload]
    return frame


def _doubled(path: Path, options: Mapping[str, object]) -> frozenset[str]:
    first = _read(path, {**options, "header": None, "nrows": 1, "na_values": None, "dtype": "str"})
    names = first.iloc[0].dropna()
    return frozenset(names[names.duplicated()])


def _layout(path: Path) -> dict[str, object]:
    """Return how the lines of a CSV are read, by its first ones.

    The separator is the sign that parts the names into most columns, the comma where several do, or what a line of
    Excel says; spaces after it are no part of names and values where each name but the first has one.
    """
    options: dict[str, object] = {}
    with fsspec.open(str(path), "rt", compression="infer", encoding="utf-8-sig", newline="") as file:
        line = file.readline()
        if line.lower().startswith(_SEPARATOR_LINE):
            options["skiprows"], line = 1, file.readline()
    separator = max(SEPARATORS, key=lambda sign: len(_cells(line, sign)))
    if separator != ",":
        options["sep"] = separator
    names = _cells(line, separator)[1:]
    if names and all(name.startswith(" ") for name in names):
        options["skipinitialspace"] = True
    return options


def _cells(line: str, separator: str) -> list[str]:
    return next(csv.reader([line], delimiter=separator), [])


def _missing_words(frame: pd.DataFrame) -> Iterator[tuple[str, list[str]]]:
    """Give the columns of numbers in which one word, such as `?`, stands for what is missing, with that word."""
    for name, values in frame.items():
        if values.dtype != "str" or not _is_mostly_numbers(values.dropna().head(_LOOKED_AT)):
            continue
        words = values[pd.to_numeric(values, errors="coerce").isna()].dropna().unique()
        if len(words) == 1:
            yield str(name), [str(words[0])]


def _is_mostly_numbers(values: pd.Series) -> bool:
    return bool(pd.to_numeric(values, errors="coerce").notna().mean() > 0.5)


def _has_decimal_commas(values: pd.Series) -> bool:
    present = values.dropna()
    if values.dtype != "str" or present.empty:
        return False
    return bool(present.str.fullmatch(f"{_DECIMAL_COMMA}|{_WHOLE}").all() and present.str.contains(",").any())
