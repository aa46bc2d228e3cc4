"""What each rule finds in the windows up to a partition, computed once for all reports of one call."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache

import numpy as np

from driftline.declaration import ModelPipeline
from driftline.dossier import column_values, joint_values, separate
from driftline.drift import (
    EARLIEST_WINDOWS,
    DataDrift,
    DetectorPath,
    Finding,
    MultivariateDrift,
    PerformanceDrift,
    PredictionDrift,
    RetrainTrigger,
    WindowVerdict,
    allowed_loss,
    column_findings,
    design_effect,
    e_detector,
    multivariate_finding,
    performance_finding,
    prediction_columns,
    prediction_findings,
    sequential_finding,
    trigger_finding,
    window_verdict,
)
from driftline.drift_reports.live_reference import LiveReference
from driftline.drift_reports.references import References
from driftline.drift_reports.served_partitions import ServedPartitions
from driftline.drift_reports.tenures import ErrorSequence, Tenure, error_sequence
from driftline.evaluations import LabelledRows
from driftline.metrics import Measurement
from driftline.profiles import ColumnCounts, ReferenceProfile, count_column, total_counts


class DriftHistory:
    """The labelled partitions of a pipeline and what was computed from them.

    Args:
        pipeline: the declaration.
        labelled: by partition; more may be added between two questions.
        live: the reference of the retrain trigger for the report of each partition; may grow likewise.
        tenures: the service of each partition's champion up to it; may grow likewise.
        references: what versions are compared with.
        horizon: labels of later events are not all there yet.
    """

    def __init__(
        self,
        pipeline: ModelPipeline,
        labelled: Mapping[str, LabelledRows],
        live: Mapping[str, LiveReference],
        tenures: Mapping[str, Tenure],
        *,
        references: References,
        horizon: datetime,
    ) -> None:
        self._pipeline = pipeline
        self._live = live
        self._tenures = tenures
        self._horizon = horizon
        self._served = served = ServedPartitions(pipeline, labelled)
        self._profile = cache(references.profile)
        self._prediction_profile = cache(references.prediction_profile)
        self._reference = cache(references.score)
        self._reference_rows = cache(references.rows)
        self._column_counts = cache(self._count_columns)
        self._prediction_counts = cache(self._count_predictions)
        self._window = cache(self._judge)
        self._measured = cache(served.measure)
        self._sequence = cache(self._detect)

    def findings(self, key: str) -> Iterator[Finding]:
        """Give the findings of each rule for the windows that end with partition `key`."""
        version_id = self._served[key].version_id
        for rule in self._pipeline.performance_rules:
            if rule.method == "sequential":
                yield self._sequential(rule, key, version_id)
            else:
                yield self._performance(rule, key, version_id)
        if self._pipeline.retrain.trigger is not None and key in self._live:
            yield self._trigger(self._pipeline.retrain.trigger, key, version_id)
        for data_rule in self._pipeline.data_rules:
            yield from self._columns(data_rule, key, version_id)
        for prediction_rule in self._pipeline.prediction_rules:
            yield from self._predictions(prediction_rule, key, version_id)
        for joint_rule in self._pipeline.multivariate_rules:
            yield self._multivariate(joint_rule, key, version_id)

    def _performance(self, rule: PerformanceDrift, key: str, version_id: int) -> Finding:
        if not rule.alike_rows or key not in self._tenures:
            return performance_finding(rule, list(self._windows(rule, key, version_id, 1.0)))
        earliest = self._earliest(rule, key, version_id)
        effect = design_effect(earliest)
        found = performance_finding(rule, list(self._windows(rule, key, version_id, effect or 1.0)))
        counted = f"Its variance counts {effect:.1f} times, by" if effect else "Rows count as independent until"
        return replace(found, note=f"{found.note} {counted} the champion's first {EARLIEST_WINDOWS} windows.")

    def _earliest(self, rule: PerformanceDrift, key: str, version_id: int) -> list[Measurement]:
        """Return the metric in the champion's first windows, those that are over before the ones that are judged."""
        start, last = self._tenures[key].start, self._served.end(key) - rule.reach
        ends = [start + (number + 1) * rule.length for number in range(EARLIEST_WINDOWS)]
        windows = [self._served.between(end - rule.length, end, version_id) for end in ends if end <= last]
        task = self._served[key].task
        measured = [self._measured(rule.metric, task, members) for members in windows]
        return [one for one in measured if one.row_count >= rule.min_labels]

    def _windows(self, rule: PerformanceDrift, key: str, version_id: int, effect: float) -> Iterator[WindowVerdict]:
        """Give the verdicts of the disjoint windows up to `key`, newest last, of those that hold predictions."""
        for back in reversed(range(rule.m_of_n[1])):
            members = self._served.window(key, version_id, rule.length, back=back)
            if members:
                yield self._window(rule, members, version_id, effect)

    def _judge(self, rule: PerformanceDrift, members: tuple[str, ...], version_id: int, effect: float) -> WindowVerdict:
        return window_verdict(
            rule,
            self._reference(version_id, rule.metric),
            self._measured(rule.metric, self._served[members[0]].task, members),
            prediction_count=self._served.row_count(members),
            smallest_class=self._served.smallest_class(members),
            design_effect=effect,
        )

    def _sequential(self, rule: PerformanceDrift, key: str, version_id: int) -> Finding:
        end = self._served.end(key)
        errors, path = self._sequence(rule, self._served.since(self._tenures[key].start, version_id), version_id)
        label_count = errors.before(end)
        return sequential_finding(
            rule,
            self._reference(version_id, rule.metric),
            path,
            label_count=label_count,
            in_window=label_count - errors.before(end - rule.length),
        )

    def _detect(
        self, rule: PerformanceDrift, served: tuple[str, ...], version_id: int
    ) -> tuple[ErrorSequence, DetectorPath | None]:
        """Return the errors of a whole tenure and what the detector says of them: one pass for all its reports."""
        errors = error_sequence(rule.metric, [self._served[member] for member in served], self._horizon)
        reference = self._reference(version_id, rule.metric)
        if reference is None or reference.value is None:
            return errors, None
        return errors, e_detector(errors.losses, reference=allowed_loss(reference), arl=rule.arl)

    def _trigger(self, trigger: RetrainTrigger, key: str, version_id: int) -> Finding:
        """Return whether the window that ends with `key` is worse than the champion's first live windows."""
        task = self._served[key].task
        rule = trigger.rule(task)
        parts = [
            tuple(member for member in window if self._served.served_by(member, version_id))
            for window in self._live[key].windows
        ]
        members = self._served.window(key, version_id, trigger.length)
        return trigger_finding(
            trigger,
            task,
            self._measured(rule.metric, task, tuple(member for part in parts for member in part)),
            self._measured(rule.metric, task, members),
            reference_labels=[sum(len(self._served[member].truth) for member in part) for part in parts],
            prediction_count=self._served.row_count(members),
        )

    def _columns(self, rule: DataDrift, key: str, version_id: int) -> Sequence[Finding]:
        profile = self._profile(version_id)
        if profile is None:
            return ()
        members = self._served.window(key, version_id, rule.length)
        counts = _summed([self._column_counts(member, version_id) for member in members])
        watched = column_values(self._pipeline, self._served[key].features)
        return column_findings(
            profile, counts, rule, new_columns=tuple(name for name in watched if name not in profile.names)
        )

    def _predictions(self, rule: PredictionDrift, key: str, version_id: int) -> Sequence[Finding]:
        members = self._served.window(key, version_id, rule.length)
        counts = _summed([self._prediction_counts(member, version_id) for member in members])
        return prediction_findings(self._prediction_profile(version_id), counts, rule)

    def _multivariate(self, rule: MultivariateDrift, key: str, version_id: int) -> Finding:
        members = self._served.window(key, version_id, rule.length)
        window = joint_values(self._pipeline, [self._served[member].features for member in members])
        return multivariate_finding(self._reference_rows(version_id), window, rule, separate)

    def _count_columns(self, member: str, version_id: int) -> dict[str, ColumnCounts]:
        values = column_values(self._pipeline, self._served[member].features)
        return _counted(self._profile(version_id), values)

    def _count_predictions(self, member: str, version_id: int) -> dict[str, ColumnCounts]:
        own = self._served[member]
        values = prediction_columns(own.task, own.all_scores, own.classes)
        return _counted(self._prediction_profile(version_id), values)


def _counted(profile: ReferenceProfile | None, values: Mapping[str, np.ndarray]) -> dict[str, ColumnCounts]:
    columns = profile.columns if profile else ()
    return {column.name: count_column(column, values[column.name]) for column in columns if column.name in values}


def _summed(parts: Sequence[Mapping[str, ColumnCounts]]) -> dict[str, ColumnCounts]:
    """Return the counts of partitions together; a column that one of them lacks is left out."""
    shared = [name for name in parts[0] if all(name in part for part in parts)]
    return {name: total_counts([part[name] for part in parts]) for name in shared}
