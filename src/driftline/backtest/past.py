"""The past of a stream in memory: read once, and asked for what was known at a moment of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np
import pandas as pd

from driftline.backtest.errors import no_deliveries
from driftline.datasets import Split, Window, check_frame, encode
from driftline.declaration import ModelPipeline, Partitions
from driftline.declaration.errors import NotAStreamError
from driftline.evaluations import Labelled
from driftline.ground_truth import known_truth
from driftline.models import Model
from driftline.registry import ModelVersion
from driftline.retraining.errors import failed_checks
from driftline.rows import call_dataset
from driftline.rows.errors import no_partition_between
from driftline.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Past:
    """The rows of a stream, training rows of the first model included.

    Attributes:
        pipeline: the declaration; what it says about drift and retraining is not looked at here.
        partitions: its partitions.
        window: what is replayed.
        keys: the partitions of it, oldest first.
        frame: all rows, by event time.
    """

    pipeline: ModelPipeline
    partitions: Partitions
    window: Window
    keys: tuple[str, ...]
    frame: pd.DataFrame

    @property
    def lag(self) -> timedelta:
        """Return how long after its event a label is known."""
        return self.pipeline.ground_truth.lag

    def rows(self, window: Window) -> pd.DataFrame:
        """Return the rows of `window`."""
        times = self.frame[self.pipeline.time_column]
        low, high = times.searchsorted(pd.Series([window.start, window.end]).astype(times.dtype))
        return self.frame.iloc[low:high]

    def training(self, until: datetime) -> Split:
        """Return what a training at `until` could learn from and be judged on, checked as in production.

        Raises:
            InvalidDatasetError: the rows do not pass their checks.
            HoldoutError: one of the two parts has no rows.
        """
        frame = self.rows(self._reach(until))
        frame = frame[frame[self.pipeline.time_column] + self.lag <= until]
        if self.pipeline.ground_truth.delivered:
            frame = frame[frame[self.pipeline.target.column].notna()]
        problems = check_frame(frame, self.pipeline.target)
        if problems:
            raise failed_checks(self.pipeline.name, [str(problem) for problem in problems])
        return self.pipeline.holdout.split(frame)

    def predicted(self, keys: Sequence[str], model: Model, version: ModelVersion) -> dict[str, Labelled]:
        """Return what a version says of neighbouring partitions with all their labels, those with rows."""
        ends = [self.partitions.window(key).end for key in keys]
        frame = self.rows(Window(self.partitions.window(keys[0]).start, ends[-1]))
        if frame.empty:
            return {}
        scores = model.score(frame)
        known = frame[self.pipeline.target.column].notna().to_numpy()
        truth = encode(self.pipeline.target, frame[known], classes=model.classes)
        row_keys = frame.loc[known, list(self.pipeline.row_key)]
        times = frame[self.pipeline.time_column]
        instants = times.dt.tz_convert(None).to_numpy(dtype="datetime64[us]")
        cuts = [0, *times.searchsorted(pd.Series(ends).astype(times.dtype)).tolist()]
        labelled = np.append(0, np.cumsum(known))
        return {
            key: Labelled(
                version=version,
                task=model.task,
                keys=row_keys.iloc[labelled[low] : labelled[high]],
                truth=truth[labelled[low] : labelled[high]],
                times=instants[low:high][known[low:high]],
                scores=scores[low:high][known[low:high]],
                served=np.ones(labelled[high] - labelled[low], dtype=bool),
                propensities=np.ones(labelled[high] - labelled[low]),
                all_scores=scores[low:high],
                classes=model.classes,
                row_count=high - low,
                delivered_count=0,  # a replay does not ask where a label comes from
                features=frame.iloc[low:high],
            )
            for key, (low, high) in zip(keys, pairwise(cuts), strict=True)
            if high > low
        }

    def _reach(self, until: datetime) -> Window:
        window = self.pipeline.training_rows(until)
        if window is None:
            raise NotAStreamError(self.pipeline.name)
        return window


def read_past(pipeline: ModelPipeline, start: datetime | None, end: datetime, *, workspace: Workspace | None) -> Past:
    """Return the past of a stream from `start`, or from its first partition, to `end`.

    Labels that were delivered to `workspace` are filled in; what arrived later than the declared delay counts as if
    it had come in time, since a replay asks what could be known, not how late somebody was.

    Raises:
        InvalidBacktestError: labels come by delivery alone, and there is no workspace.
        NotAStreamError: the pipeline has no time partitions.
        EmptyWindowError: no whole partition lies between `start` and `end`.
        InvalidDatasetError: the dataset function raises or gives no DataFrame.
    """
    partitions = pipeline.partitions
    if partitions is None:
        raise NotAStreamError(pipeline.name)
    if workspace is None and pipeline.ground_truth.delivered:
        raise no_deliveries(pipeline.name)
    first, last = max(start or partitions.first, partitions.first), partitions.clip(end)
    keys = partitions.keys(Window(first, last)) if first < last else []
    if not keys:
        raise no_partition_between(
            pipeline.name, f"{first:%Y-%m-%d}", f"{end:%Y-%m-%d}", partitions.start, f"{last:%Y-%m-%d}"
        )
    window = Window(partitions.window(keys[0]).start, partitions.window(keys[-1]).end)
    learnt = pipeline.training_rows(window.start)
    frame = call_dataset(pipeline, Window(learnt.start if learnt else window.start, window.end))
    frame = frame.sort_values(pipeline.time_column, kind="stable", ignore_index=True)
    if workspace is not None:
        known, column = known_truth(workspace, pipeline, frame, until=workspace.as_of()), pipeline.target.column
        frame = frame.assign(**{column: known.labels.reindex(frame.index)})
    return Past(pipeline=pipeline, partitions=partitions, window=window, keys=tuple(keys), frame=frame)


def unstored_version(number: int, *, trained_through: datetime) -> ModelVersion:
    """Return the row that production would have made of a replayed model, as far as reports look at it."""
    return ModelVersion(
        id=number,
        model_id=1,
        version=number,
        run_id="",
        digest="",
        flavor="",
        signature=(),
        trained_through=trained_through,
        created_at=trained_through,
    )
