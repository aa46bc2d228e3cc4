"""Drift reports: what the windows that end with each partition say about the champion of the time."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import cache, reduce
from operator import add

import numpy as np

from driftline.datasets import Window
from driftline.declaration import ModelPipeline
from driftline.drift import (
    ColumnCounts,
    DataDrift,
    Finding,
    PerformanceDrift,
    ReferenceProfile,
    RetrainTrigger,
    Verdict,
    WindowVerdict,
    column_findings,
    count_column,
    overall_verdict,
    performance_finding,
    trigger_finding,
    window_verdict,
)
from driftline.evaluation import Measurement, Task, measure, unmeasured
from driftline.monitoring.evaluations import holdout_score
from driftline.monitoring.labelled import Labelled, LabelledReader
from driftline.monitoring.live_reference import LiveReference, live_references
from driftline.monitoring.outcome import Outcome, together
from driftline.monitoring.profiles import column_values, load_profile
from driftline.store import monitoring
from driftline.store.monitoring import DriftReport
from driftline.store.registry import ModelVersion
from driftline.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Reported:
    """One stored drift report with its evidence."""

    report_id: int
    version: int
    verdict: Verdict
    summary: str
    findings: tuple[Finding, ...]


def report_drift(
    workspace: Workspace,
    pipeline: ModelPipeline,
    keys: Sequence[str],
    *,
    dagster_run_id: str | None = None,
    reader: LabelledReader | None = None,
) -> Outcome[Reported]:
    """Report for each partition whether the windows that end with it show drift, and store the reports.

    A window holds the partitions that the same champion predicted: a promotion starts anew. The reference
    is what that champion scored on its holdout and the rows it was trained on; of the retrain trigger, its first
    live windows. The verdict is that of the alerts. The same evidence is reported once. What `reader` has read
    already is not read again.
    """
    if not pipeline.drift:
        return Outcome()
    live = live_references(workspace, pipeline, keys)
    needed = {key for reference in live.values() for key in reference.keys}
    reader = reader or LabelledReader(workspace, pipeline)
    found = reader.read(sorted(needed.union(_with_lookback(pipeline, keys))))
    versions = {labelled.version.id: labelled.version for labelled in found.done.values()}
    history = DriftHistory(
        pipeline,
        found.done,
        live,
        profile=lambda version_id: load_profile(workspace, versions[version_id]),
        score=lambda version_id, metric: holdout_score(workspace, pipeline, versions[version_id], metric),
    )
    asked = {key: found.done[key] for key in sorted(keys) if key in found.done}
    findings = together(lambda own: {key: tuple(history.findings(key)) for key in own}, asked)
    done = {}
    with workspace.database.transaction() as session:
        for key, evidence in findings.done.items():
            report = drift_report(pipeline, key, asked[key].version, evidence, workspace.clock())
            report.dagster_run_id = dagster_run_id
            stored = monitoring.add_report(session, report, [asdict(finding) for finding in evidence])
            done[key] = Reported(
                report_id=stored.id,
                version=asked[key].version.version,
                verdict=Verdict(stored.verdict),
                summary=stored.summary,
                findings=evidence,
            )
    failed = {key: why for key, why in found.failed.items() if key in keys}
    return Outcome(done=done, failed={**failed, **findings.failed})


def _with_lookback(pipeline: ModelPipeline, keys: Sequence[str]) -> Sequence[str]:
    """Return `keys` and the partitions before them that their windows reach back to."""
    if pipeline.partitions is None:
        return keys
    trigger = pipeline.retrain.trigger
    reach = max([*(_reach(rule) for rule in pipeline.drift), trigger.length if trigger else timedelta(0)])
    windows = [pipeline.partitions.window(key) for key in keys]
    spans = [Window(window.end - max(reach, pipeline.partitions.step), window.end) for window in windows]
    needed = {key for span in spans for key in pipeline.partitions.keys(span)}
    return sorted(needed | set(keys))


def _reach(rule: PerformanceDrift | DataDrift) -> timedelta:
    return rule.length * rule.m_of_n[1] if isinstance(rule, PerformanceDrift) else rule.length


class DriftHistory:
    """The labelled partitions of a pipeline and what was computed from them once for all reports.

    Args:
        pipeline: the declaration.
        labelled: by partition; more may be added between two questions.
        live: the reference of the retrain trigger for the report of each partition; may grow likewise.
        profile: gives the reference profile of a version by its row id, None where it has none.
        score: gives what a version scored on its holdout by a metric.
    """

    def __init__(
        self,
        pipeline: ModelPipeline,
        labelled: Mapping[str, Labelled],
        live: Mapping[str, LiveReference],
        *,
        profile: Callable[[int], ReferenceProfile | None],
        score: Callable[[int, str], Measurement | None],
    ) -> None:
        self._pipeline = pipeline
        self._live = live
        self._labelled = labelled
        self._profile = cache(profile)
        self._reference = cache(score)
        self._counts = cache(self._count)
        self._window = cache(self._judge)
        self._measured = cache(self._measure)

    def findings(self, key: str) -> Iterator[Finding]:
        """Give the finding of each rule for the windows that end with partition `key`."""
        version_id = self._labelled[key].version.id
        for rule in self._pipeline.performance_rules:
            yield performance_finding(rule, list(self._windows(rule, key, version_id)))
        if self._pipeline.retrain.trigger is not None and key in self._live:
            yield self._trigger(self._pipeline.retrain.trigger, key, version_id)
        for data_rule in self._pipeline.data_rules:
            profile = self._profile(version_id)
            if profile is not None:
                counts = [
                    self._counts(member, version_id) for member in self._members(key, version_id, data_rule.length)
                ]
                shared = [name for name in counts[0] if all(name in part for part in counts)]
                summed = {name: reduce(add, [part[name] for part in counts]) for name in shared}
                watched = column_values(self._pipeline, self._labelled[key].features)
                new = tuple(name for name in watched if name not in profile.names)
                yield from column_findings(profile, summed, data_rule, new_columns=new)

    def _windows(self, rule: PerformanceDrift, key: str, version_id: int) -> Iterator[WindowVerdict]:
        """Give the verdicts of the disjoint windows up to `key`, newest last, of those that hold predictions."""
        for back in reversed(range(rule.m_of_n[1] if self._pipeline.partitions else 1)):
            members = self._members(key, version_id, rule.length, back=back)
            if members:
                yield self._window(rule, members, version_id)

    def _trigger(self, trigger: RetrainTrigger, key: str, version_id: int) -> Finding:
        """Return whether the window that ends with `key` is worse than the champion's first live windows."""
        task = self._labelled[key].task
        rule = trigger.rule(task)
        parts = [
            tuple(member for member in window if self._serves(member, version_id)) for window in self._live[key].windows
        ]
        members = self._members(key, version_id, trigger.length)
        return trigger_finding(
            trigger,
            task,
            self._measured(rule.metric, task, tuple(member for part in parts for member in part)),
            self._measured(rule.metric, task, members),
            reference_labels=[sum(len(self._labelled[member].truth) for member in part) for part in parts],
            prediction_count=sum(self._labelled[member].row_count for member in members),
        )

    def _serves(self, member: str, version_id: int) -> bool:
        return member in self._labelled and self._labelled[member].version.id == version_id

    def _members(self, key: str, version_id: int, length: timedelta, *, back: int = 0) -> tuple[str, ...]:
        """Return the partitions of one champion that end in the window `back` lengths before that of `key`."""
        partitions = self._pipeline.partitions
        if partitions is None:
            return (key,)
        end = partitions.window(key).end - back * length
        ends_later = end - length - partitions.step + timedelta.resolution
        return tuple(member for member in partitions.keys(Window(ends_later, end)) if self._serves(member, version_id))

    def _judge(self, rule: PerformanceDrift, members: tuple[str, ...], version_id: int) -> WindowVerdict:
        parts = [self._labelled[member] for member in members]
        truth = np.concatenate([part.truth for part in parts])
        task = parts[0].task
        return window_verdict(
            rule,
            self._reference(version_id, rule.metric),
            self._measured(rule.metric, task, members),
            prediction_count=sum(part.row_count for part in parts),
            smallest_class=int(min(truth.sum(), len(truth) - truth.sum())) if task is Task.BINARY else None,
        )

    def _measure(self, metric: str, task: Task, members: tuple[str, ...]) -> Measurement:
        if not members:
            return unmeasured(metric, 0, "no rows")
        parts = [self._labelled[member] for member in members]
        truth, scores = (np.concatenate(values) for values in zip(*((p.truth, p.scores) for p in parts), strict=True))
        return measure(metric, task, truth, scores)

    def _count(self, member: str, version_id: int) -> dict[str, ColumnCounts]:
        profile = self._profile(version_id)
        values = column_values(self._pipeline, self._labelled[member].features)
        profiled = {column.name: column for column in profile.columns} if profile else {}
        return {name: count_column(column, values[name]) for name, column in profiled.items() if name in values}


