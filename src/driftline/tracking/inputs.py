"""Which data a run used: its digest, its schema and its statistics."""

import hashlib
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from driftline.datasets import content_digest, schema_of, statistics_of
from driftline.tracking.errors import UnreadableFileError


def described_input(data: Any, name: str | None) -> dict[str, Any]:
    """Return what a dataset version is made of: dataset, digest, columns, statistics, row_count and source.

    A file is known by the sha256 of its bytes, and a table in it also by its schema and statistics; of a folder or an
    unknown kind of file the columns stay empty and the rows are not counted: 0.

    Args:
        data: a DataFrame, a Series, or the path of a file.
        name: of the dataset; by default the file's, or `data`.

    Raises:
        UnreadableFileError: there is no such file.
    """
    if isinstance(data, pd.Series):
        data = data.to_frame()
    if isinstance(data, pd.DataFrame):
        return {"dataset": name or "data", "digest": content_digest(data), "source": None, **_described(data)}
    path = Path(data)
    if not path.is_file():
        raise UnreadableFileError(str(path), "there is no such file")
    frame = _frame(path)
    described = {"columns": [], "statistics": [], "row_count": 0} if frame is None else _described(frame)
    return {"dataset": name or path.name, "digest": _digest(path), "source": str(path.resolve()), **described}


def _described(frame: pd.DataFrame) -> dict[str, Any]:
    return {
        "columns": [asdict(column) for column in schema_of(frame)],
        "statistics": [asdict(column) for column in statistics_of(frame)],
        "row_count": len(frame),
    }


def _frame(path: Path) -> pd.DataFrame | None:
    match path.suffix:
        case ".parquet":
            return pd.read_parquet(path)
        case ".csv":
            return pd.read_csv(path)
        case _:
            return None


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
