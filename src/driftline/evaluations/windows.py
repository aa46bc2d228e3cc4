"""Any window over partitions: its labelled predictions together, measured as one."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np

from driftline.clock import parse_duration
from driftline.datasets import Window
from driftline.datasets.errors import EmptyWindowError, too_many_slices
from driftline.declaration import ModelPipeline, Partitioning, Partitions, Promote
from driftline.evaluations.errors import NothingMeasuredError, mixed_classes
from driftline.evaluations.label_encoding import left_out
from driftline.evaluations.labelled import LabelledReader
from driftline.evaluations.labelled_rows import LabelledRows
from driftline.metrics import (
    MOST_VALUES,
    Measurement,
    ScoredRows,
    Slice,
    measure_rows,
    measure_slices,
    metric,
    scored_rows,
)
from driftline.rows.errors import no_partition_between
from driftline.workspace import Workspace

_ROWS = re.compile(r"last\s+([1-9][0-9]{0,8})\s+rows?")
_STRETCH = 16  # partitions that are read at first in search of the newest labelled rows; then twice as many


@dataclass(frozen=True, kw_only=True)
class Measured:
    """The metrics of a window.

    Attributes:
        pipeline: whose.
        window: from the first partition to the end of the last; None for a table.
        versions: who served the partitions, or the version that was named.
        row_count: predictions.
        label_count: predictions whose label is known; the metrics are over these.
        measurements: one for each metric.
        left_out: partitions of the window without predictions or rows, and why.
        rows_left_out: a sentence on predictions whose label cannot be measured.
        slices: the metrics by the column that was asked for.
    """

    pipeline: str
    window: Window | None
    versions: tuple[int, ...]
    row_count: int
    label_count: int
    measurements: tuple[Measurement, ...]
    left_out: Mapping[str, str] = field(default_factory=dict)
    rows_left_out: tuple[str, ...] = ()
    slices: tuple[Slice, ...] = ()


@dataclass(frozen=True, kw_only=True)
class LabelledWindow:
    """The labelled predictions of a window.

    Attributes:
        window: from the first partition to the end of the last; None for a table.
        parts: its partitions, oldest first.
        rows: their labelled rows.
        slices: of each slice column of the pipeline, the values of the labelled rows as texts.
        row_count: their predictions, labelled or not.
        left_out: partitions without predictions or rows, and why.
        rows_left_out: a sentence on predictions whose label cannot be measured.
    """

    window: Window | None
    parts: tuple[LabelledRows, ...]
    rows: ScoredRows
    slices: Mapping[str, np.ndarray]
    row_count: int
    left_out: Mapping[str, str]
    rows_left_out: tuple[str, ...]


def measure_window(
    workspace: Workspace,
    pipeline: ModelPipeline,
    window: str | None = None,
    *,
    until: str | datetime | None = None,
    metrics: Sequence[str] | None = None,
    by: str | None = None,
    version: int | None = None,
) -> Measured:
    """Return the metrics over all labelled predictions of a window together, by the champion of each time.

    This is not the mean of its days: an AUROC also compares rows of one day with those of another.

    Args:
        workspace: where predictions and labels are.
        pipeline: the declaration.
        window: a length, such as `7d` or `48h`: the partitions that end in it; or `last 96 rows`: the newest labelled
            rows. None: `7d` of a stream, the holdout of a table.
        until: its end, or the text of the last month, day, time or key, included; None: the newest partition.
        metrics: names; None: those of the pipeline.
        by: a column of at most 20 values, by which it is measured, too.
        version: this version instead of the champion of the time.

    Raises:
        NothingMeasuredError: no partition of the window was predicted, or all have failed.
        EmptyWindowError: the stream has no partition in the window.
        NotAStreamError: a window of a table is asked for.
        InvalidColumnError: the column has more than 20 values.
    """
    sliced = replace(pipeline, slices=() if by is None else (by,), promote=Promote())
    measured = read_window(workspace, sliced, window, until=until, version=version)
    for column, values in measured.slices.items():
        if len(set(values)) > MOST_VALUES:
            raise too_many_slices(column, len(set(values)), MOST_VALUES)
    names = pipeline.metrics if metrics is None else [metric(name, measured.rows.task).name for name in metrics]
    return Measured(
        pipeline=pipeline.name,
        window=measured.window,
        versions=tuple(sorted({part.version for part in measured.parts})),
        row_count=measured.row_count,
        label_count=measured.rows.row_count,
        measurements=tuple(measure_rows(name, measured.rows) for name in names),
        left_out=measured.left_out,
        rows_left_out=measured.rows_left_out,
        slices=measure_slices(names, measured.rows, measured.slices),
    )


def read_window(
    workspace: Workspace,
    pipeline: ModelPipeline,
    window: str | None = None,
    *,
    until: str | datetime | None = None,
    version: int | None = None,
) -> LabelledWindow:
    """Return the labelled predictions of a window; its arguments are those of `measure_window`."""
    reader, now = LabelledReader(workspace, pipeline), workspace.as_of()
    keys = pipeline.partitions.over_by(now) if until is None else _keys_until(pipeline, until, now)
    partitions: Partitioning = pipeline.partitions if window is None else pipeline.stream
    if not keys:
        raise _empty(pipeline.stream, pipeline.name, until, now)
    newest = _ROWS.fullmatch(window or "7d")
    if newest is not None:
        return _joined_newest(pipeline, reader, keys, int(newest[1]), version)
    return _joined_window(pipeline, reader, partitions.trailing_keys(keys[-1], parse_duration(window or "7d")), version)


def _keys_until(pipeline: ModelPipeline, until: str | datetime, now: datetime) -> Sequence[str]:
    """Return all partitions of a stream up to `until` that are over."""
    end = pipeline.stream.span(until).end if isinstance(until, str) else until
    return pipeline.stream.over_by(min(end, now))


def _empty(partitions: Partitions, name: str, until: str | datetime | None, now: datetime) -> EmptyWindowError:
    end = until if isinstance(until, str) else partitions.time_title(until or now)
    return no_partition_between(
        name, partitions.start, end, partitions.start, partitions.time_title(partitions.clip(now))
    )


def _joined_window(
    pipeline: ModelPipeline, reader: LabelledReader, keys: Sequence[str], version: int | None
) -> LabelledWindow:
    outcome = reader.read(keys, version=version)
    parts = tuple(outcome.done[key] for key in keys if key in outcome.done)
    if not parts:
        raise NothingMeasuredError(pipeline.name, next(iter(outcome.failed.values())))
    return LabelledWindow(
        window=pipeline.partitions.covering(keys),
        parts=parts,
        rows=_joined(pipeline, parts),
        slices={name: np.concatenate([part.slices[name] for part in parts]) for name in pipeline.slices},
        row_count=sum(part.row_count for part in parts),
        left_out=dict(sorted(outcome.failed.items())),
        rows_left_out=left_out(pipeline, parts),
    )


def _joined_newest(
    pipeline: ModelPipeline, reader: LabelledReader, keys: Sequence[str], count: int, version: int | None
) -> LabelledWindow:
    """Return the newest `count` labelled rows by event time, or all where there are fewer."""
    stretch = _STRETCH
    done = reader.read(keys[-stretch:], version=version).done
    while sum(len(part.truth) for part in done.values()) < count and stretch < len(keys):
        stretch *= 2
        done = reader.read(keys[-stretch:], version=version).done
    labelled = [key for key in keys[-stretch:] if key in done and len(done[key].truth)]
    reached: list[str] = []
    rows = 0
    while labelled and rows < count:
        reached.insert(0, labelled.pop())
        rows += len(done[reached[0]].truth)
    joined = _joined_window(pipeline, reader, keys[keys.index(reached[0]) :] if reached else keys[-stretch:], version)
    times = np.concatenate([part.times for part in joined.parts])
    kept = np.sort(np.argsort(times, kind="stable")[-count:])
    newest = ScoredRows(task=joined.rows.task, truth=joined.rows.truth[kept], scores=joined.rows.scores[kept])
    return replace(joined, rows=newest, slices={name: values[kept] for name, values in joined.slices.items()})


def _joined(pipeline: ModelPipeline, parts: Sequence[LabelledRows]) -> ScoredRows:
    tasks = {(str(part.task), *part.classes) for part in parts}
    if len(tasks) > 1:
        raise mixed_classes(pipeline.name, sorted({part.version for part in parts}))
    return scored_rows(
        parts[0].task,
        np.concatenate([part.truth for part in parts]),
        np.concatenate([part.scores for part in parts]),
    )