def drift_report(
    pipeline: ModelPipeline, key: str, version: ModelVersion, findings: tuple[Finding, ...], created_at: datetime
) -> DriftReport:
    """Return the row of a report that is not stored yet: the verdict is that of the alerts among its findings."""
    alerts = [finding for finding in findings if finding.role == "alert"]
    verdict = overall_verdict(alerts)
    window = _longest_window(pipeline, key)
    evidence = json.dumps([asdict(finding) for finding in findings], sort_keys=True)
    return DriftReport(
        model_id=version.model_id,
        version_id=version.id,
        partition_key=key,
        reference=f"the holdout and the training rows of version {version.version}",
        window_start=window.start if window else None,
        window_end=window.end if window else None,
        created_at=created_at,
        verdict=verdict,
        summary=_summary(verdict, alerts),
        digest=hashlib.sha256(evidence.encode()).hexdigest(),
    )


def _longest_window(pipeline: ModelPipeline, key: str) -> Window | None:
    if pipeline.partitions is None:
        return None
    end: datetime = pipeline.partitions.window(key).end
    return Window(end - max(rule.length for rule in pipeline.drift), end)


def _summary(verdict: Verdict, findings: Sequence[Finding]) -> str:
    """Return one line for people: what drifted, or why nothing is said."""
    telling = [finding for finding in findings if finding.verdict is verdict]
    if verdict is Verdict.OK:
        return f"No drift in {len(telling)} of {len(findings)} checks that could be made."
    performance = [finding for finding in telling if finding.kind == "performance"]
    columns = [finding.name for finding in telling if finding.kind == "column"]
    said = [finding.note or finding.name for finding in performance]
    if columns:
        said.append(f"Columns: {', '.join(dict.fromkeys(columns))}.")
    return " ".join(said) or "Nothing to compare with."
