"""The partitions that were predicted, with their labels, and the windows that a champion served of them."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property

import numpy as np

from driftline.declaration import ModelPipeline
from driftline.evaluation import Measurement, Task, measure, unmeasured
from driftline.monitoring.labelled import Labelled
from driftline.store.registry import ModelVersion


class ServedPartitions:
    """The labelled partitions of a pipeline by key; of a table, its one."""

    def __init__(self, pipeline: ModelPipeline, labelled: Mapping[str, Labelled]) -> None:
        self._labelled = labelled
        ends = {key: pipeline.partitions.window(key).end for key in labelled} if pipeline.partitions else {}
        self._ends = dict(sorted(ends.items(), key=lambda item: item[1]))
        self._keys, self._times = list(self._ends), list(self._ends.values())

    def __getitem__(self, key: str) -> Labelled:
        return self._labelled[key]

    @property
    def is_stream(self) -> bool:
        """Return whether there are time partitions."""
        return bool(self._ends)

    @cached_property
    def versions(self) -> dict[int, ModelVersion]:
        """Return the versions that served them, by their row id."""
        return {found.version.id: found.version for found in self._labelled.values()}

    def served_by(self, key: str, version_id: int) -> bool:
        """Return whether the partition is there and this version served it."""
        return key in self._labelled and self._labelled[key].version.id == version_id

    def end(self, key: str) -> datetime:
        """Return the end of a partition of a stream."""
        return self._ends[key]

    def window(self, key: str, version_id: int, length: timedelta, *, back: int = 0) -> tuple[str, ...]:
        """Return the partitions of one version that end in the window `back` lengths before that of `key`."""
        if not self._ends:
            return (key,)
        end = self._ends[key] - back * length
        return self.between(end - length, end, version_id)

    def between(self, start: datetime, end: datetime, version_id: int) -> tuple[str, ...]:
        """Return the partitions of a stream of one version that end after `start` and not after `end`."""
        members = self._keys[bisect_right(self._times, start) : bisect_right(self._times, end)]
        return tuple(key for key in members if self.served_by(key, version_id))

    def since(self, start: datetime, version_id: int) -> tuple[str, ...]:
        """Return the partitions of a stream that one version served from `start` on."""
        members = self._keys[bisect_right(self._times, start) :]
        return tuple(key for key in members if self.served_by(key, version_id))

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
