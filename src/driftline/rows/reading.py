"""The rows of partitions, read from a pipeline's dataset in as few calls as possible."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd

from driftline.datasets import Window, from_parquet
from driftline.declaration import HOLDOUT_ROW, ModelPipeline, Partitions
from driftline.declaration.errors import NotAStreamError
from driftline.rows.errors import dataset_function_fault, no_dataset, no_partition_between, rows_ahead
from driftline.rows.outcome import Outcome, together
from driftline.store import dataset_rows
from driftline.workspace import Workspace

TABLE = ""  # the key of a table without partitions
AHEAD = timedelta(minutes=5)  # clocks of machines differ by so much, and not by more


def read_rows(workspace: Workspace, pipeline: ModelPipeline, keys: Sequence[str]) -> Outcome[pd.DataFrame]:
    """Return the rows of each partition, target included; of a table, the newest holdout.

    Days that follow each other are read in one call. Where that call raises, they are read one by one,
    so that the one at fault is named and the others are served.
    """
    if not keys:
        return Outcome()
    if pipeline.partitions is None:
        return Outcome(done={TABLE: _holdout(workspace, pipeline)})
    partitions = pipeline.partitions
    parts = [
        together(lambda windows: _read(pipeline, windows), {key: partitions.window(key) for key in run})
        for run in neighbours(pipeline, keys)
    ]
    frames = {key: frame for part in parts for key, frame in part.done.items()}
    failed = {key: why for part in parts for key, why in part.failed.items()}
    failed |= {
        key: f"The dataset of {pipeline.name!r} has no rows in {partitions.window(key)}."
        for key, frame in frames.items()
        if frame.empty
    }
    ahead = {key: future_rows(pipeline, frame, workspace.clock()) for key, frame in frames.items() if not frame.empty}
    failed |= {key: why for key, why in ahead.items() if why is not None}
    return Outcome(done={key: frame for key, frame in frames.items() if key not in failed}, failed=failed)


class RowReader:
    """Reads the rows of partitions once, however often they are asked for: a dataset function may be slow."""

    def __init__(self, workspace: Workspace, pipeline: ModelPipeline) -> None:
        self._workspace = workspace
        self._pipeline = pipeline
        self._frames: dict[str, pd.DataFrame] = {}
        self._failed: dict[str, str] = {}

    def read(self, keys: Sequence[str]) -> Outcome[pd.DataFrame]:
        """Return what `read_rows` returned for each partition when it was first asked for."""
        fresh = [key for key in keys if key not in self._frames and key not in self._failed]
        found = read_rows(self._workspace, self._pipeline, fresh)
        self._frames |= found.done
        self._failed |= found.failed
        return Outcome(
            done={key: self._frames[key] for key in keys if key in self._frames},
            failed={key: self._failed[key] for key in keys if key in self._failed},
        )


def past_partitions(workspace: Workspace, pipeline: ModelPipeline, start: datetime, end: datetime) -> Sequence[str]:
    """Return the partitions of a stream from `start` to the one that `end` lies in, as far as they are over.

    Raises:
        NotAStreamError: the pipeline has no time partitions.
        EmptyWindowError: there is none.
    """
    if pipeline.partitions is None:
        raise NotAStreamError(pipeline.name)
    return partitions_between(pipeline.name, pipeline.partitions, start, end, now=workspace.as_of())


def partitions_between(
    pipeline: str, partitions: Partitions, start: datetime, end: datetime, *, now: datetime
) -> Sequence[str]:
    """Return the partitions of the stream `pipeline` from `start` to the one that `end` lies in, those over by `now`.

    Raises:
        EmptyWindowError: there is none.
    """
    now = partitions.clip(now)
    last = min(partitions.after(end), now)
    keys = partitions.keys(Window(start, last)) if start < last else []
    if not keys:
        raise no_partition_between(
            pipeline, f"{start:%Y-%m-%d}", f"{end:%Y-%m-%d}", partitions.start, f"{now:%Y-%m-%d}"
        )
    return keys


def future_rows(pipeline: ModelPipeline, frame: pd.DataFrame, now: datetime) -> str | None:
    """Return what is wrong with the rows of a stream that lie more than 5 minutes ahead of `now`; None without any."""
    times = frame[pipeline.time_column]
    count = int((times > now + AHEAD).sum())
    if not count:
        return None
    last = f"{times.max().astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return str(rows_ahead(pipeline.name, count, len(frame), last, AHEAD // timedelta(minutes=1)))


def call_dataset(pipeline: ModelPipeline, window: Window | None) -> pd.DataFrame:
    """Return the rows of `window` that the user's dataset function gives; its errors are those of `given_rows`."""
    frame = given_rows(pipeline, window)
    return frame if window is None else rows_of(pipeline, frame, window)


def rows_of(pipeline: ModelPipeline, frame: pd.DataFrame, window: Window) -> pd.DataFrame:
    """Return the rows of a stream whose event lies in `window`."""
    return frame[window.contains(frame[pipeline.time_column])]


def given_rows(pipeline: ModelPipeline, window: Window | None) -> pd.DataFrame:
    """Return all that the user's dataset function gives for `window`, rows outside of it included.

    Raises:
        InvalidDatasetError: it raises, gives no DataFrame, or a stream's rows have no time with a zone.
    """
    try:
        frame = pipeline.dataset(window)
    except Exception as error:
        raise dataset_function_fault(pipeline.name, window, f"raised {type(error).__name__}: {error}") from error
    if not isinstance(frame, pd.DataFrame):
        raise dataset_function_fault(pipeline.name, window, f"gave a {type(frame).__name__}, not a DataFrame")
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


def neighbours(pipeline: ModelPipeline, keys: Sequence[str]) -> list[list[str]]:
    """Return the partitions of a stream in stretches without a gap, oldest first."""
    if pipeline.partitions is None:
        raise NotAStreamError(pipeline.name)
    runs: list[list[str]] = []
    end: datetime | None = None
    windows = {key: pipeline.partitions.window(key) for key in keys}
    for key, window in sorted(windows.items(), key=lambda item: item[1].start):
        if window.start == end:
            runs[-1].append(key)
        else:
            runs.append([key])
        end = window.end
    return runs


def _read(pipeline: ModelPipeline, windows: Mapping[str, Window]) -> dict[str, pd.DataFrame]:
    """Return the rows of neighbouring windows from one call."""
    ordered = list(windows.values())
    frame = call_dataset(pipeline, Window(ordered[0].start, ordered[-1].end))
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
    frame = from_parquet(workspace.artifacts.get(version.artifact_digest))
    # Rows of two holdouts are never the same, so that no prediction is measured against another row's label.
    return frame.assign(**{HOLDOUT_ROW: [f"{version.digest[:16]}:{row}" for row in range(len(frame))]})
