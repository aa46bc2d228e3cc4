"""How a retraining goes on: it is claimed, in training, trained, or it has failed; and it is tried again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from driftline.clock import now
from driftline.declaration import ModelPipeline
from driftline.experiments import end_lost_runs
from driftline.masking import mask_secrets
from driftline.registry import (
    Decision,
    ModelVersion,
    append,
    ask,
    known_model,
    load_decision,
    load_decisions,
    load_timeline,
    record_declaration,
)
from driftline.retraining.errors import UnknownDecisionError
from driftline.store import Session, decision_rows, lock_rows, model_rows
from driftline.store.dataset_rows import DatasetVersion
from driftline.store.decision_rows import DecisionKind, DecisionStatus, Trigger
from driftline.workspace import Workspace

MOST_ATTEMPTS = 3
LONGEST_OUTCOME = 2000  # characters of an error's text; all of it stands with the run
_STARTABLE = frozenset(
    {DecisionStatus.REQUESTED, DecisionStatus.TRAINING, DecisionStatus.TRAINED, DecisionStatus.FAILED}
)


@dataclass(frozen=True, kw_only=True)
class WaitingRetraining:
    """A retraining that a drift report led to and that has not come to its end.

    Attributes:
        decision_id: the decision.
        pipeline: of which.
        trigger: what asked for it.
        attempt: of the training, from 1.
        is_trained: its challenger waits to be judged; it is not trained again.
        reason: why, in words.
    """

    decision_id: int
    pipeline: str
    trigger: Trigger
    attempt: int
    is_trained: bool
    reason: str

    def run_key(self, attempt: int | None = None) -> str:
        """Return the key under which Dagster runs an attempt once; by default the present one."""
        return f"{self.pipeline}:decision:{self.decision_id}:{attempt or self.attempt}"


def lock_name(pipeline: str) -> str:
    """Return the lock under which a pipeline is trained and judged: two retrainings of it never run together."""
    return f"retraining {pipeline}"


def claim(
    workspace: Workspace,
    pipeline: ModelPipeline,
    *,
    decision_id: int | None,
    trigger: Trigger,
    actor: str,
    as_of: datetime,
    dagster_run_id: str | None,
) -> Decision:
    """Return the decision that a training starts for, now in training; a new one where none asked for it.

    Who calls holds the lock of the pipeline's retraining, so another one in training has lost its process.

    Raises:
        UnknownDecisionError: there is no decision `decision_id` of this pipeline.
    """
    at, trigger = workspace.clock(), Trigger(trigger)
    with workspace.database.transaction() as session:
        model = model_rows.model_named(session, pipeline.name, at)
        decision = None if decision_id is None else _decision(session, pipeline, model.id, decision_id)
        if decision is None or decision.status not in _STARTABLE:  # what was decided stays: a run again asks anew
            first = not load_timeline(session, model.id).events
            new = ask(
                session,
                model_id=model.id,
                kind=DecisionKind.RETRAIN,
                trigger=trigger,
                actor=actor,
                as_of=as_of,
                at=at,
                rule=decision_rows.FIRST_MODEL if first else "asked_for",
                details={"trigger": trigger.value},
                declaration_digest=record_declaration(session, pipeline, at),
            )
            decision = load_decision(session, new)
        for lost in _with_status(session, model.id, DecisionStatus.TRAINING):
            if lost.id != decision.id:
                append(session, lost, DecisionStatus.FAILED, at=at, rule=decision_rows.PROCESS_ENDED, details={})
        return append(
            session,
            decision,
            DecisionStatus.TRAINING,
            at=at,
            rule="training_started",
            details={"attempt": decision.attempt},
            actor=actor,
            dagster_run_id=dagster_run_id,
        )


def record_challenger(
    workspace: Workspace,
    decision_id: int,
    challenger: ModelVersion,
    holdout: DatasetVersion,
    *,
    candidates: Sequence[Mapping[str, Any]],
) -> None:
    """Record that a decision's challenger waits to be judged on `holdout`; older ones wait no longer.

    Args:
        workspace: where the decision is.
        decision_id: whose challenger.
        challenger: the best of the candidates.
        holdout: on which all of them were scored.
        candidates: all of them, as `describe_candidates` gives them.
    """
    at = workspace.clock()
    with workspace.database.transaction() as session:
        decision = load_decision(session, decision_id)
        for older in _with_status(session, decision.model_id, DecisionStatus.TRAINED):
            details = {"decision_id": decision_id}
            append(session, older, DecisionStatus.CANCELLED, at=at, rule="superseded", details=details)
        append(
            session,
            decision,
            DecisionStatus.TRAINED,
            at=at,
            rule="challenger_trained",
            details={"version": challenger.version, "candidates": list(candidates)},
            dagster_run_id=decision.dagster_run_id,
            challenger_version_id=challenger.id,
            holdout_version_id=holdout.id,
        )


def record_failure(workspace: Workspace, decision_id: int, error: BaseException) -> None:
    """Record that what a decision asked for failed; the champion stays."""
    with workspace.database.transaction() as session:
        decision = load_decision(session, decision_id)
        holder = load_timeline(session, decision.model_id).holder(workspace.as_of())
        append(
            session,
            decision,
            DecisionStatus.FAILED,
            at=workspace.clock(),
            rule="error",
            details={"type": type(error).__name__, "message": mask_secrets(str(error))[:LONGEST_OUTCOME]},
            dagster_run_id=decision.dagster_run_id,
            serving_version_id=holder.id if holder else None,
        )


def end_abandoned_retrainings(workspace: Workspace) -> None:
    """Record that retrainings whose process is gone have failed, and that their runs are lost.

    One that a drift report led to stays as it is: it is tried again, as `waiting_retrainings` says.
    """
    end_lost_runs(workspace)
    with workspace.database.reading() as session:
        if not _abandoned(session):
            return
    with workspace.database.transaction() as session:
        model_rows.lock_models(session)
        for decision in _abandoned(session):
            append(
                session,
                decision,
                DecisionStatus.FAILED,
                at=workspace.clock(),
                rule=decision_rows.PROCESS_ENDED,
                details={},
            )


def _abandoned(session: Session) -> list[Decision]:
    gone = [
        row
        for row, name in decision_rows.in_training(session)
        if row.drift_report_id is None and not lock_rows.is_held(session, lock_name(name), now=now())
    ]
    return list(load_decisions(session, gone).values())


def waiting_retrainings(workspace: Workspace) -> Sequence[WaitingRetraining]:
    """Return the retrainings that a drift report led to and that have not come to an end, oldest first."""
    with workspace.database.reading() as session:
        waiting = decision_rows.requested_on_reports(session)
        decisions = load_decisions(session, [row for row, _ in waiting])
    return [
        WaitingRetraining(
            decision_id=row.id,
            pipeline=name,
            trigger=Trigger(row.trigger),
            attempt=decisions[row.id].attempt,
            is_trained=row.status == DecisionStatus.TRAINED,
            reason=decisions[row.id].reason,
        )
        for row, name in waiting
    ]


def try_again(workspace: Workspace, decision_id: int, *, why: str, last: bool = False) -> bool:
    """Count another attempt of a retraining whose run ended without a result; False when there is none.

    A challenger that was trained goes on waiting to be judged: the next attempt only judges it.

    Args:
        workspace: where the decision is.
        decision_id: the decision that asked for it.
        why: what became of the run, for the outcome of a decision that fails.
        last: that attempt was the last, whatever its number.
    """
    at = workspace.clock()
    with workspace.database.transaction() as session:
        decision = load_decision(session, decision_id)
        attempt = decision.attempt
        if last or attempt >= MOST_ATTEMPTS:
            details = {"cause": why, "attempt": attempt, "most": MOST_ATTEMPTS}
            append(session, decision, DecisionStatus.FAILED, at=at, rule="attempts_spent", details=details)
            return False
        status = DecisionStatus.TRAINED if decision.status is DecisionStatus.TRAINED else DecisionStatus.REQUESTED
        details = {"cause": why, "attempt": attempt + 1}
        append(session, decision, status, at=at, rule="attempt_again", details=details, attempt=attempt + 1)
        return True


def _decision(session: Session, pipeline: ModelPipeline, model_id: int, decision_id: int) -> Decision:
    try:
        decision = load_decision(session, decision_id)
    except KeyError:
        raise UnknownDecisionError(pipeline.name, decision_id) from None
    if decision.model_id != model_id:
        raise UnknownDecisionError(pipeline.name, decision_id)
    return decision


def _with_status(session: Session, model_id: int, status: DecisionStatus) -> list[Decision]:
    return list(load_decisions(session, decision_rows.decisions(session, model_id, status=status)).values())


def newest_waiting(session: Session, model: str) -> Decision | None:
    """Return the newest decision about a model whose challenger waits to be judged, or None."""
    waiting = _with_status(session, known_model(session, model).id, DecisionStatus.TRAINED)
    return waiting[0] if waiting else None
