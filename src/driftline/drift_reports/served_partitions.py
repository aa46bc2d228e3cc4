"""The partitions that were predicted, with their labels, and the windows that a champion served of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import numpy as np

from driftline.datasets import Window
from driftline.declaration import ModelPipeline
from driftline.evaluations import LabelledRows
from driftline.metrics import Measurement, Task, measure, unmeasured


class ServedPartitions:
    """The labelled partitions of a pipeline by key; of a table, its one. More may be added between two questions."""

    def __init__(self, pipeline: ModelPipeline, labelled: Mapping[str, LabelledRows]) -> None:
        self._pipeline = pipeline
        self._labelled = labelled

    def __getitem__(self, key: str) -> LabelledRows:
        return self._labelled[key]

    def served_by(self, key: str, version_id: int) -> bool:
        """Return whether the partition is there and this version served it."""
        return key in self._labelled and self._labelled[key].version_id == version_id

    def end(self, key: str) -> datetime:
        """Return the end of a partition of a stream."""
        return self._pipeline.stream.window(key).end

    def window(self, key: str, version_id: int, length: timedelta, *, back: int = 0) -> tuple[str, ...]:
        """Return the partitions of one version that end in the window `back` lengths before that of `key`."""
        keys = self._pipeline.partitions.trailing_keys(key, length, back=back)
        return tuple(member for member in keys if self.served_by(member, version_id))

    def between(self, start: datetime, end: datetime, version_id: int) -> tuple[str, ...]:
        """Return the partitions of a stream of one version that end after `start` and not after `end`."""
        keys = self._pipeline.stream.ending_in(Window(start, end)) if start < end else ()
        return tuple(key for key in keys if self.served_by(key, version_id))

    def within(self, start: datetime, end: datetime, version_id: int) -> tuple[str, ...]:
        """Return the partitions of a stream of one version that lie wholly between `start` and `end`."""
        keys = self._pipeline.stream.keys(Window(start, end))
        return tuple(key for key in keys if self.served_by(key, version_id))

    def since(self, start: datetime, version_id: int) -> tuple[str, ...]:
        """Return the partitions of a stream that one version served from `start` on, oldest first."""
        last = max(self._labelled, key=self.end)
        return self.between(start, self.end(last), version_id)

    def row_count(self, members: Sequence[str]) -> int:
        """Return how many predictions these partitions hold, labelled or not."""
        return sum(self._labelled[member].row_count for member in members)

    def measure(self, metric: str, task: Task, members: Sequence[str]) -> Measurement:
        """Return the metric over the labelled rows of these partitions together."""
        if not members:
            return unmeasured(metric, 0, "no rows")
        truth = np.concatenate([self._labelled[member].truth for member in members])
        return measure(metric, task, truth, np.concatenate([self._labelled[member].scores for member in members]))

    def smallest_class(self, members: Sequence[str]) -> int | None:
        """Return the labelled rows of the rarer class; None where there are not two."""
        if self._labelled[members[0]].task is not Task.BINARY:
            return None
        truth = np.concatenate([self._labelled[member].truth for member in members])
        return int(min(truth.sum(), len(truth) - truth.sum()))
