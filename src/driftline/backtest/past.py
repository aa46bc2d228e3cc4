"""The past of a stream in memory: read once, and asked for what was known at a moment of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np
import pandas as pd

from driftline.backtest.errors import NoDeliveriesError
from driftline.datasets import Split, Window, check_frame, encode
from driftline.declaration import ModelPipeline, Partitions
from driftline.evaluations import Labelled
from driftline.ground_truth import known_truth
from driftline.models import Model
from driftline.retraining.errors import DatasetRefusedError
from driftline.rows import load_window
from driftline.rows.errors import EmptyRangeError
from driftline.store.model_rows import ModelVersion
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

    def training_window(self, until: datetime) -> Window:
        """Return the times that a training up to `until` reads."""
        return self.partitions.training_window(until, self.pipeline.training_window)

    def rows(self, window: Window) -> pd.DataFrame:
        """Return the rows of `window`."""
        times = self.frame[self.pipeline.time_column]
        low, high = times.searchsorted(pd.Series([window.start, window.end]).astype(times.dtype))
        return self.frame.iloc[low:high]

    def training(self, until: datetime) -> Split:
        """Return what a training at `until` could learn from and be judged on, checked as in production.

        Raises:
            DatasetRefusedError: the rows do not pass their checks.
            EmptySplitError: one of the two parts has no rows.
        """
        frame = self.rows(self.training_window(until))
        frame = frame[frame[self.pipeline.time_column] + self.lag <= until]
        if self.pipeline.ground_truth.delivered:
            frame = frame[frame[self.pipeline.target.column].notna()]
        problems = check_frame(frame, self.pipeline.target)
        if problems:
            raise DatasetRefusedError(self.pipeline.name, [str(problem) for problem in problems])
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


def read_past(pipeline: ModelPipeline, start: datetime | None, end: datetime, *, workspace: Workspace | None) -> Past:
    """Return the past of a stream from `start`, or from its first partition, to `end`.

    Labels that were delivered to `workspace` are filled in; what arrived later than the declared delay counts as if
    it had come in time, since a replay asks what could be known, not how late somebody was.

    Raises:
        NoDeliveriesError: labels come by delivery alone, and there is no workspace.
        NotAStreamError: the pipeline has no time partitions.
        EmptyRangeError: no whole partition lies between `start` and `end`.
        DatasetFunctionError: the dataset function raises or gives no DataFrame.
    """
    partitions = pipeline.stream
    if workspace is None and pipeline.ground_truth.delivered:
        raise NoDeliveriesError(pipeline.name)
    first, last = max(start or partitions.first, partitions.first), partitions.clip(end)
    keys = partitions.over_by(last, since=first)
    if not keys:
        shown = [partitions.time_title(time) for time in (first, end, last)]
        raise EmptyRangeError(pipeline.name, shown[0], shown[1], partitions.start, shown[2])
    window = partitions.covering(keys)
    learnt = partitions.training_window(window.start, pipeline.training_window)
    frame = load_window(pipeline, Window(learnt.start, window.end))
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
        signature=[],
        trained_through=trained_through,
        created_at=trained_through,
    )
