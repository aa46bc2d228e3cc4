"""The life of a decision: requested or declined, in training, trained, then promoted, kept or failed."""

from datetime import datetime

from driftline.declaration import ModelPipeline
from driftline.registry import CHAMPION
from driftline.retraining.errors import UnknownDecisionError
from driftline.store import alias_rows, decision_rows, model_rows
from driftline.store.dataset_rows import DatasetVersion
from driftline.store.decision_rows import Decision, DecisionStatus
from driftline.store.model_rows import ModelVersion
from driftline.workspace import Workspace

OPEN = (DecisionStatus.REQUESTED, DecisionStatus.TRAINING, DecisionStatus.FAILED)
LONGEST_OUTCOME = 2000  # characters of an error's text; all of it stands with the run


def lock_name(pipeline: ModelPipeline) -> str:
    """Return the lock under which a pipeline is trained and judged: two retrainings of it never run together."""
    return f"retraining {pipeline.name}"


def claim(
    workspace: Workspace,
    pipeline: ModelPipeline,
    *,
    decision_id: int | None,
    trigger: str,
    actor: str,
    as_of: datetime,
    dagster_run_id: str | None,
) -> Decision:
    """Return the decision that a training starts for, now in training; a new one where none asked for it.

    Who calls holds the lock of the pipeline's retraining, so another one in training has lost its process.

    Raises:
        UnknownDecisionError: there is no decision `decision_id` of this pipeline.
    """
    at = workspace.clock()
    with workspace.database.transaction() as session:
        line = model_rows.model_named(session, pipeline.name, at)
        decision = decision_rows.decision(session, decision_id) if decision_id is not None else None
        if decision_id is not None and (decision is None or decision.model_id != line.id):
            raise UnknownDecisionError(pipeline.name, decision_id)
        if decision is not None and decision.status not in OPEN:
            decision = None  # a run that is executed again asks anew; what was decided stays as it was
        if decision is None:
            first = alias_rows.alias_event_at(session, line.id, CHAMPION, None) is None
            decision = Decision(
                model_id=line.id,
                trigger=trigger,
                reason="The first model." if first else f"Asked for: {trigger}.",
                status=DecisionStatus.REQUESTED,
                actor=actor,
                as_of=as_of,
                recorded_at=at,
            )
            session.add(decision)
        for lost in decision_rows.decisions(session, line.id, status=DecisionStatus.TRAINING):
            if lost is not decision:
                lost.status, lost.outcome = DecisionStatus.FAILED, "Failed: its process ended amid the training."
        decision.status = DecisionStatus.TRAINING
        decision.started_at = at
        decision.dagster_run_id = dagster_run_id
    return decision


def trained(workspace: Workspace, decision_id: int, challenger: ModelVersion, holdout: DatasetVersion) -> None:
    """Record that a decision's challenger waits to be judged on `holdout`; older ones wait no longer."""
    with workspace.database.transaction() as session:
        decision = decision_rows.decision(session, decision_id)
        if decision is not None:
            for older in decision_rows.decisions(session, decision.model_id, status=DecisionStatus.TRAINED):
                older.status = DecisionStatus.FAILED
                older.outcome = f"Never judged: decision {decision_id} trained a newer challenger."
            decision.status = DecisionStatus.TRAINED
            decision.challenger_version_id = challenger.id
            decision.holdout_version_id = holdout.id


def fail(workspace: Workspace, decision_id: int, error: BaseException) -> None:
    """Record that what a decision asked for failed; the champion stays."""
    with workspace.database.transaction() as session:
        decision = decision_rows.decision(session, decision_id)
        if decision is not None:
            held = alias_rows.alias_event_now(session, decision.model_id, CHAMPION, workspace.as_of())
            decision.status = DecisionStatus.FAILED
            decision.outcome = f"Failed: {type(error).__name__}: {error}"[:LONGEST_OUTCOME]
            decision.serving_version_id = held.version_id if held else None
