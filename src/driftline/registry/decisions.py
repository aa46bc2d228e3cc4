"""Storing decisions and reading them: the one module that knows which event may follow which."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from driftline.registry.decision import Adjudication, AdjudicationSlice, Decision, DecisionEvent
from driftline.registry.errors import DecisionOrderError
from driftline.sentences import decision_sentence
from driftline.store import Session, adjudication_rows, decision_rows
from driftline.store.adjudication_rows import AdjudicationRow, AdjudicationSliceRow
from driftline.store.decision_rows import (
    DecisionEventRow,
    DecisionKind,
    DecisionRow,
    DecisionStatus,
    Trigger,
)

_S = DecisionStatus
# What may follow an event. A failed training may be executed again, and so may one whose process died.
MAY_FOLLOW: Mapping[DecisionStatus, frozenset[DecisionStatus]] = {
    _S.DECLINED: frozenset(),
    _S.REQUESTED: frozenset({_S.REQUESTED, _S.TRAINING, _S.JUDGED, _S.PROMOTED, _S.KEPT, _S.FAILED, _S.CANCELLED}),
    _S.TRAINING: frozenset({_S.TRAINING, _S.REQUESTED, _S.TRAINED, _S.FAILED, _S.CANCELLED}),
    _S.TRAINED: frozenset({_S.TRAINED, _S.TRAINING, _S.REQUESTED, _S.JUDGED, _S.FAILED, _S.CANCELLED}),
    _S.JUDGED: frozenset({_S.PROMOTED, _S.KEPT, _S.FAILED}),
    _S.PROMOTED: frozenset(),
    _S.KEPT: frozenset(),
    _S.FAILED: frozenset({_S.TRAINING}),
    _S.CANCELLED: frozenset(),
    _S.ACCEPTED: frozenset(),
}


def ask(
    session: Session,
    *,
    model_id: int,
    kind: DecisionKind,
    trigger: Trigger,
    actor: str,
    as_of: datetime,
    at: datetime,
    rule: str,
    details: Mapping[str, Any],
    status: DecisionStatus = DecisionStatus.REQUESTED,
    drift_report_id: int | None = None,
    declaration_digest: str | None = None,
) -> int:
    """Store a question with its first event, inside the caller's transaction, and return its id.

    Args:
        session: the transaction.
        model_id: of the model's row.
        kind: what is decided.
        trigger: what asks.
        actor: who asks.
        as_of: the time that is decided at.
        at: the time of the machine.
        rule: why it is asked for, or declined.
        details: the values that the rule decided on.
        status: requested, or the answer where there is nothing to wait for: declined, or an accepted level.
        drift_report_id: the report that it is an answer to.
        declaration_digest: the declaration in force.
    """
    row = decision_rows.ask(
        session,
        model_id=model_id,
        kind=kind,
        trigger=trigger,
        actor=actor,
        as_of=as_of,
        recorded_at=at,
        drift_report_id=drift_report_id,
        declaration_digest=declaration_digest,
        status=status,
    )
    _append(session, row.id, status, at=at, actor=actor, rule=rule, details=details)
    return row.id


def append(
    session: Session,
    decision: Decision,
    status: DecisionStatus,
    *,
    at: datetime,
    rule: str,
    details: Mapping[str, Any],
    actor: str | None = None,
    **ids: Any,
) -> Decision:
    """Append an event to a decision, inside the caller's transaction, and return the decision with it.

    Args:
        session: the transaction.
        decision: as it was read in this transaction.
        status: what happened.
        at: the time of the machine.
        rule: why.
        details: the values that the rule decided on.
        actor: who; by default who asked.
        **ids: `attempt`, `dagster_run_id` and the ids of versions, as `DecisionEvent` has them.

    Raises:
        DecisionOrderError: that cannot follow what happened before.
    """
    if status not in MAY_FOLLOW[decision.status]:
        raise DecisionOrderError(decision.id, decision.status, status)
    ids.setdefault("attempt", decision.attempt)
    actor = decision.actor if actor is None else actor
    _append(session, decision.id, status, at=at, actor=actor, rule=rule, details=details, **ids)
    return load_decision(session, decision.id)


def record_adjudication(session: Session, decision_id: int, adjudication: Adjudication, *, at: datetime) -> None:
    """Store the comparison that a decision stands on, with every slice, inside the caller's transaction."""
    values = {name: value for name, value in vars(adjudication).items() if name != "slices"}
    slices = [vars(part) for part in adjudication.slices]
    adjudication_rows.append_adjudication(session, slices, decision_id=decision_id, recorded_at=at, **values)


def load_decision(session: Session, decision_id: int) -> Decision:
    """Return a decision by its id.

    Raises:
        KeyError: there is none.
    """
    return load_decisions(session, decision_rows.by_id(session, [decision_id]))[decision_id]


def load_decisions(session: Session, rows: Collection[DecisionRow]) -> dict[int, Decision]:
    """Return the decisions of some rows, by id and in their order, in three statements."""
    if not rows:
        return {}
    ids = [row.id for row in rows]
    events = decision_rows.events(session, ids)
    judged = adjudication_rows.adjudications(session, ids)
    slices = adjudication_rows.adjudication_slices(session, [row.id for row in judged.values()])
    return {
        row.id: Decision(
            id=row.id,
            model_id=row.model_id,
            kind=DecisionKind(row.kind),
            trigger=Trigger(row.trigger),
            actor=row.actor,
            as_of=row.as_of,
            recorded_at=row.recorded_at,
            drift_report_id=row.drift_report_id,
            declaration_digest=row.declaration_digest,
            events=tuple(_event(event) for event in events[row.id]),
            adjudication=_adjudication(judged[row.id], slices[judged[row.id].id]) if row.id in judged else None,
        )
        for row in rows
    }


def _append(
    session: Session,
    decision_id: int,
    status: DecisionStatus,
    *,
    at: datetime,
    actor: str,
    rule: str,
    details: Mapping[str, Any],
    **ids: Any,
) -> None:
    decision_rows.append_event(
        session,
        decision_id,
        status=status,
        recorded_at=at,
        actor=actor,
        rule=rule,
        details=dict(details),
        text=decision_sentence(rule, details),
        **ids,
    )


def _event(row: DecisionEventRow) -> DecisionEvent:
    values = {field.name: getattr(row, field.name) for field in fields(DecisionEvent)}
    return DecisionEvent(**{**values, "status": DecisionStatus(row.status)})


def _adjudication(row: AdjudicationRow, slices: Sequence[AdjudicationSliceRow]) -> Adjudication:
    values = {field.name: getattr(row, field.name) for field in fields(Adjudication) if field.name != "slices"}
    slice_values = [{field.name: getattr(part, field.name) for field in fields(AdjudicationSlice)} for part in slices]
    return Adjudication(**values, slices=tuple(AdjudicationSlice(**item) for item in slice_values))
