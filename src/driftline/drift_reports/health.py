"""The health of a pipeline at its partitions, from the labelled rows of whoever served them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from driftline.datasets import Window
from driftline.declaration import ModelPipeline
from driftline.evaluations import LabelledRows
from driftline.ground_truth import last_known
from driftline.health import Accepted, Health, HoldoutLoss, PartitionLoss, Recovery, assess, partition_loss
from driftline.metrics import Task

REMEMBERED = timedelta(days=7)  # how old a label may be, when it is known, to be repeated

ScoreAgain = Callable[[int, Sequence[str]], Mapping[str, LabelledRows]]


@dataclass(frozen=True, kw_only=True)
class Champion:
    """Who serves when a partition is reported on, and since when."""

    version_id: int
    since: datetime


class HealthHistory:
    """What was lost in the labelled partitions of a stream, computed once for all reports of one call.

    Args:
        pipeline: the declaration.
        labelled: what was served, by partition; more may be added between two questions.
        score_again: what a version predicts, or would have predicted, for partitions, with their labels.
        holdout: what a version lost on its holdout; None where that is not known.
    """

    def __init__(
        self,
        pipeline: ModelPipeline,
        labelled: Mapping[str, LabelledRows],
        *,
        score_again: ScoreAgain,
        holdout: Callable[[int], HoldoutLoss | None],
    ) -> None:
        self.pipeline = pipeline
        self.holdout = holdout
        self._labelled = labelled
        self._score_again = score_again
        self._losses: dict[tuple[int, str], PartitionLoss | None] = {}  # None: it could not score them

    def health(
        self,
        rule: Recovery,
        key: str,
        previous: Health | None,
        champion: Champion,
        *,
        accepted: Accepted | None,
        looks: Sequence[datetime],
    ) -> Health:
        """Return the health at partition `key`, as it follows from that at the partition reported on before."""
        view = _View(history=self, key=key, champion=champion)
        return assess(rule, previous, view, accepted=accepted, looks=looks)

    def served(self, start: datetime, end: datetime) -> list[PartitionLoss]:
        """Return what was lost from `start` to `end` by whoever served, where labels are known."""
        found = [self._loss(key, self._labelled[key]) for key in self._keys(start, end)]
        return [loss for loss in found if loss.row_count]

    def losses(self, version_id: int, start: datetime, end: datetime) -> list[PartitionLoss]:
        """Return what one version lost, or would have lost, in the same partitions."""
        keys = self._keys(start, end)
        others = [key for key in keys if self._labelled[key].version_id != version_id]
        unknown = [key for key in others if (version_id, key) not in self._losses]
        if unknown:
            scored = self._score_again(version_id, unknown)
            self._losses |= {(version_id, key): None for key in unknown if key not in scored}
            for key, rows in scored.items():
                self._loss(key, rows)
        for key in set(keys).difference(others):
            self._loss(key, self._labelled[key])
        found = [self._losses.get((version_id, key)) for key in keys]
        return [loss for loss in found if loss is not None and loss.row_count]

    def task(self, key: str) -> Task:
        """Return what is predicted."""
        return self._labelled[key].task

    def _keys(self, start: datetime, end: datetime) -> list[str]:
        """Return the partitions that lie wholly between `start` and `end` and were served."""
        keys = self.pipeline.stream.keys(Window(start, end)) if start < end else ()
        return [key for key in keys if key in self._labelled]

    def _loss(self, key: str, rows: LabelledRows) -> PartitionLoss:
        known = self._losses.get((rows.version_id, key))
        if known is not None:
            return known
        window = self.pipeline.stream.window(key)
        loss = partition_loss(
            rows.task,
            rows.truth,
            rows.scores,
            start=window.start,
            end=window.end,
            class_count=len(rows.classes),
            last=self._last_known(window, rows),
        )
        self._losses[rows.version_id, key] = loss
        return loss

    def _last_known(self, window: Window, rows: LabelledRows) -> np.ndarray:
        """Return the label that was last known before each labelled row, encoded, NaN for none, shape (n_labelled,)."""
        pipeline, lag = self.pipeline, self.pipeline.ground_truth.lag
        until = window.end - lag + (window.end - window.start)  # the partition with the end of the lag in it, too
        keys = pipeline.stream.ending_in(Window(window.start - lag - REMEMBERED, until))
        parts = [self._labelled[key] for key in keys if key in self._labelled]
        if not parts or not rows.label_count:
            return np.full(rows.label_count, np.nan)
        known = pd.concat([part.keys for part in parts], ignore_index=True)
        values = np.concatenate([_encoded_as(rows, part) for part in parts])
        return last_known(rows.keys, known, values, time_column=pipeline.time_column, lag=lag)


def _encoded_as(rows: LabelledRows, part: LabelledRows) -> np.ndarray:
    """Return the labels of `part` as the version of `rows` encodes them, NaN for a class it does not know."""
    if part.classes == rows.classes:
        return part.truth.astype(np.float64)
    places = [rows.classes.index(label) if label in rows.classes else np.nan for label in part.classes]
    return np.asarray(np.array(places, dtype=np.float64)[part.truth])


@dataclass(frozen=True, kw_only=True, eq=False)
class _View:
    """What is known at one partition; see `driftline.health.HealthView`."""

    history: HealthHistory
    key: str
    champion: Champion

    @property
    def as_of(self) -> datetime:
        """Return when the labels of the partition are known."""
        return self.end + self.history.pipeline.ground_truth.lag

    @property
    def end(self) -> datetime:
        """Return the end of the partition."""
        return self.history.pipeline.stream.window(self.key).end

    @property
    def task(self) -> Task:
        """Return what is predicted."""
        return self.history.task(self.key)

    @property
    def champion_id(self) -> int:
        """Return who serves now."""
        return self.champion.version_id

    @property
    def honest_from(self) -> datetime:
        """Return the first time whose labels were not known when the champion was chosen."""
        return self.champion.since - self.history.pipeline.ground_truth.lag

    @property
    def training_length(self) -> timedelta:
        """Return how much time a training reads."""
        return self.history.pipeline.training_length

    @property
    def holdout_length(self) -> timedelta:
        """Return how much of that is its holdout, as declared."""
        return self.history.pipeline.holdout_length

    def served(self, start: datetime) -> Sequence[PartitionLoss]:
        """Return what was lost from `start` on by whoever served."""
        return self.history.served(start, self.end)

    def losses(self, version_id: int, start: datetime) -> Sequence[PartitionLoss]:
        """Return what one version lost, or would have lost."""
        return self.history.losses(version_id, start, self.end)

    def holdout(self, version_id: int) -> HoldoutLoss | None:
        """Return what a version lost on its holdout."""
        return self.history.holdout(version_id)
