"""Metrics of runs: the points that were logged, and a summary of each key; events write both (the room `ingest`)."""

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import nan
from operator import lt
from typing import Any

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, Session, SQLModel, col, select

from driftline.ingest import block_columns
from driftline.store.param_rows import LoggedKey
from driftline.store.run_rows import Run

AT_ONCE = 500  # rows that are read


class _Point(SQLModel):
    """A measured float at a step."""

    run: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    key: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    step: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    seq: int = Field(
        primary_key=True,
        sa_type=BigInteger,
        sa_column_kwargs={"autoincrement": False},
        description="the number of its writer times 2^40, and its sequence among the events of that",
    )
    at_us: int = Field(sa_type=BigInteger, description="when, in microseconds since 1970")
    value: float | None = Field(description="NULL: not a number; infinities are what they are")


class MetricPoint(_Point, table=True):
    """One row is a measured float at a step."""

    __tablename__ = "metric_point"
    __table_args__ = ({"sqlite_with_rowid": False},)


class SupersededPoint(_Point, table=True):
    """One row is a point that a resumed run has taken back: it lay at or after the step from which it went on."""

    __tablename__ = "superseded_point"
    __table_args__ = ({"sqlite_with_rowid": False},)


class MetricBlock(SQLModel, table=True):
    """One row is many points of one metric of a run that has ended, column by column, in the order of step and time."""

    __tablename__ = "metric_block"
    __table_args__ = (Index("ix_metric_block_key", "run", "key"),)

    id: int = Field(default=None, primary_key=True)
    run: int
    key: int
    first_step: int = Field(sa_type=BigInteger)
    count: int
    data: bytes = Field(description="little-endian: steps, seqs and times as 64-bit integers, then values as doubles")


class MetricSummary(SQLModel, table=True):
    """One row is what searches need of one metric of a run; non-finite points only count."""

    __tablename__ = "metric_summary"
    __table_args__ = (
        Index("ix_metric_summary_last", "key", "last", "run", "first", "min", "max", "mean", "count"),
        {"sqlite_with_rowid": False},
    )

    run: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    key: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    count: int
    finite_count: int = Field(description="points of the mean")
    first: float | None
    first_step: int = Field(sa_type=BigInteger)
    first_us: int = Field(sa_type=BigInteger, description="when, in microseconds since 1970")
    last: float | None
    last_step: int = Field(sa_type=BigInteger)
    last_us: int = Field(sa_type=BigInteger)
    min: float | None
    min_step: int | None = Field(sa_type=BigInteger)
    max: float | None
    max_step: int | None = Field(sa_type=BigInteger)
    mean: float | None


@dataclass(frozen=True, kw_only=True)
class Metric:
    """What a run measured under one key; values that are not finite only count, and are None here.

    Attributes:
        key: its name.
        count: points.
        finite_count: those that are finite.
        first: the value of the first step, of the first point of it.
        first_step: the first step.
        last: the value of the last step, of the last point of it.
        last_step: the last step.
        min: the smallest value.
        min_step: the first step that it was reached at.
        max: the largest value.
        max_step: the first step that it was reached at.
        mean: of the finite values.
    """

    key: str
    count: int
    finite_count: int
    first: float | None
    first_step: int
    last: float | None
    last_step: int
    min: float | None
    min_step: int | None
    max: float | None
    max_step: int | None
    mean: float | None


_OF_METRIC = tuple(name for name in Metric.__dataclass_fields__ if name != "key")


def metrics_of(session: Session, run_ids: Iterable[str]) -> Mapping[str, list[Metric]]:
    """Return the metrics of each run, by key."""
    found: dict[str, list[Metric]] = {run_id: [] for run_id in run_ids}
    statement = (
        select(Run.run_id, LoggedKey.name, MetricSummary)
        .join(MetricSummary, col(MetricSummary.run) == Run.id)
        .join(LoggedKey, col(LoggedKey.id) == MetricSummary.key)
        .where(col(Run.run_id).in_(found))
        .order_by(LoggedKey.name)
    )
    for run_id, key, row in session.exec(statement):
        found[run_id].append(Metric(key=key, **{name: getattr(row, name) for name in _OF_METRIC}))
    return found


@dataclass(frozen=True, kw_only=True)
class History:
    """The points of a metric of a run by step and, within one, by time, column by column.

    Attributes:
        steps: whole numbers.
        at_us: times in microseconds since 1970.
        values: NaN and the infinities are what they are.
    """

    steps: "array[int]"
    at_us: "array[int]"
    values: "array[float]"


def history(session: Session, run_id: str, key: str) -> History:
    """Return the points of a metric of a run; none where it has none."""
    of_run = select(Run.id, LoggedKey.id).join(LoggedKey, col(LoggedKey.name) == key)
    ids = session.exec(of_run.where(Run.run_id == run_id)).first()
    if ids is None:
        return History(steps=array("q"), at_us=array("q"), values=array("d"))
    in_blocks = select(MetricBlock.data).where(MetricBlock.run == ids[0], MetricBlock.key == ids[1])
    blocks = session.exec(in_blocks.order_by(col(MetricBlock.id))).all()
    steps, seqs, at_us, values = _rows(session, *ids)
    # Rows are by step, and of one step may be several, by time; blocks are by both, unless points came after them.
    is_ordered = not steps if blocks else all(map(lt, steps, steps[1:]))
    columns: tuple[array[Any], ...] = (steps, seqs, at_us, values)
    for data in blocks:
        more: tuple[array[Any], ...] = block_columns(data)
        for column, added in zip(columns, more, strict=True):
            column.extend(added)
    if is_ordered:
        return History(steps=steps, at_us=at_us, values=values)
    order = sorted(range(len(steps)), key=lambda place: (steps[place], at_us[place], seqs[place]))
    return History(
        steps=array("q", map(steps.__getitem__, order)),
        at_us=array("q", map(at_us.__getitem__, order)),
        values=array("d", map(values.__getitem__, order)),
    )


def _rows(session: Session, run: int, key: int) -> "tuple[array[int], array[int], array[int], array[float]]":
    """Return steps, seqs, times and values of points, by the driver alone: SQLAlchemy's rows take ten times as long."""
    steps, seqs, at_us, values = array("q"), array("q"), array("q"), array("d")
    cursor = session.connection().connection.cursor()
    try:
        of_key = f"run = {int(run)} AND key = {int(key)}"
        cursor.execute(f"SELECT step, seq, at_us, value FROM metric_point WHERE {of_key} ORDER BY step, seq")  # noqa: S608  (of numbers)
        while rows := cursor.fetchmany(AT_ONCE):  # few enough that no rows are looked at for garbage
            steps.extend([row[0] for row in rows])
            seqs.extend([row[1] for row in rows])
            at_us.extend([row[2] for row in rows])
            values.extend([nan if row[3] is None else row[3] for row in rows])
    finally:
        cursor.close()
    return steps, seqs, at_us, values
