"""What drift rules look at, computed once for all reports of one call."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

import numpy as np

from driftline.declaration import ModelPipeline
from driftline.dossier import column_values, joint_values, separate
from driftline.drift import Columns, DetectorPath, ErrorSequence, Members, Separator, e_detector, prediction_columns
from driftline.drift_reports.references import References
from driftline.drift_reports.served_partitions import ServedPartitions
from driftline.drift_reports.tenures import Tenure, error_sequence
from driftline.evaluations import LabelledRows
from driftline.metrics import Measurement, Task
from driftline.profiles import ColumnCounts, ReferenceProfile, count_columns, total_counts


class ComputedOnce:
    """What all reports of one call share: nothing of it is computed twice.

    Args:
        pipeline: the declaration.
        labelled: by partition; more may be added between two questions.
        references: what versions are compared with.
        horizon: labels of later events are not all there yet.
    """

    def __init__(
        self,
        pipeline: ModelPipeline,
        labelled: Mapping[str, LabelledRows],
        *,
        references: References,
        horizon: datetime,
    ) -> None:
        self.pipeline = pipeline
        self.served = served = ServedPartitions(pipeline, labelled)
        self._horizon = horizon
        self.measure = cache(served.measure)
        self.profile = cache(references.profile)
        self.prediction_profile = cache(references.prediction_profile)
        self.score = cache(references.score)
        self.reference_rows = cache(references.rows)
        self.column_counts: Callable[[str, int], dict[str, ColumnCounts]] = cache(self._column_counts)
        self.prediction_counts: Callable[[str, int], dict[str, ColumnCounts]] = cache(self._prediction_counts)
        self.errors: Callable[[str, Members], ErrorSequence] = cache(self._errors)
        self.detect: Callable[[str, Members, float, float], DetectorPath] = cache(self._detect)

    def _column_counts(self, member: str, version_id: int) -> dict[str, ColumnCounts]:
        return count_columns(self.profile(version_id), column_values(self.pipeline, self.served[member].features))

    def _prediction_counts(self, member: str, version_id: int) -> dict[str, ColumnCounts]:
        partition = self.served[member]
        values = prediction_columns(partition.task, partition.all_scores, partition.classes)
        return count_columns(self.prediction_profile(version_id), values)

    def _errors(self, metric: str, members: Members) -> ErrorSequence:
        return error_sequence(metric, [self.served[member] for member in members], self._horizon)

    def _detect(self, metric: str, members: Members, reference: float, arl: float) -> DetectorPath:
        return e_detector(self.errors(metric, members).losses, reference=reference, arl=arl)


@dataclass(frozen=True, kw_only=True, eq=False)
class PartitionView:
    """What the champion of one partition served up to it; see `driftline.drift.ServiceView`.

    Attributes:
        computed: what all reports share.
        key: the newest partition.
        version_id: of the version that served it.
        tenure: of that version; None where no rule asks for it.
    """

    computed: ComputedOnce
    key: str
    version_id: int
    tenure: Tenure | None

    @property
    def task(self) -> Task:
        """Return the task of the version."""
        return self.computed.served[self.key].task

    @property
    def is_stream(self) -> bool:
        """Return whether there are time partitions."""
        return self.computed.pipeline.partitions.is_stream

    @property
    def start(self) -> datetime | None:
        """Return the start of the first partition of the tenure."""
        return self.tenure.start if self.tenure else None

    @property
    def end(self) -> datetime:
        """Return the end of the newest partition of a stream."""
        return self.computed.served.end(self.key)

    @property
    def separate(self) -> Separator:
        """Return the classifier that tells a window from the reference."""
        return separate

    def window(self, length: timedelta, *, back: int = 0) -> Members:
        """Return the partitions that end in the window `back` lengths before the newest one."""
        return self.computed.served.window(self.key, self.version_id, length, back=back)

    def between(self, start: datetime, end: datetime) -> Members:
        """Return the partitions that end after `start` and not after `end`."""
        return self.computed.served.between(start, end, self.version_id)

    def within(self, start: datetime, end: datetime) -> Members:
        """Return the partitions that lie wholly between `start` and `end`."""
        return self.computed.served.within(start, end, self.version_id)

    def row_count(self, members: Members) -> int:
        """Return how many predictions these partitions hold, labelled or not."""
        return self.computed.served.row_count(members)

    def label_count(self, members: Members) -> int:
        """Return how many labelled rows these partitions hold."""
        return sum(len(self.computed.served[member].truth) for member in members)

    def smallest_class(self, members: Members) -> int | None:
        """Return the labelled rows of the rarer class; None where there are not two."""
        return self.computed.served.smallest_class(members)

    def measure(self, metric: str, members: Members) -> Measurement:
        """Return the metric over the labelled rows of these partitions together."""
        return self.computed.measure(metric, self.task, members)

    def errors(self, metric: str) -> ErrorSequence:
        """Return the losses of the whole tenure in the order of their events."""
        return self.computed.errors(metric, self._tenure_members())

    def detect(self, metric: str, *, reference: float, arl: float) -> DetectorPath:
        """Return what the e-detector says of a whole tenure: one pass for all its reports."""
        return self.computed.detect(metric, self._tenure_members(), reference, arl)

    def column_names(self) -> Sequence[str]:
        """Return the columns of the newest partition that are watched."""
        return tuple(column_values(self.computed.pipeline, self.computed.served[self.key].features))

    def column_counts(self, members: Members) -> Mapping[str, ColumnCounts]:
        """Return the counts of all partitions together on the bins of the profile."""
        return _summed([self.computed.column_counts(member, self.version_id) for member in members])

    def prediction_counts(self, members: Members) -> Mapping[str, ColumnCounts]:
        """Return the counts of the predictions of all partitions together on the bins of their profile."""
        return _summed([self.computed.prediction_counts(member, self.version_id) for member in members])

    def columns(self, members: Members) -> Columns:
        """Return the columns that are watched together, of all rows of these partitions."""
        return joint_values(self.computed.pipeline, [self.computed.served[member].features for member in members])

    def score(self, metric: str) -> Measurement | None:
        """Return what the version scored on its holdout."""
        return self.computed.score(self.version_id, metric)

    def profile(self) -> ReferenceProfile | None:
        """Return the profile of its training rows."""
        return self.computed.profile(self.version_id)

    def prediction_profile(self) -> ReferenceProfile | None:
        """Return the profile of its predictions on its holdout."""
        return self.computed.prediction_profile(self.version_id)

    def reference_rows(self) -> Mapping[str, np.ndarray] | None:
        """Return some of its training rows, by column."""
        return self.computed.reference_rows(self.version_id)

    def _tenure_members(self) -> Members:
        return () if self.tenure is None else self.computed.served.since(self.tenure.start, self.version_id)


def _summed(parts: Sequence[Mapping[str, ColumnCounts]]) -> dict[str, ColumnCounts]:
    """Return the counts of partitions together; a column that one of them lacks is left out."""
    shared = [name for name in parts[0] if all(name in part for part in parts)]
    return {name: total_counts([part[name] for part in parts]) for name in shared}
