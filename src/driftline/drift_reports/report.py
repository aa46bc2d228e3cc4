"""Drift reports: what the windows that end with each partition say about the champion of the time."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from driftline.declaration import DriftRule, ModelPipeline
from driftline.drift import Finding, PerformanceDrift, Verdict, overall_verdict
from driftline.drift_reports.history import DriftHistory
from driftline.drift_reports.live_reference import live_references
from driftline.drift_reports.references import StoredReferences
from driftline.drift_reports.tenures import tenures
from driftline.evaluations import LabelledReader
from driftline.rows import Outcome, run_batched
from driftline.store import drift_rows
from driftline.store.drift_rows import DriftReport
from driftline.store.model_rows import ModelVersion
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
    served = tenures(workspace, pipeline, keys)
    needed |= {key for tenure in served.values() for key in tenure.keys}
    reader = reader or LabelledReader(workspace, pipeline)
    found = reader.read(sorted(needed.union(_with_lookback(pipeline, keys))))
    history = DriftHistory(
        pipeline,
        found.done,
        live,
        served,
        references=StoredReferences(workspace, pipeline),
        horizon=workspace.as_of() - pipeline.ground_truth.lag,
    )
    asked = {key: found.done[key] for key in sorted(keys) if key in found.done}
    findings = run_batched(lambda own: {key: tuple(history.findings(key)) for key in own}, asked)
    done = {}
    with workspace.database.transaction() as session:
        for key, evidence in findings.done.items():
            own = asked[key]
            report = drift_report(
                pipeline,
                key,
                evidence,
                version_id=own.version_id,
                version=own.version,
                model_id=session.get_one(ModelVersion, own.version_id).model_id,
                created_at=workspace.clock(),
            )
            report.dagster_run_id = dagster_run_id
            stored = drift_rows.add_report(session, report, [asdict(finding) for finding in evidence])
            done[key] = Reported(
                report_id=stored.id,
                version=own.version,
                verdict=Verdict(stored.verdict),
                summary=stored.summary,
                findings=evidence,
            )
    failed = {key: why for key, why in found.failed.items() if key in keys}
    return Outcome(done=done, failed={**failed, **findings.failed})


def _with_lookback(pipeline: ModelPipeline, keys: Sequence[str]) -> Sequence[str]:
    """Return `keys` and the partitions before them that their windows reach back to."""
    trigger = pipeline.retrain.trigger
    reach = max([*(_reach(rule) for rule in pipeline.drift), trigger.length if trigger else timedelta(0)])
    needed = {member for key in keys for member in pipeline.partitions.trailing_keys(key, reach)}
    return sorted(needed | set(keys))


def _reach(rule: DriftRule) -> timedelta:
    return rule.reach if isinstance(rule, PerformanceDrift) else rule.length


def drift_report(
    pipeline: ModelPipeline,
    key: str,
    findings: tuple[Finding, ...],
    *,
    version_id: int,
    version: int,
    model_id: int,
    created_at: datetime,
) -> DriftReport:
    """Return the row of a report that is not stored yet: the verdict is that of the alerts among its findings."""
    alerts = [finding for finding in findings if finding.role == "alert"]
    verdict = overall_verdict(alerts)
    window = pipeline.partitions.trailing_window(key, max(rule.length for rule in pipeline.drift))
    evidence = json.dumps([asdict(finding) for finding in findings], sort_keys=True)
    return DriftReport(
        model_id=model_id,
        version_id=version_id,
        partition_key=key,
        reference=f"the holdout and the training rows of version {version}",
        window_start=window.start if window else None,
        window_end=window.end if window else None,
        verdict=verdict,
        summary=_summary(verdict, alerts),
        created_at=created_at,
        digest=hashlib.sha256(evidence.encode()).hexdigest(),
    )


def _summary(verdict: Verdict, findings: Sequence[Finding]) -> str:
    """Return one line for people: what drifted, or why nothing is said."""
    telling = [finding for finding in findings if finding.verdict is verdict]
    if verdict is Verdict.OK:
        return f"No drift in {len(telling)} of {len(findings)} checks that could be made."
    columns = [finding.name for finding in telling if finding.kind == "column"]
    said = [finding.note or finding.name for finding in telling if finding.kind != "column"]
    if columns:
        said.append(f"Columns: {', '.join(dict.fromkeys(columns))}.")
    return " ".join(said) or "Nothing to compare with."
