"""Drift reports: what the windows that end with each partition say about the champion of the time."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from driftline.datasets import Window
from driftline.declaration import ModelPipeline
from driftline.drift import Finding, Verdict, overall_verdict
from driftline.drift_reports.health_chain import HealthChain
from driftline.drift_reports.health_finding import health_finding
from driftline.drift_reports.history import DriftHistory
from driftline.drift_reports.references import StoredReferences
from driftline.drift_reports.tenures import tenures
from driftline.evaluations import LabelledReader
from driftline.health import Health
from driftline.metrics import Task
from driftline.rows import Outcome, run_batched
from driftline.sentences import report_summary
from driftline.store import drift_rows
from driftline.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class DriftReport:
    """What the windows that end with one partition say about the version that served it.

    Attributes:
        version_id: the version.
        version: its number.
        partition_key: the last partition; empty for a table without partitions.
        window: the longest window that was looked at; None for a table.
        findings: the evidence, one for each check.
        verdict: that of the alerts among the findings.
        summary: what drifted, or why nothing could be concluded, in one line.
        health: how the pipeline stands; None where no rule of recovery is declared.
    """

    version_id: int
    version: int
    partition_key: str
    window: Window | None
    findings: tuple[Finding, ...]
    verdict: Verdict
    summary: str
    health: Health | None = None

    @property
    def reference(self) -> str:
        """Return what the window was compared with."""
        return f"the holdout and the training rows of version {self.version}"

    @property
    def digest(self) -> str:
        """Return the sha256 of the findings and of health: the same evidence has the same one."""
        found: list[Any] = [asdict(finding) for finding in self.findings]
        evidence = json.dumps(found + ([self.health.to_json()] if self.health else []), sort_keys=True)
        return hashlib.sha256(evidence.encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class DriftReportResult:
    """A drift report and the id that it is stored under."""

    report_id: int
    report: DriftReport

    @property
    def version(self) -> int:
        """Return the number of the version that it is about."""
        return self.report.version

    @property
    def verdict(self) -> Verdict:
        """Return its verdict."""
        return self.report.verdict

    @property
    def summary(self) -> str:
        """Return it in one line."""
        return self.report.summary

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return its evidence."""
        return self.report.findings


def report_drift(
    workspace: Workspace,
    pipeline: ModelPipeline,
    keys: Sequence[str],
    *,
    dagster_run_id: str | None = None,
    reader: LabelledReader | None = None,
) -> Outcome[DriftReportResult]:
    """Report for each partition whether the windows that end with it show drift, and store the reports.

    A window holds the partitions that the same champion predicted: a promotion starts anew. The reference
    is what that champion scored on its holdout and the rows it was trained on; of the retrain trigger, its first
    live windows. The verdict is that of the alerts. The same evidence is reported once. What `reader` has read
    already is not read again.
    """
    if not pipeline.drift:
        return Outcome()
    reader = reader or LabelledReader(workspace, pipeline)
    served = tenures(pipeline, keys, reader.partitions.champions)
    needed = {key for tenure in served.values() for key in tenure.keys}
    chain = HealthChain(workspace, pipeline, reader, keys)
    needed.update(chain.needed)
    read = reader.read(sorted(needed.union(_with_lookback(pipeline, keys))))
    labelled = read.done
    history = DriftHistory(
        pipeline,
        labelled,
        served,
        references=StoredReferences(workspace, pipeline, reader.partitions.champions),
        horizon=workspace.as_of() - pipeline.ground_truth.lag,
    )
    watched = {key: labelled[key] for key in sorted(keys) if key in labelled}
    findings = run_batched(lambda partitions: {key: tuple(history.findings(key)) for key in partitions}, watched)
    healths = chain.assess(labelled, sorted(findings.done))
    done = {}
    serving = reader.partitions.serving(list(findings.done)).done
    with workspace.database.transaction() as session:
        for key, evidence in findings.done.items():
            rows = watched[key]
            report = drift_report(
                pipeline,
                key,
                evidence,
                version_id=rows.version_id,
                version=rows.version,
                task=rows.task,
                health=healths.get(key),
            )
            report_id = drift_rows.add_report(
                session,
                model_id=serving[key].model_id,
                version_id=report.version_id,
                partition_key=report.partition_key,
                reference=report.reference,
                window_start=report.window.start if report.window else None,
                window_end=report.window.end if report.window else None,
                verdict=report.verdict,
                summary=report.summary,
                digest=report.digest,
                created_at=workspace.clock(),
                dagster_run_id=dagster_run_id,
                findings=[finding.to_row() for finding in report.findings],
                health=report.health.to_json() if report.health else None,
            )
            done[key] = DriftReportResult(report_id=report_id, report=report)
    failed = {key: why for key, why in read.failed.items() if key in keys}
    return Outcome(done=done, failed={**failed, **findings.failed})


def _with_lookback(pipeline: ModelPipeline, keys: Sequence[str]) -> Sequence[str]:
    """Return `keys` and the partitions before them that their windows reach back to."""
    reach = max(rule.reach for rule in pipeline.drift_rules)
    needed = {member for key in keys for member in pipeline.partitions.trailing_keys(key, reach)}
    return sorted(needed | set(keys))


def drift_report(
    pipeline: ModelPipeline,
    key: str,
    findings: tuple[Finding, ...],
    *,
    version_id: int,
    version: int,
    task: Task,
    health: Health | None = None,
) -> DriftReport:
    """Return the report on a partition that one version served; the verdict is that of its alerts and of health."""
    if health is not None:
        findings = (*findings, health_finding(health, task))
    alerts = [finding for finding in findings if finding.role != "trigger"]
    verdict = overall_verdict(alerts)
    decisive = [finding for finding in alerts if finding.verdict is verdict]
    return DriftReport(
        version_id=version_id,
        version=version,
        partition_key=key,
        window=pipeline.partitions.trailing_window(key, max(rule.length for rule in pipeline.drift)),
        findings=findings,
        verdict=verdict,
        summary=report_summary(
            verdict,
            count=len(decisive),
            total=len(alerts),
            columns=[finding.name for finding in decisive if finding.kind == "column"],
            notes=[finding.note for finding in decisive if finding.kind != "column"],
        ),
        health=health,
    )
