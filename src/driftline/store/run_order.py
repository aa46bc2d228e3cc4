"""The order of a search as SQL: columns to sort by, and the rows that have one of them, in its order."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, case, not_, or_, select

from driftline.filters import NEVER_MISSING, Aggregate, Attribute, Metric, Order, OrderBy, Param, Tag
from driftline.store.run_conditions import Conditions, stored_field, summary_value
from driftline.store.run_terms import Column, Leaf, exists, number_meets, param_meets, table, tag_meets


@dataclass(frozen=True, kw_only=True)
class SortColumn:
    """What runs are sorted by; those that have no value come last, whatever the direction.

    Attributes:
        of: gives the value of the run with a number.
        is_descending: the direction.
    """

    of: Callable[[Column], Column]
    is_descending: bool


@dataclass(frozen=True, kw_only=True)
class Segment:
    """Runs that have the same columns of the first field of an order; segments follow each other.

    Attributes:
        number: the column with the number of the run.
        values: of the columns of the first field, in their order; None where these runs have none.
        conditions: on the rows of the segment.
        meets: gives whether a row of the segment meets a comparison of the field; None where these runs lack it.
        lacks: the columns' absence, where it has to be looked up.
        is_indexed: an index leads along the order; otherwise the rows have to be sorted.
    """

    number: Column
    values: Sequence[Column | None]
    conditions: Sequence[Column] = ()
    meets: Callable[[Leaf], Column] | None = None
    lacks: Sequence[Column] = ()
    is_indexed: bool = True


@dataclass(frozen=True, kw_only=True)
class Place:
    """The place of a run in an order: the values of its columns and its number."""

    values: tuple[Any, ...]
    number: int


@dataclass(frozen=True, kw_only=True)
class Sorting:
    """An order, for SQL.

    Attributes:
        columns: of all its fields.
        segments: of the runs by its first field.
    """

    columns: Sequence[SortColumn]
    segments: Sequence[Segment]


def sorting(order: Order, conditions: Conditions) -> Sorting:
    """Return an order as SQL; of runs that are equal in it the newest come first."""
    order = order or (OrderBy(field=Attribute.START_TIME, is_descending=True),)
    columns = [column for one in order for column in _columns(one, conditions)]
    return Sorting(columns=columns, segments=list(_segments(order[0], conditions)))


def sort_keys(
    values: Sequence[Column | None], columns: Sequence[SortColumn], number: Column, *, sure: int = 0
) -> list[Column]:
    """Return what ORDER BY needs; values that none of the runs has are left out, the first `sure` are never NULL."""
    keys: list[Column] = []
    for index, (value, column) in enumerate(zip(values, columns, strict=True)):
        if value is not None:
            key = value.desc() if column.is_descending else value.asc()
            keys.append(key if index < sure else key.nulls_last())
    return [*keys, number.desc()]


def after(
    place: Place, values: Sequence[Column | None], columns: Sequence[SortColumn], number: Column, *, sure: int = 0
) -> Column:
    """Return whether a run comes after a place.

    Args:
        place: of the last run that was seen.
        values: of a run; None where no run here has one.
        columns: what they are.
        number: of the run.
        sure: how many of the first values are never NULL here.
    """
    condition = number < place.number
    for index in reversed(range(len(values))):
        value, last = values[index], place.values[index]
        if value is None:
            continue
        if last is None:
            condition = and_(value.is_(None), condition)
            continue
        beyond = value < last if columns[index].is_descending else value > last
        if index < sure:
            bound = value <= last if columns[index].is_descending else value >= last  # what an index can start from
            condition = and_(bound, or_(beyond, condition))
        else:
            condition = or_(beyond, value.is_(None), and_(value == last, condition))
    return condition


def until(
    place: Place, values: Sequence[Column | None], columns: Sequence[SortColumn], number: Column, *, sure: int
) -> Column:
    """Return whether a run comes at a place or before it; the arguments are those of `after`."""
    bounds = [
        value >= last if column.is_descending else value <= last
        for value, last, column in zip(values[:sure], place.values, columns, strict=False)
        if value is not None
    ]
    return and_(*bounds, not_(after(place, values, columns, number, sure=sure)))


def _columns(one: OrderBy, conditions: Conditions) -> Iterator[SortColumn]:
    for value in _values(one, conditions):
        yield SortColumn(of=value, is_descending=one.is_descending)


def _values(one: OrderBy, conditions: Conditions) -> list[Callable[[Column], Column]]:
    match stored_field(one.field):
        case Metric() as metric:
            key, name = conditions.metric_column(metric)
            return [lambda number: _looked_up("metric_summary", key, number, lambda row: summary_value(row, name))]
        case Param(key=key):
            own = conditions.key(key)
            return [
                lambda number: _looked_up("param", own, number, lambda row: row.c.number),
                lambda number: _looked_up("param", own, number, lambda row: case((row.c.number.is_(None), row.c.text))),
            ]
        case Tag(key=key):
            own = conditions.key(key)
            return [lambda number: _looked_up("tag", own, number, lambda row: row.c.text)]
        case Attribute() as attribute:
            return [lambda number: _of_run(attribute, number, conditions)]


def _looked_up(name: str, key: int, number: Column, value: Callable[[Any], Column]) -> Column:
    row = table(name, "sorted")
    return select(value(row)).where(row.c.run == number, row.c.key == key).scalar_subquery()


def _of_run(attribute: Attribute, number: Column, conditions: Conditions) -> Column:
    run = table("run", "sorted")
    return select(conditions.run_value(attribute, run)).where(run.c.id == number).scalar_subquery()


def _segments(first: OrderBy, conditions: Conditions) -> Iterator[Segment]:
    """Give the segments of a field: runs with its first column, with its second one, and with none."""
    missing, dialect = table("run", "missing"), conditions.dialect
    match stored_field(first.field):
        case Metric() as metric:
            key, name = conditions.metric_column(metric)
            row, other = table("metric_summary", "walked"), table("metric_summary")
            value = summary_value(row, name)
            yield Segment(
                number=row.c.run,
                values=[value],
                conditions=(row.c.key == key, value.is_not(None)),
                meets=lambda condition: number_meets(value, condition),
                is_indexed=name == str(Aggregate.LAST),
            )
            there = exists(other.c.run == missing.c.id, other.c.key == key, other.c[name].is_not(None))
            yield Segment(number=missing.c.id, values=[None], lacks=(~there,))
        case Param(key=key):
            row, other, own = table("param", "walked"), table("param"), conditions.key(key)
            for values, condition in (
                ([row.c.number, None], row.c.number.is_not(None)),
                ([None, row.c.text], row.c.number.is_(None)),
            ):
                yield Segment(
                    number=row.c.run,
                    values=values,
                    conditions=(row.c.key == own, condition),
                    meets=lambda condition: param_meets(row, condition, dialect),
                )
            there = exists(other.c.run == missing.c.id, other.c.key == own)
            yield Segment(number=missing.c.id, values=[None, None], lacks=(~there,))
        case Tag(key=key):
            row, other, own = table("tag", "walked"), table("tag"), conditions.key(key)
            yield Segment(
                number=row.c.run,
                values=[row.c.text],
                conditions=(row.c.key == own,),
                meets=lambda condition: tag_meets(row, condition, dialect),
            )
            there = exists(other.c.run == missing.c.id, other.c.key == own)
            yield Segment(number=missing.c.id, values=[None], lacks=(~there,))
        case Attribute() as attribute:
            run = table("run", "walked")
            value = conditions.run_value(attribute, run)
            is_nullable = attribute not in NEVER_MISSING
            yield Segment(
                number=run.c.id,
                values=[value],
                conditions=(~conditions.run_lacks(attribute, run),) if is_nullable else (),
                meets=lambda condition: conditions.run_meets(run, attribute, condition),
                is_indexed=attribute is Attribute.START_TIME,
            )
            if is_nullable:
                absent = conditions.run_lacks(attribute, missing)
                yield Segment(number=missing.c.id, values=[None], conditions=(absent,))
