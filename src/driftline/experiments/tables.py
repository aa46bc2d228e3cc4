"""Runs as tables: a row for each run, a row for each value, or a row for each point; and files of them."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from driftline.experiments.errors import UnknownFileTypeError
from driftline.store.found_runs import FoundRun
from driftline.store.metric_rows import History

if TYPE_CHECKING:
    from pandas import DataFrame, Series

FORMATS = (".csv", ".parquet")
_FACTS = {
    "run_id": "run_id",
    "run_name": "name",
    "experiment": "experiment",
    "status": "status",
    "user_id": "user_name",
    "start_time": "started_at",
    "end_time": "ended_at",
    "duration": "duration_s",
    "parent": "parent_run_id",
    "git_commit": "git_commit",
    "dagster_run_id": "dagster_run_id",
    "archived": "is_archived",
}
_TIMES = {"start_time", "end_time"}


def wide_table(runs: Sequence[FoundRun]) -> "DataFrame":
    """Return a row for each run: what a filter calls `params.lr` is a column of that name."""
    import pandas as pd  # noqa: PLC0415  (a third of a second that lists do not need)

    columns: dict[str, Any] = {
        name: pd.Series([getattr(run, own) for run in runs], dtype="datetime64[us, UTC]" if name in _TIMES else None)
        for name, own in _FACTS.items()
    }
    for group in ("metrics", "params", "tags"):
        for key in sorted({key for run in runs for key in getattr(run, group)}):
            values = [getattr(run, group).get(key) for run in runs]
            columns[f"{group}.{key}"] = pd.Series(values, dtype="float64" if group == "metrics" else None)
    return pd.DataFrame(columns)


def long_table(runs: Sequence[FoundRun]) -> "DataFrame":
    """Return a row for each param, metric and tag of each run; `number` is of those that are one."""
    import pandas as pd  # noqa: PLC0415  (as above)

    rows = list(_long_rows(runs))
    table = pd.DataFrame(rows, columns=["run_id", "group", "key", "value", "number"])
    return table.astype({"number": "float64"})


def _long_rows(runs: Sequence[FoundRun]) -> Iterator[tuple[str, str, str, str | None, float | None]]:
    for run in runs:
        for group in ("params", "metrics", "tags"):
            for key, value in getattr(run, group).items():
                number = value if isinstance(value, int | float) and not isinstance(value, bool) else None
                yield run.run_id, group, key, None if value is None else text_of(value), number


def history_table(histories: Sequence[tuple[str, str, History]]) -> "DataFrame":
    """Return a row for each point of (run id, key, history)."""
    import pandas as pd  # noqa: PLC0415  (as above)

    columns: dict[str, list[Any]] = {"run_id": [], "key": [], "step": [], "time": [], "value": []}
    for run_id, key, history in histories:
        columns["run_id"] += [run_id] * len(history.steps)
        columns["key"] += [key] * len(history.steps)
        columns["step"] += history.steps
        columns["time"] += history.at_us
        columns["value"] += history.values  # noqa: PD011  (of a history, not of pandas)
    table = pd.DataFrame(columns).astype({"step": "int64", "value": "float64"})
    return table.assign(time=pd.to_datetime(table["time"], unit="us", utc=True))


def write_table(table: "DataFrame", path: Path) -> None:
    """Write a table to a file of CSV or Parquet, by the ending of its name.

    A column whose values are of several kinds is text in Parquet.

    Raises:
        UnknownFileTypeError: the name ends in neither.
    """
    if path.suffix == ".csv":
        table.to_csv(path, index=False)
    elif path.suffix == ".parquet":
        table.apply(_of_one_kind).to_parquet(path, index=False)
    else:
        raise UnknownFileTypeError(str(path), FORMATS)


def _of_one_kind(column: "Series[Any]") -> "Series[Any]":
    """Return a column, as text where its values are of several kinds."""
    if column.dtype != object:
        return column
    return column.map(lambda value: None if value is None else text_of(value))


def text_of(value: Any) -> str:
    """Return a value as text, as searches compare it."""
    if isinstance(value, str):
        return value
    return json.dumps(value) if isinstance(value, list | dict) else str(value)
