"""The drift reports that nobody has decided on yet, and the decision on each: also a "no" is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from driftline.declaration import ModelPipeline
from driftline.drift import Verdict
from driftline.health import health_of_json
from driftline.registry import Timeline, ask, load_timeline, record_declaration
from driftline.retraining.decide import WEEK, RetrainDecision, decide
from driftline.retraining.evidence import Evidence, RetrainState, after_acceptance, evidence_of
from driftline.retraining.looks import Look, look_of
from driftline.retraining.progress import end_abandoned_retrainings
from driftline.store import Session, decision_rows, drift_rows, evaluation_rows, model_rows
from driftline.store.decision_rows import DecisionKind, DecisionStatus, LookOrLevel, Trigger
from driftline.store.drift_rows import DriftReportRow
from driftline.workspace import Workspace

POLICY = "policy"  # the actor of what nobody asked for


@dataclass(frozen=True, kw_only=True)
class ReportDecision:
    """One decision on a drift report."""

    decision_id: int
    pipeline: str
    report_id: int
    retrain: bool
    reason: str


def decide_reports(workspace: Workspace, pipelines: Mapping[str, ModelPipeline]) -> Sequence[ReportDecision]:
    """Decide on every drift report of `pipelines` that has no decision yet, by partition, and store it.

    Reports of a pipeline that arrived together, as where labels come by the week, are read together: the newest has the
    decision on all of them. How the pipeline stands is what the newest of all its reports says, also where only older
    partitions were reported on again.

    A retraining whose process is gone is no reason to decline: it has failed. Asking again decides nothing again: a
    report has at most one decision, by a constraint of the database.
    """
    end_abandoned_retrainings(workspace)
    with workspace.database.reading() as session:
        if not drift_rows.undecided_reports(session, limit=1):
            return []
    with workspace.database.transaction() as session:
        model_rows.lock_models(session)
        undecided = [(report, name) for report, name in drift_rows.undecided_reports(session) if name in pipelines]
        undecided.sort(key=lambda one: (one[1], one[0].partition_key, one[0].id))
        newest = {name: report for report, name in undecided}
        situations = {
            name: _situation(workspace, session, pipelines[name], report.model_id) for name, report in newest.items()
        }
        evidence = _evidence(session, undecided, newest, situations)
        decided = []
        for report, name in undecided:
            older = [
                evidence[one.id] for one, other in reversed(undecided) if other == name and one is not newest[name]
            ]
            answer = decide(
                pipelines[name].retrain, situations[name].state, evidence[report.id], situations[name].now, older=older
            )
            decision_id = ask(
                session,
                model_id=report.model_id,
                kind=DecisionKind.RETRAIN if answer.accepted_level is None else DecisionKind.LEVEL,
                trigger=answer.trigger or Trigger.DRIFT,  # a report that asks for nothing was decided on all the same
                actor=POLICY,
                as_of=situations[name].now,
                at=workspace.clock(),
                rule=answer.rule,
                details=answer.details,
                status=_status(answer),
                drift_report_id=report.id,
                declaration_digest=situations[name].declaration_digest,
            )
            decided.append(
                ReportDecision(
                    decision_id=decision_id,
                    pipeline=name,
                    report_id=report.id,
                    retrain=answer.retrain,
                    reason=answer.reason,
                )
            )
    return decided


def _evidence(
    session: Session,
    undecided: Sequence[tuple[DriftReportRow, str]],
    newest: Mapping[str, DriftReportRow],
    situations: Mapping[str, "_Situation"],
) -> dict[int, Evidence]:
    """Return what each report says to the decision, by its id."""
    of_all = drift_rows.newest_reports(session)
    standing = {name: of_all[report.model_id] for name, report in newest.items()}
    rows = {report.id: report for report, _ in undecided} | {report.id: report for report in standing.values()}
    findings = drift_rows.findings(session, list(rows))
    found = {}
    for report, name in undecided:
        stands, accepted_at = standing[name], situations[name].accepted_at
        health = health_of_json(stands.health) if stands.health else None
        own = [finding for finding in findings[report.id] if finding.role != "health"]
        found[report.id] = evidence_of(
            report.id,
            Verdict(report.verdict),
            report.summary,
            [*own, *(finding for finding in findings[stands.id] if finding.role == "health")],
            serving=situations[name].champion_id == report.version_id,
            newer_report=newest[name].id if newest[name] is not report else None,
            health=None if health is None else after_acceptance(health, accepted_at),
        )
    return found


@dataclass(frozen=True, kw_only=True)
class _Situation:
    """What is known of a pipeline beside its reports, once for all of them: the older ones change nothing of it."""

    now: datetime
    champion_id: int | None
    declaration_digest: str
    state: RetrainState
    accepted_at: datetime | None


def _situation(workspace: Workspace, session: Session, pipeline: ModelPipeline, model_id: int) -> _Situation:
    as_of = workspace.as_of()
    now = pipeline.partitions.clip(as_of)
    champions = load_timeline(session, model_id)
    champion = champions.holder(as_of)
    cut_off = decision_rows.cut_off(session, model_id)  # they say nothing about the model
    starts = [(row, at) for row, at in decision_rows.retraining_starts(session, model_id) if row.id not in cut_off]
    promotion = decision_rows.newest_promotion(session, model_id)
    lost = tuple(row.as_of for row, _ in starts if row.status == DecisionStatus.KEPT and row.id > promotion)
    events = decision_rows.looks_and_levels(session, model_id)
    began = sorted(row.as_of for row, _ in starts)
    state = RetrainState(
        running=_running(session, model_id),
        last_start=began[-1] if began else None,
        starts=tuple(at for at in began if at > now - WEEK),
        lost=lost,
        champion_since=champions.since(as_of),
        new_labels=_new_labels(session, pipeline, champions, lost, now),
        looks=_looks(events),
        training_length=pipeline.training_length,
        holdout_length=pipeline.holdout_length,
        label_lag=pipeline.ground_truth.lag,
    )
    return _Situation(
        now=now,
        champion_id=champion.id if champion else None,
        declaration_digest=record_declaration(session, pipeline, workspace.clock()),
        state=state,
        accepted_at=max((at for kind, at, _, _ in events if kind == DecisionKind.LEVEL), default=None),
    )


def _status(answer: RetrainDecision) -> DecisionStatus:
    if answer.accepted_level is not None:
        return DecisionStatus.ACCEPTED
    return DecisionStatus.REQUESTED if answer.retrain else DecisionStatus.DECLINED


def _looks(events: Sequence[LookOrLevel]) -> tuple[Look, ...]:
    """Return the retrainings that were judged, as the decisions that asked for them keep them."""
    return tuple(
        look_of(at, status == DecisionStatus.PROMOTED, details.get("plan"))
        for kind, at, status, details in events
        if kind == DecisionKind.RETRAIN
    )


def _running(session: Session, model_id: int) -> int | None:
    """Return a decision whose retraining waits, or trains, or None."""
    going = (DecisionStatus.REQUESTED, DecisionStatus.TRAINING)
    rows = [row.id for status in going for row in decision_rows.decisions(session, model_id, status=status)]
    return max(rows, default=None)


def _new_labels(
    session: Session, pipeline: ModelPipeline, champions: Timeline, lost: Sequence[datetime], now: datetime
) -> int:
    """Return how many labels the last training that was judged could not know; 0 where the policy does not ask."""
    champion = champions.holder(now)
    if pipeline.retrain.min_new_labels is None or champion is None:
        return 0
    covered = max([champion.trained_through, *lost[-1:]]) - pipeline.ground_truth.lag
    counts: dict[str, int] = {}
    for row, start in evaluation_rows.newest_on_partitions(
        session, champion.model_id, pipeline.name, first=None, first_partition=pipeline.stream.key(covered)
    ):
        holder = champions.holder(start or now)
        if holder is not None and holder.id == row.version_id:
            counts.setdefault(row.partition_key, row.label_count)
    return sum(counts.values())
