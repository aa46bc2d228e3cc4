"""Adjudications: the comparison that a decision stands on, with every slice."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, Session, SQLModel, col, select

from driftline.store.values import Prose


class AdjudicationRow(SQLModel, table=True):
    """One row is the comparison of a challenger with the champion that a decision stands on."""

    __tablename__ = "adjudication"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: int = Field(default=None, primary_key=True)
    decision_id: int = Field(foreign_key="decision.id", index=True)
    recorded_at: datetime
    challenger_version_id: int = Field(foreign_key="model_version.id")
    champion_version_id: int | None = Field(default=None, foreign_key="model_version.id")
    holdout_version_id: int | None = Field(default=None, foreign_key="dataset_version.id")
    metric: str
    champion_score: float | None
    challenger_score: float | None
    gain: float | None
    gain_low: float | None
    gain_high: float | None
    standard_error: float | None = Field(default=None, description="of the gain")
    method: str | None = Field(default=None, description="the paired test")
    p_value: float | None = Field(description="one-sided")
    p_value_two_sided: float | None = None
    note: str | None = Field(default=None, sa_type=Prose)
    promote: bool
    rule: str
    details: dict[str, Any] = Field(sa_type=JSON)
    guardrails: dict[str, Any] = Field(sa_type=JSON, description="what the policy asked for beside the gain")


class AdjudicationSliceRow(SQLModel, table=True):
    """One row is the comparison on the rows that share a value of a column."""

    __tablename__ = "adjudication_slice"

    adjudication_id: int = Field(primary_key=True, foreign_key="adjudication.id")
    slice_column: str = Field(primary_key=True)
    slice_value: str = Field(primary_key=True, sa_type=Prose)
    champion_score: float | None
    challenger_score: float | None
    gain: float | None
    gain_low: float | None
    gain_high: float | None
    standard_error: float | None
    row_count: int
    note: str | None = Field(default=None, sa_type=Prose, description="why there is no comparison")


def append_adjudication(session: Session, slices: Sequence[Mapping[str, Any]], **values: Any) -> AdjudicationRow:
    """Store the comparison that a decision stands on, with its slices."""
    row = AdjudicationRow(**values)
    session.add(row)
    session.flush()
    session.add_all(AdjudicationSliceRow(adjudication_id=row.id, **part) for part in slices)
    session.flush()
    return row


def adjudications(session: Session, decision_ids: Collection[int]) -> dict[int, AdjudicationRow]:
    """Return the newest adjudication of each decision; one without is left out."""
    statement = select(AdjudicationRow).where(col(AdjudicationRow.decision_id).in_(decision_ids))
    return {row.decision_id: row for row in session.exec(statement.order_by(col(AdjudicationRow.id)))}


def adjudication_slices(session: Session, adjudication_ids: Collection[int]) -> dict[int, list[AdjudicationSliceRow]]:
    """Return the slices of adjudications, one statement."""
    rows: dict[int, list[AdjudicationSliceRow]] = {id_: [] for id_ in adjudication_ids}
    statement = select(AdjudicationSliceRow).where(col(AdjudicationSliceRow.adjudication_id).in_(adjudication_ids))
    order = (AdjudicationSliceRow.slice_column, AdjudicationSliceRow.slice_value)
    for row in session.exec(statement.order_by(*order)):
        rows[row.adjudication_id].append(row)
    return rows


def was_judged(session: Session, version_ids: Collection[int]) -> bool:
    """Return whether any of these versions was judged on a holdout."""
    statement = select(AdjudicationRow.id).where(
        col(AdjudicationRow.challenger_version_id).in_(version_ids),
        col(AdjudicationRow.holdout_version_id).is_not(None),
    )
    return session.exec(statement.limit(1)).first() is not None
