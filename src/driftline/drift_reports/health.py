"""The health of a pipeline at its partitions, from the labelled rows of whoever served them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from driftline.datasets import Label, Window
from driftline.declaration import ModelPipeline
from driftline.evaluations import LabelledRows
from driftline.ground_truth import last_known
from driftline.health import Accepted, Health, HoldoutLoss, PartitionLoss, Recovery, assess, partition_loss
from driftline.metrics import Task

REMEMBERED = timedelta(days=7)  # how long a label is repeated once it is known

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
        parts = {key: self._labelled[key] for key in self._keys(start, end)}
        self._measure(parts)
        return self._known((rows.version_id, key) for key, rows in parts.items())

    def losses(self, version_id: int, start: datetime, end: datetime) -> list[PartitionLoss]:
        """Return what one version lost, or would have lost, in the same partitions."""
        keys = self._keys(start, end)
        parts = {key: self._labelled[key] for key in keys if self._labelled[key].version_id == version_id}
        unknown = [key for key in keys if key not in parts and (version_id, key) not in self._losses]
        scored = self._score_again(version_id, unknown) if unknown else {}
        self._losses |= {(version_id, key): None for key in unknown if key not in scored}
        self._measure({**parts, **scored})
        return self._known((version_id, key) for key in keys)

    def task(self, key: str) -> Task:
        """Return what is predicted."""
        return self._labelled[key].task

    def _keys(self, start: datetime, end: datetime) -> list[str]:
        """Return the partitions that lie wholly between `start` and `end` and were served."""
        keys = self.pipeline.stream.keys(Window(start, end)) if start < end else ()
        return [key for key in keys if key in self._labelled]

    def _known(self, wanted: Iterable[tuple[int, str]]) -> list[PartitionLoss]:
        """Return the losses of versions in partitions, those with labels."""
        found = [self._losses[one] for one in wanted]
        return [loss for loss in found if loss is not None and loss.row_count]

    def _measure(self, parts: Mapping[str, LabelledRows]) -> None:
        """Take the losses of partitions that are not known yet."""
        unknown = {key: rows for key, rows in parts.items() if (rows.version_id, key) not in self._losses}
        last = self._last_known(unknown) if unknown else {}
        for key, rows in unknown.items():
            window = self.pipeline.stream.window(key)
            self._losses[rows.version_id, key] = partition_loss(
                rows.task,
                rows.truth,
                rows.scores,
                start=window.start,
                end=window.end,
                class_count=len(rows.classes),
                last=last[key],
            )

    def _last_known(self, parts: Mapping[str, LabelledRows]) -> dict[str, np.ndarray]:
        """Return the label last known before each labelled row, encoded as the row's own, NaN for none."""
        pipeline, stream, lag = self.pipeline, self.pipeline.stream, self.pipeline.ground_truth.lag
        first = stream.window(min(parts)).start - lag - REMEMBERED
        earlier = [
            self._labelled[key]
            for key in stream.ending_in(Window(first, stream.window(max(parts)).end))
            if key in self._labelled
        ]
        asked = pd.concat([rows.keys for rows in parts.values()], ignore_index=True)
        labelled = pd.concat([rows.keys for rows in earlier], ignore_index=True)
        places = last_known(asked, labelled, time_column=pipeline.time_column, lag=lag, remembered=REMEMBERED)
        cuts = np.cumsum([rows.label_count for rows in parts.values()])[:-1]
        found = dict(zip(parts, np.split(places, cuts), strict=True))
        encoded = {
            classes: np.concatenate([_encoded(rows, classes) for rows in earlier])
            for classes in {rows.classes for rows in parts.values()}
        }
        return {key: np.where(of_key < 0, np.nan, encoded[parts[key].classes][of_key]) for key, of_key in found.items()}


def _encoded(rows: LabelledRows, classes: tuple[Label, ...]) -> np.ndarray:
    """Return the labels of rows as a version with `classes` encodes them, NaN for a class that it does not know."""
    if rows.classes == classes:
        return rows.truth.astype(np.float64)
    places = [classes.index(label) if label in classes else np.nan for label in rows.classes]
    return np.asarray(np.array(places, dtype=np.float64)[rows.truth])


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
