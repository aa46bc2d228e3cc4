"""The drift reports that nobody has decided on yet, and the decision on each: also a "no" is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from driftline.declaration import ModelPipeline
from driftline.registry import CHAMPION, champion_since
from driftline.retraining.decide import WEEK, State, decide, evidence_of
from driftline.store import Session, alias_rows, decision_rows, drift_rows, evaluation_rows, model_rows
from driftline.store.alias_rows import AliasEvent
from driftline.store.decision_rows import Decision, DecisionStatus
from driftline.store.model_rows import ModelVersion
from driftline.workspace import LEASE, Workspace

MOST_ATTEMPTS = 3


@dataclass(frozen=True, kw_only=True)
class Decided:
    """One decision on a drift report."""

    decision_id: int
    pipeline: str
    report_id: int
    retrain: bool
    reason: str


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A retraining that was decided on and has not come to its end."""

    decision_id: int
    pipeline: str
    trigger: str
    attempt: int
    reason: str

    @property
    def run_key(self) -> str:
        """Return the key under which Dagster runs this attempt once."""
        return f"{self.pipeline}:decision:{self.decision_id}:{self.attempt}"


def decide_reports(workspace: Workspace, pipelines: Mapping[str, ModelPipeline]) -> Sequence[Decided]:
    """Decide on every drift report of `pipelines` that has no decision yet, oldest first, and store it.

    Asking again decides nothing again: a report has at most one decision, by a constraint of the database.
    """
    with workspace.database.reading() as session:
        if not drift_rows.undecided_reports(session, limit=1):
            return []
    with workspace.database.transaction() as session:
        model_rows.lock_models(session)
        undecided = [(report, name) for report, name in drift_rows.undecided_reports(session) if name in pipelines]
        newest = {name: report for report, name in undecided}
        known = {name: _known(workspace, session, pipelines[name], report.model_id) for name, report in newest.items()}
        findings = drift_rows.findings(session, [report.id for report, _ in undecided])
        decided = []
        for report, name in undecided:
            now, held, state = known[name].now, known[name].held, known[name].state
            serving = held is not None and held.version_id == report.version_id
            newer = newest[name].id if newest[name] is not report else None
            evidence = evidence_of(report, findings[report.id], serving=serving, newer_report=newer)
            answer = decide(pipelines[name].retrain, state, evidence, now)
            row = Decision(
                model_id=report.model_id,
                trigger=answer.trigger or "drift",  # a report that asks for nothing was decided on all the same
                reason=answer.reason,
                status=DecisionStatus.REQUESTED if answer.retrain else DecisionStatus.DECLINED,
                actor="policy",
                as_of=now,
                recorded_at=workspace.clock(),
                drift_report_id=report.id,
            )
            session.add(row)
            session.flush()
            decided.append(
                Decided(
                    decision_id=row.id,
                    pipeline=name,
                    report_id=report.id,
                    retrain=answer.retrain,
                    reason=answer.reason,
                )
            )
    return decided


def waiting_retrainings(workspace: Workspace) -> Sequence[Waiting]:
    """Return the retrainings that a drift report led to and that have not come to an end, oldest first."""
    with workspace.database.reading() as session:
        return [
            Waiting(decision_id=row.id, pipeline=name, trigger=row.trigger, attempt=row.attempt, reason=row.reason)
            for row, name in decision_rows.requested_decisions(session)
        ]


def try_again(workspace: Workspace, decision_id: int, *, why: str, last: bool = False) -> bool:
    """Count another attempt of a retraining whose run ended without a result; False when there is none.

    Args:
        workspace: where the decision is.
        decision_id: the decision that asked for it.
        why: what became of the run, for the outcome of a decision that fails.
        last: that attempt was the last, whatever its number.
    """
    with workspace.database.transaction() as session:
        decision = decision_rows.decision(session, decision_id)
        if decision is None:
            return False
        if last or decision.attempt >= MOST_ATTEMPTS:
            decision.status = DecisionStatus.FAILED
            decision.outcome = f"Failed: {why}, attempt {decision.attempt} of {MOST_ATTEMPTS}."
            return False
        decision.attempt += 1
        decision.status = DecisionStatus.REQUESTED
        return True


@dataclass(frozen=True, kw_only=True)
class _Known:
    """What is known of a pipeline beside its reports, once for all of them: the older ones change nothing of it."""

    now: datetime
    held: AliasEvent | None
    state: State


def _known(workspace: Workspace, session: Session, pipeline: ModelPipeline, model_id: int) -> _Known:
    now = pipeline.partitions.clip(workspace.as_of())
    held = alias_rows.alias_event_now(session, model_id, CHAMPION, workspace.as_of())
    lost = tuple(decision_rows.lost_since_promotion(session, model_id))
    champion = model_rows.version(session, held.version_id) if held else None
    state = State(
        running=decision_rows.running(session, model_id, since=workspace.clock() - LEASE),
        last_start=decision_rows.last_start(session, model_id),
        starts=tuple(decision_rows.starts_since(session, model_id, now - WEEK)),
        lost=lost,
        champion_since=champion_since(workspace, pipeline.name, [workspace.as_of()])[0],
        new_labels=_new_labels(session, pipeline, champion, lost, now) if champion else 0,
    )
    return _Known(now=now, held=held, state=state)


def _new_labels(
    session: Session, pipeline: ModelPipeline, champion: ModelVersion, lost: Sequence[datetime], now: datetime
) -> int:
    """Return how many labels the last training that was judged could not know; 0 where the policy does not ask."""
    if pipeline.retrain.min_new_labels is None:
        return 0
    learnt = max([champion.trained_through, *lost[-1:]]) - pipeline.ground_truth.lag
    first = pipeline.stream.key(learnt)
    return evaluation_rows.label_count(
        session, champion.model_id, pipeline.name, alias=CHAMPION, first_partition=first, now=now
    )
