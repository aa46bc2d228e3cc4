"""The rows of partitions, read from a pipeline's dataset in as few calls as possible."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd

from driftline.clock import CLOCK_TOLERANCE
from driftline.datasets import Window, from_parquet, plain_frame
from driftline.declaration import (
    HOLDOUT_ROW,
    RESERVED_PREFIX,
    TABLE_KEY,
    Declaration,
    ModelPipeline,
    reserved_names,
)
from driftline.rows.errors import dataset_function_fault, no_dataset, no_partition_between, rows_ahead
from driftline.rows.outcome import Outcome, run_batched
from driftline.store import dataset_rows
from driftline.workspace import Workspace


def past_partitions(workspace: Workspace, pipeline: Declaration, start: str, end: str) -> Sequence[str]:
    """Return the partitions of a stream in what `start` names to what `end` names, as far as they are over.

    Args:
        workspace: says what is over by now.
        pipeline: the declaration of a stream.
        start: a month, a day, a time or a key: 2026-05, 2026-05-03, 2026-05-03T07:00:00Z.
        end: likewise, included: all hours of a day, and the week that a day lies in.

    Raises:
        NotAStreamError: the pipeline has no time partitions.
        InvalidTimeError: `start` or `end` is none of these.
        EmptyWindowError: there is none.
    """
    partitions, now = pipeline.stream, workspace.as_of()
    first, last = partitions.span(start).start, min(partitions.span(end).end, partitions.clip(now))
    keys = partitions.over_by(last, since=first)
    if not keys:
        over = partitions.time_title(partitions.clip(now))
        raise no_partition_between(pipeline.name, start, end, partitions.start, over)
    return keys


def future_rows(pipeline: ModelPipeline, frame: pd.DataFrame, now: datetime) -> str | None:
    """Return what is wrong with the rows of a stream that lie more than 5 minutes ahead of `now`; None without any."""
    times = frame[pipeline.time_column]
    count = int((times > now + CLOCK_TOLERANCE).sum())
    if not count:
        return None
    last = f"{times.max().astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return str(rows_ahead(pipeline.name, count, len(frame), last, CLOCK_TOLERANCE // timedelta(minutes=1)))


def load_window(pipeline: ModelPipeline, window: Window | None, *, for_checks: bool = False) -> pd.DataFrame:
    """Return the rows of `window` that the user's dataset function gives; of a table (window None), all.

    Args:
        pipeline: the declaration.
        window: of a stream.
        for_checks: with the columns that only quality rules look at.

    Raises:
        InvalidDatasetError: it raises, gives no DataFrame, or a stream's rows have no time with a zone.
    """
    frame = load_frame(pipeline, window, for_checks=for_checks)
    return frame if window is None else filter_window(pipeline, frame, window)


def filter_window(pipeline: ModelPipeline, frame: pd.DataFrame, window: Window) -> pd.DataFrame:
    """Return the rows of a stream whose event lies in `window`."""
    return frame[window.contains(frame[pipeline.time_column])]


def load_frame(pipeline: ModelPipeline, window: Window | None, *, for_checks: bool = False) -> pd.DataFrame:
    """Return all that the user's dataset function gives for `window`, rows outside of it included, in plain storage.

    Columns that nothing looks at are left out.

    Args:
        pipeline: the declaration.
        window: of a stream.
        for_checks: with the columns that only quality rules look at.

    Raises:
        InvalidDatasetError: it raises, gives no DataFrame, or a stream's rows have no time with a zone.
    """
    try:
        frame = pipeline.dataset(window)
    except Exception as error:
        raise dataset_function_fault(pipeline.name, window, f"raised {type(error).__name__}: {error}") from error
    if not isinstance(frame, pd.DataFrame):
        raise dataset_function_fault(pipeline.name, window, f"gave a {type(frame).__name__}, not a DataFrame")
    reserved = reserved_names(frame.columns)
    if reserved:
        fault = f"gave the column {reserved[0]!r}: names that begin with {RESERVED_PREFIX!r} are driftline's own"
        raise dataset_function_fault(pipeline.name, window, fault)
    checked = pipeline.checked_columns if for_checks else frozenset()
    frame = plain_frame(frame.loc[:, [pipeline.is_read(name) or name in checked for name in frame.columns]])
    if window is None:
        return frame
    if pipeline.time_column not in frame.columns:
        raise dataset_function_fault(pipeline.name, window, f"gave no time column {pipeline.time_column!r}")
    lacking = [name for name in pipeline.entity if name not in frame.columns]
    if lacking:
        raise dataset_function_fault(pipeline.name, window, f"gave no entity column {lacking[0]!r}")
    if not isinstance(frame[pipeline.time_column].dtype, pd.DatetimeTZDtype):
        raise dataset_function_fault(pipeline.name, window, f"gave {pipeline.time_column!r} without a time zone")
    return frame


def read_rows(workspace: Workspace, pipeline: ModelPipeline, keys: Sequence[str]) -> Outcome[pd.DataFrame]:
    """Return the rows of each partition, target included; of a table, the newest holdout.

    Partitions that follow each other are read in one call. Where that call raises, they are read one by one, so that
    the one at fault is named and the others are served.

    Raises:
        NotMaterializedError: no dataset of a table has passed its checks yet.
    """
    if not pipeline.partitions.is_stream:
        return Outcome(done={TABLE_KEY: _holdout(workspace, pipeline)})
    partitions, parts = pipeline.stream, _load_all(pipeline, keys)
    frames = {key: frame for part in parts for key, frame in part.done.items()}
    failed = {key: why for part in parts for key, why in part.failed.items()}
    failed |= {
        key: f"The dataset of {pipeline.name!r} has no rows in {partitions.window_title(partitions.window(key))}."
        for key, frame in frames.items()
        if frame.empty
    }
    ahead = {key: future_rows(pipeline, frame, workspace.clock()) for key, frame in frames.items() if not frame.empty}
    failed |= {key: why for key, why in ahead.items() if why is not None}
    return Outcome(done={key: frame for key, frame in frames.items() if key not in failed}, failed=failed)


def empty_partitions(pipeline: ModelPipeline, keys: Sequence[str]) -> Sequence[str]:
    """Return those partitions of a stream that have no rows; one that cannot be read is not among them."""
    return [key for part in _load_all(pipeline, keys) for key, frame in part.done.items() if frame.empty]


def _load_all(pipeline: ModelPipeline, keys: Sequence[str]) -> Sequence[Outcome[pd.DataFrame]]:
    partitions = pipeline.stream
    return [
        run_batched(lambda windows: _load(pipeline, windows), {key: partitions.window(key) for key in run})
        for run in partitions.contiguous(keys)
    ]


def _load(pipeline: ModelPipeline, windows: Mapping[str, Window]) -> dict[str, pd.DataFrame]:
    """Return the rows of windows without a gap from one call."""
    ordered = list(windows.values())
    frame = load_window(pipeline, Window(ordered[0].start, ordered[-1].end))
    frame = frame.sort_values(pipeline.time_column, kind="stable", ignore_index=True)
    times = frame[pipeline.time_column]
    starts = pd.Series([window.start for window in ordered]).astype(times.dtype)
    cuts = np.append(times.searchsorted(starts), len(frame))
    return {key: frame.iloc[low:high] for key, low, high in zip(windows, cuts[:-1], cuts[1:], strict=True)}


def _holdout(workspace: Workspace, pipeline: ModelPipeline) -> pd.DataFrame:
    with workspace.database.reading() as session:
        reading = dataset_rows.newest_reading(session, pipeline.name, passed=True)
        version = dataset_rows.find_version(session, reading.holdout_version_id) if reading else None
    if version is None:
        raise no_dataset(pipeline.name)
    frame = from_parquet(workspace.artifacts.get(version.kept_digest))
    # Rows of two holdouts are never the same, so that no prediction is measured against another row's label.
    return frame.assign(**{HOLDOUT_ROW: [f"{version.digest[:16]}:{row}" for row in range(len(frame))]})
