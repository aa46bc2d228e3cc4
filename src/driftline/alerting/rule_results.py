"""What a rule sees in what is stored: pure functions of a rule and of the newest of each series."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from driftline.declaration import Alert, AlertKind, ModelPipeline, Severity
from driftline.drift import Verdict
from driftline.metrics import metric
from driftline.store.batch_rows import PredictionBatch
from driftline.store.decision_rows import Decision, DecisionStatus
from driftline.store.drift_rows import DriftReportRow
from driftline.store.evaluation_rows import Evaluation, EvaluationMetric


class State(StrEnum):
    """What a series says now; `unknown` changes nothing, `happened` is an event without an end."""

    BAD = "bad"
    OK = "ok"
    UNKNOWN = "unknown"
    HAPPENED = "happened"


@dataclass(frozen=True, kw_only=True)
class FailedRun:
    """A Dagster run that failed, and that no later one of the same work has made good.

    Attributes:
        dagster_run_id: which.
        work: retraining or monitoring.
        why: what the step that failed said.
    """

    dagster_run_id: str
    work: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Known:
    """The newest of each stored series of a model; None where there is nothing yet.

    Attributes:
        versions: version numbers by row id.
        report: the newest drift report on the newest partition.
        answer: the decision on that report.
        evaluation: the newest evaluation on the newest partition.
        metrics: what it measured.
        retraining: the newest one that was promoted, kept or failed.
        failed_runs: of Dagster.
        due: the newest predictions whose labels should have come, newest first.
        labelled: the ids of the versions and partitions among them that were evaluated.
    """

    versions: dict[int, int]
    report: DriftReportRow | None = None
    answer: Decision | None = None
    evaluation: Evaluation | None = None
    metrics: tuple[EvaluationMetric, ...] = ()
    retraining: Decision | None = None
    failed_runs: Sequence[FailedRun] = ()
    due: Sequence[PredictionBatch] = ()
    labelled: frozenset[tuple[int, str]] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """What one rule sees.

    Attributes:
        key: what makes two sightings the same trouble.
        state: whether it is there.
        evidence: the stored row it stands on.
        what: the trouble, or what happened, in one sentence.
        bad: how bad it is, in words and figures.
        next: what happens now.
        path: the page of the Dagster UI that shows it.
    """

    key: str
    on: AlertKind
    model: str
    version: int | None
    severity: Severity
    cooldown: timedelta
    state: State
    evidence: str
    what: str
    bad: str = ""
    next: str = ""
    path: str = ""


def sight(pipeline: ModelPipeline, rule: Alert, known: Known) -> Sighting | None:
    """Return what a rule sees in what is known, or None where its series has no row yet."""
    match rule.on:
        case "drift":
            return _drift(pipeline, rule, known)
        case "evaluation":
            return _evaluation(pipeline, rule, known)
        case "label_lateness":
            return _label_lateness(pipeline, rule, known)
        case "failure":
            return _failed_run(pipeline, rule, known) or _retraining(pipeline, rule, known)
        case "decision":
            return _retraining(pipeline, rule, known)


def alert_key(pipeline: ModelPipeline, rule: Alert) -> str:
    """Return what makes two sightings of a rule the same trouble."""
    watched = f"{pipeline.name}/{rule.on}"
    return f"{watched}/{pipeline.alert_metric(rule)}" if rule.on == "evaluation" else watched


def _drift(pipeline: ModelPipeline, rule: Alert, known: Known) -> Sighting | None:
    report = known.report
    if report is None:
        return None
    states = {Verdict.DRIFT: State.BAD, Verdict.OK: State.OK}
    version = known.versions.get(report.version_id)
    about = f" up to {report.partition_key}" if report.partition_key else ""
    return _sighting(
        pipeline,
        rule,
        state=states.get(Verdict(report.verdict), State.UNKNOWN),
        evidence=f"report {report.id}",
        version=version,
        what=f"Drift is found in what version {version} serves{about}.",
        bad=report.summary,
        next=known.answer.reason if known.answer else "The drift sensor decides whether to retrain.",
        path=_asset(pipeline, "drift", report.partition_key),
    )


def _evaluation(pipeline: ModelPipeline, rule: Alert, known: Known) -> Sighting | None:
    found, limit, name = known.evaluation, pipeline.alert_limit(rule), pipeline.alert_metric(rule)
    if found is None or limit is None:
        return None
    value = next((row.value for row in known.metrics if row.metric == name), None)
    state, bad = State.UNKNOWN, "It is not defined on these rows."
    if value is not None:
        worse = value < limit if metric(name).greater_is_better else value > limit
        state = State.BAD if worse else State.OK
        bad = f"{name} is {value:.4g} on {found.label_count} labelled rows, the limit is {limit:.4g}."
    version = known.versions.get(found.version_id)
    where = f" on {found.partition_key}" if found.partition_key else ""
    return _sighting(
        pipeline,
        rule,
        state=state,
        evidence=f"evaluation {found.id}",
        version=version,
        what=f"{name} of version {version} is {'worse' if state is State.BAD else 'not worse'} than its limit{where}.",
        bad=bad,
        next="Nothing by itself: only drift and schedules retrain.",
        path=_asset(pipeline, "evaluation", found.partition_key),
    )


def _label_lateness(pipeline: ModelPipeline, rule: Alert, known: Known) -> Sighting | None:
    if not known.due:
        return None
    newest = known.due[0]
    late = []
    for batch in known.due:  # newest first: those that miss their labels in a row
        if (batch.version_id, batch.partition_key) in known.labelled:
            break
        late.append(batch.partition_key)
    delay = pipeline.ground_truth.delay or "0d"
    return _sighting(
        pipeline,
        rule,
        state=State.BAD if late else State.OK,
        evidence=f"predictions {newest.partition_key}",
        version=known.versions.get(newest.version_id),
        what="Labels do not come." if late else f"Labels of {newest.partition_key} have come.",
        bad=f"Not evaluated: {len(late)} of the {len(known.due)} newest partitions that should be, since {late[-1]} "
        f"(declared delay {delay}, grace {rule.grace})."
        if late
        else "",
        next="Look whether labels arrive at their source, then materialize the evaluation of these partitions.",
        path=_asset(pipeline, "evaluation", newest.partition_key),
    )


def _failed_run(pipeline: ModelPipeline, rule: Alert, known: Known) -> Sighting | None:
    """Return a failed run of Dagster; None without one, and where a decision has its failure in its own words."""
    row = known.retraining
    told = row.dagster_run_id if row is not None and row.status == DecisionStatus.FAILED else None
    failed = [run for run in known.failed_runs if run.dagster_run_id != told]
    if not failed or told is not None:
        return None
    [run, *_] = failed
    return _sighting(
        pipeline,
        rule,
        state=State.BAD,
        evidence=f"run {run.dagster_run_id}",
        version=None,
        what=f"The {run.work} of {pipeline.name} failed.",
        bad=run.why,
        next="Nothing by itself: mend what it says, then materialize again.",
        path=f"/runs/{run.dagster_run_id}",
    )


def _retraining(pipeline: ModelPipeline, rule: Alert, known: Known) -> Sighting | None:
    row = known.retraining
    if row is None:
        return None
    failed = row.status == DecisionStatus.FAILED
    if rule.on == "decision" and failed:
        return None
    serving, challenger = (known.versions.get(id_ or 0) for id_ in (row.serving_version_id, row.challenger_version_id))
    said = {
        DecisionStatus.PROMOTED: f"Version {serving} was promoted.",
        DecisionStatus.KEPT: f"Version {serving} stays champion, challenger {challenger} is not better.",
        DecisionStatus.FAILED: f"A retraining failed (asked for by {row.trigger}).",
    }
    ended = State.BAD if failed else State.OK
    keeps = f"version {serving} goes on serving" if serving else "no version serves yet"
    return _sighting(
        pipeline,
        rule,
        state=ended if rule.on == "failure" else State.HAPPENED,
        evidence=f"decision {row.id}",
        version=serving,
        what=said[DecisionStatus(row.status)],
        bad=row.outcome or row.reason,
        next=f"Nothing by itself: {keeps}, and the next schedule or drift report asks again."
        if failed
        else f"{keeps[0].upper()}{keeps[1:]}.",
        path=f"/runs/{row.dagster_run_id}" if row.dagster_run_id else _asset(pipeline, "champion", ""),
    )


def _sighting(
    pipeline: ModelPipeline,
    rule: Alert,
    *,
    state: State,
    evidence: str,
    version: int | None,
    what: str,
    bad: str,
    next: str,  # noqa: A002  (the word of the field)
    path: str,
) -> Sighting:
    return Sighting(
        key=alert_key(pipeline, rule),
        on=rule.on,
        model=pipeline.name,
        version=version,
        severity=rule.severity,
        cooldown=rule.cooldown_time,
        state=state,
        evidence=evidence,
        what=what,
        bad=bad,
        next=next,
        path=path,
    )


def _asset(pipeline: ModelPipeline, kind: str, partition: str) -> str:
    shown = f"?view=partitions&partition={partition}" if partition else ""
    return f"/assets/{pipeline.name}/{kind}{shown}"
