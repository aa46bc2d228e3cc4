"""The past of a stream in memory: read once, and asked for what was known at a moment of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np
import pandas as pd

from driftline.backtest.errors import no_deliveries
from driftline.datasets import Split, Window, encode, usable_rows
from driftline.declaration import ModelPipeline, Partitions
from driftline.evaluations import LabelledFrame, LabelledRows, Scorer, labelled_frame
from driftline.ground_truth import known_truth
from driftline.models import Model
from driftline.retraining import check_dataset, kept_columns, split_rows
from driftline.retraining.errors import failed_checks
from driftline.rows import load_window
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

    def training_window(self, until: datetime) -> Window:
        """Return the times that a training up to `until` reads."""
        return self.partitions.training_window(until, self.pipeline.training_window)

    def rows(self, window: Window) -> pd.DataFrame:
        """Return the rows of `window`."""
        times = self.frame[self.pipeline.time_column]
        low, high = times.searchsorted(pd.Series([window.start, window.end]).astype(times.dtype))
        return self.frame.iloc[low:high]

    def training(self, until: datetime, *, changed_at: datetime | None = None) -> Split:
        """Return what a training at `until` could learn from and be judged on, checked as in production.

        Args:
            until: the time of the training.
            changed_at: when the world is estimated to have changed; None: the level of the pipeline is kept.

        Raises:
            InvalidDatasetError: the rows do not pass their checks.
            HoldoutError: one of the two parts has no rows.
        """
        source = self.rows(self.training_window(until))
        frame = source[source[self.pipeline.time_column] + self.lag <= until]
        frame = usable_rows(frame, self.pipeline.target).frame
        problems = check_dataset(self.pipeline, frame, source=source, as_of=until).problems
        if problems:
            raise failed_checks(self.pipeline.name, problems)
        return split_rows(self.pipeline, kept_columns(self.pipeline, frame), changed_at)

    def predicted(self, keys: Sequence[str], model: Model, version: int) -> dict[str, LabelledRows]:
        """Return what a version predicts for neighbouring partitions with all their labels, those with rows."""
        ends = [self.partitions.window(key).end for key in keys]
        frame = self.rows(Window(self.partitions.window(keys[0]).start, ends[-1]))
        if frame.empty:
            return {}
        times = frame[self.pipeline.time_column]
        cuts = [0, *times.searchsorted(pd.Series(ends).astype(times.dtype)).tolist()]
        bounds = dict(zip(keys, pairwise(cuts), strict=True))
        scorer = Scorer(version_id=version, version=version, task=model.task, classes=model.classes)
        labelled = self.labelled(scorer, bounds, frame, self.truth(frame, model), model.score(frame))
        return labelled.by_partition({key: frame.iloc[low:high] for key, (low, high) in bounds.items() if high > low})

    def truth(self, rows: pd.DataFrame, model: Model) -> np.ndarray:
        """Return the encoded labels of rows, NaN where there is none, shape (n_rows,)."""
        is_labelled = rows[self.pipeline.target.column].notna().to_numpy()
        truth = np.full(len(rows), np.nan)
        truth[is_labelled] = encode(self.pipeline.target, rows[is_labelled], classes=model.classes)
        return truth

    def labelled(
        self,
        scorer: Scorer,
        bounds: Mapping[str, tuple[int, int]],
        rows: pd.DataFrame,
        truth: np.ndarray,
        scores: np.ndarray,
    ) -> LabelledFrame:
        """Return the frame of labelled rows: a replay does not ask where a label comes from."""
        return labelled_frame(
            scorer,
            {key: high - low for key, (low, high) in bounds.items()},
            keys=rows[list(self.pipeline.row_key)],
            times=rows[self.pipeline.time_column].dt.tz_convert(None).to_numpy(dtype="datetime64[us]"),
            truth=truth,
            scores=scores,
        )


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
    partitions = pipeline.stream
    if workspace is None and pipeline.ground_truth.delivered:
        raise no_deliveries(pipeline.name)
    first, last = max(start or partitions.first, partitions.first), partitions.clip(end)
    keys = partitions.over_by(last, since=first)
    if not keys:
        shown = [partitions.time_title(time) for time in (first, end, last)]
        raise no_partition_between(pipeline.name, shown[0], shown[1], partitions.start, shown[2])
    window = partitions.covering(keys)
    trained_on = partitions.training_window(window.start, pipeline.training_window)
    frame = load_window(pipeline, Window(trained_on.start, window.end), for_checks=True)
    frame = frame.sort_values(pipeline.time_column, kind="stable", ignore_index=True)
    if workspace is not None:
        truth, column = known_truth(workspace, pipeline, frame, until=workspace.as_of()), pipeline.target.column
        frame = frame.assign(**{column: truth.labels.reindex(frame.index)})
    return Past(pipeline=pipeline, partitions=partitions, window=window, keys=tuple(keys), frame=frame)
