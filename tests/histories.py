"""The history of a model as tests look at it, and what changes it past the verbs that people use."""

from sqlmodel import select

from driftline import load_model
from driftline.registry import (
    append,
    ask,
    find_version,
    known_model,
    load_decision,
    load_decisions,
    load_timeline,
    move_alias,
    record_adjudication,
    register,
    timeline,
)
from driftline.store import decision_rows, drift_rows, evaluation_rows, model_rows
from driftline.store.decision_rows import DecisionKind, DecisionStatus, Trigger
from driftline.tracking import start_run
from tests.streams import day


def decisions(workspace, model="fires"):
    """The decisions about a model, oldest first; about all models for None."""
    with workspace.database.reading() as session:
        model_id = None if model is None else known_model(session, model).id
        rows = decision_rows.decisions(session, model_id, first=None)
        return list(load_decisions(session, list(reversed(rows))).values())


def events(workspace, model="fires", alias="champion"):
    """The events of an alias, oldest first."""
    return list(timeline(workspace, model, alias=alias).events)


def give_alias(session, version, *, effective_at, recorded_at, actor, reason, seen=None, alias="champion", as_of=None):
    """Give an alias to a version; `seen` is the history that is decided on, by default the newest."""
    return move_alias(
        session,
        version.model_id,
        version,
        seen=seen or load_timeline(session, version.model_id, alias=alias),
        effective_at=effective_at,
        as_of=as_of or effective_at,
        recorded_at=recorded_at,
        actor=actor,
        reason=reason,
    )


def another_version(workspace, model="fires", *, through="2025-03-01"):
    """A version with a run of its own and the bytes of the first."""
    with start_run(model, workspace=workspace) as run:
        return register(run, model, load_model("fires/1", workspace=workspace), trained_through=day(through))


def promote_copy(workspace, *, at):
    """A second version with the bytes of the first, champion from `at` on."""
    second = another_version(workspace, through=at)
    with workspace.database.transaction() as session:
        moved = {"recorded_at": workspace.clock(), "actor": "ann", "reason": "again"}
        give_alias(session, second, effective_at=day(at), **moved)
    return second


def number(version):
    """The number of a version, or None."""
    return None if version is None else version.version


def decided(
    workspace,
    model_id,
    status,
    *,
    trigger=Trigger.SCHEDULE,
    kind=DecisionKind.RETRAIN,
    reason="Asked for.",
    outcome=None,
    actor="test",
    as_of=None,
    drift_report_id=None,
    dagster_run_id=None,
    challenger_version_id=None,
    serving_version_id=None,
    holdout_version_id=None,
    adjudication=None,
    details=None,
):
    """A decision that has come to `status` by the events that lead there; a retraining was trained and judged."""
    at = workspace.clock()
    known = {"dagster_run_id": dagster_run_id, "challenger_version_id": challenger_version_id}
    with workspace.database.transaction() as session:
        decision_id = ask(
            session,
            model_id=model_id,
            kind=kind,
            trigger=trigger,
            actor=actor,
            as_of=as_of or at,
            at=at,
            rule="recorded",
            details={"text": reason, **(details or {})},
            status=DecisionStatus.DECLINED if status == "declined" else DecisionStatus.REQUESTED,
            drift_report_id=drift_report_id,
        )
        decision = load_decision(session, decision_id)
        way = _WAYS[status] if kind is DecisionKind.RETRAIN else (status,)
        for step in way:
            more = {"holdout_version_id": holdout_version_id} if step in {"trained", "judged"} else {}
            more |= {"serving_version_id": serving_version_id} if step == way[-1] else {}
            text = {"text": outcome or f"It is {step}."}
            decision = append(
                session, decision, DecisionStatus(step), at=at, rule="recorded", details=text, **known, **more
            )
        if adjudication is not None:
            record_adjudication(session, decision.id, adjudication, at=at)
        return load_decision(session, decision.id)


def accepted(workspace, model_id, details, *, as_of, drift_report_id=None):
    """The id of a decision by which a level was accepted."""
    with workspace.database.transaction() as session:
        return ask(
            session,
            model_id=model_id,
            kind=DecisionKind.LEVEL,
            trigger=Trigger.DRIFT,
            actor="policy",
            as_of=as_of,
            at=workspace.clock(),
            rule="level_accepted",
            details=details,
            status=DecisionStatus.ACCEPTED,
            drift_report_id=drift_report_id,
        )


_WAYS = {
    "declined": (),
    "requested": (),
    "training": ("training",),
    "trained": ("training", "trained"),
    "promoted": ("training", "trained", "judged", "promoted"),
    "kept": ("training", "trained", "judged", "kept"),
    "failed": ("training", "failed"),
}


def stored_evaluations(workspace, *, number=1, keys=None):
    """All evaluations of a version on the stream, oldest first, with their metrics by name."""
    with workspace.database.reading() as session:
        version = find_version(workspace, f"fires/{number}")
        rows = session.exec(
            select(evaluation_rows.Evaluation)
            .where(evaluation_rows.Evaluation.version_id == version.id, evaluation_rows.Evaluation.dataset == "fires")
            .order_by(evaluation_rows.Evaluation.id)
        ).all()
        metrics = evaluation_rows.evaluation_metrics(session, [row.id for row in rows])
    return [(row, {m.metric: m for m in metrics[row.id]}) for row in rows]


def stored_reports(workspace):
    with workspace.database.reading() as session:
        line = model_rows.find_model(session, "fires")
        return list(reversed(drift_rows.reports(session, line.id)))
