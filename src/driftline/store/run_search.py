"""Searches for runs: which index a page starts from, and the page with all that its runs logged.

A filter that an index says few runs meet is the start; else the order's index is walked, with the filter as EXISTS,
for a bounded stretch; where that does not fill the page, the filter's smallest index is the start after all.
"""

import functools
import operator
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeGuard, overload

from sqlalchemy import Select, func, select, text, union
from sqlmodel import Session

from driftline.filters import (
    Attribute,
    Comparison,
    Condition,
    Field,
    Membership,
    Metric,
    Operator,
    Order,
    Param,
    Presence,
    Tag,
    fields_of,
    terms_of,
)
from driftline.store.run_conditions import AliasHolder, Conditions, Start, stored_field
from driftline.store.run_order import Place, Segment, after, sort_keys, sorting, until
from driftline.store.run_terms import Column, Leaf, table

_PLANNING = text(
    "SELECT set_config('plan_cache_mode', 'force_custom_plan', true), "
    "set_config('max_parallel_workers_per_gather', '0', true), "
    "set_config('enable_hashjoin', :joins, true), set_config('enable_mergejoin', :joins, true)"
)


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How a search decides where it starts; what it finds does not depend on it.

    Attributes:
        few: so many runs are sorted at once; for more of them a walk costs less.
        stretch: entries of an order's index that are walked before the filter's index is tried.
        many: the runs of a filter are not counted beyond.
    """

    few: int = 2_000
    stretch: int = 5_000
    many: int = 50_000


@dataclass(frozen=True, kw_only=True)
class Search:
    """What is searched for.

    Attributes:
        condition: that runs meet; archived ones only where it names `archived`.
        order: of the runs; by default the newest first.
        holders: who holds which alias now.
        effort: how it is decided where to start.
    """

    condition: Condition
    order: Order = ()
    holders: Collection[AliasHolder] = ()
    effort: Effort = Effort()


def search(session: Session, wanted: Search, *, first: int, place: Place | None = None) -> list[Place]:
    """Return the places of the first runs that meet a condition, in their order, after a place."""
    return _Searching(session, wanted).page(first, place)


class _Searching:
    """One search of a session."""

    def __init__(self, session: Session, wanted: Search) -> None:
        self._session, self._dialect, self._effort = session, session.get_bind().dialect.name, wanted.effort
        self._conditions = Conditions(dialect=self._dialect, keys=_keys(session, wanted), holders=wanted.holders)
        self._first = stored_field(wanted.order[0].field if wanted.order else Attribute.START_TIME)
        self._sorting = sorting(wanted.order, self._conditions)
        self._terms = terms_of(wanted.condition)
        starts = enumerate(map(self._conditions.start, self._terms))
        self._starts = {index: start for index, start in starts if start is not None}
        if Attribute.ARCHIVED not in fields_of(wanted.condition):
            unarchived = Comparison(field=Attribute.ARCHIVED, operator=Operator.EQUAL, value=False)
            self._terms = (*self._terms, unarchived)

    def page(self, first: int, place: Place | None) -> list[Place]:
        """Return the places of a page."""
        self._plan_loops(are_only=True)
        count, start = self._smallest(self._effort.few, are_ranged=True)
        if start is not None and count < self._effort.few:
            return self._sorted(start, first, place)
        walked = self._walked(first, place, is_bounded=True)
        if walked is not None:
            return walked
        self._plan_loops(are_only=False)
        _, start = self._smallest(self._effort.many, are_ranged=False)
        return self._walked(first, place, is_bounded=False) if start is None else self._sorted(start, first, place)

    def _plan_loops(self, *, are_only: bool) -> None:
        """Let PostgreSQL walk an index with a look at others for each entry, or plan as it likes.

        It takes a short stretch for shorter than it is, and sorts all of it. A plan without values, as of a statement
        that is prepared, would be 40 times as slow, and so would workers.
        """
        if self._dialect == "postgresql":
            joins = "off" if are_only else "on"
            self._session.execute(_PLANNING, {"joins": joins})

    def _smallest(self, most: int, *, are_ranged: bool) -> tuple[int, int | None]:
        """Return the number of entries of the smallest start, counted up to a bound, and which term it is of."""
        starts = {index: one for index, one in self._starts.items() if one.is_ranged or not are_ranged}
        if not starts:
            return 0, None
        counts = self._session.execute(select(*(_count(one, most) for one in starts.values()))).one()
        return min(zip(counts, starts, strict=True))

    def _sorted(self, start: int, first: int, place: Place | None) -> list[Place]:
        """Return the page from the runs that an index finds for a term: all of them are looked at and sorted."""
        rows, columns = self._starts[start].rows, self._sorting.columns
        found = (rows[0] if len(rows) == 1 else union(*rows)).subquery()
        number = found.c.run
        others = (self._conditions.of(term, number) for index, term in enumerate(self._terms) if index != start)
        values = [column.of(number).label(f"sorted_{index}") for index, column in enumerate(columns)]
        runs = select(number, *values).where(*others).subquery()
        sorted_by = [runs.c[f"sorted_{index}"] for index in range(len(columns))]
        statement = select(runs.c.run, *sorted_by)
        if place is not None:
            statement = statement.where(after(place, sorted_by, columns, runs.c.run))
        return self._places(statement.order_by(*sort_keys(sorted_by, columns, runs.c.run)).limit(first), sorted_by)

    @overload
    def _walked(self, first: int, place: Place | None, *, is_bounded: Literal[False]) -> list[Place]: ...

    @overload
    def _walked(self, first: int, place: Place | None, *, is_bounded: bool) -> list[Place] | None: ...

    def _walked(self, first: int, place: Place | None, *, is_bounded: bool) -> list[Place] | None:
        """Return the page from the order's index, or None where a bounded stretch of it does not fill the page."""
        places: list[Place] = []
        segments, begin = self._sorting.segments, 0
        if place is not None:
            width = len(segments[0].values)
            begin = next((index for index in range(width) if place.values[index] is not None), width)
        for segment in segments[begin:]:
            found, is_whole = self._of_segment(segment, first - len(places), place, is_bounded=is_bounded)
            places += found
            if len(places) == first:
                return places
            if not is_whole:
                return None
            place = None
        return places

    def _of_segment(
        self, segment: Segment, first: int, place: Place | None, *, is_bounded: bool
    ) -> tuple[list[Place], bool]:
        """Return the first places of a segment, and whether all of it was looked at."""
        columns, number, sure = self._sorting.columns, segment.number, len(segment.values)
        values = [*segment.values, *(column.of(number) for column in columns[sure:])]
        own, others = self._parted(number)
        if own and segment.meets is None:
            return [], True
        conditions = [*segment.conditions, *(segment.meets(term) for term in own if segment.meets)]
        if place is not None:
            conditions.append(after(place, values, columns, number, sure=sure))
        keys = sort_keys(values, columns, number, sure=sure)
        rows = select(number, *(value for value in values if value is not None)).order_by(*keys)
        if is_bounded and not segment.is_indexed:
            found = self._of_sorted(rows.where(*conditions).limit(self._effort.stretch), values, first, sure=sure)
            return found, False
        edge: list[Place] = []
        if is_bounded:
            stretch = max(self._effort.stretch, 4 * first)
            edge = self._places(rows.where(*conditions).offset(stretch).limit(1), values)
        if edge:
            conditions.append(until(edge[0], values, columns, number, sure=sure))
        return self._places(rows.where(*conditions, *segment.lacks, *others).limit(first), values), not edge

    def _of_sorted(self, rows: Select[Any], values: Sequence[Column | None], first: int, *, sure: int) -> list[Place]:
        """Return the first places of a stretch that had to be sorted: it is sorted once, and others are asked then."""
        stretch = rows.subquery()
        number, *columns = stretch.c
        given = iter(columns)
        values = [None if value is None else next(given) for value in values]
        _, others = self._parted(number)
        keys = sort_keys(values, self._sorting.columns, number, sure=sure)
        return self._places(select(number, *columns).where(*others).order_by(*keys).limit(first), values)

    def _parted(self, number: Column) -> tuple[list[Leaf], list[Column]]:
        """Return the comparisons of the order's own field, and the other terms as conditions on a run."""
        own = [term for term in self._terms if _compares(term, self._first)]
        return own, [self._conditions.of(term, number) for term in self._terms if not _compares(term, self._first)]

    def _places(self, statement: Select[Any], values: Sequence[Column | None]) -> list[Place]:
        """Return the places that a statement finds: the number of a run, and those values that are columns."""
        found = []
        for number, *row in self._session.execute(statement).all():
            given = iter(row)
            found.append(Place(number=number, values=tuple(None if one is None else next(given) for one in values)))
        return found


def _count(start: Start, most: int) -> Column:
    """Return how many entries a start has, counted up to a bound."""
    counts = [select(func.count()).select_from(rows.limit(most).subquery()).scalar_subquery() for rows in start.rows]
    return functools.reduce(operator.add, counts)


def _compares(term: Condition, field: Field) -> TypeGuard[Leaf]:
    """Return whether a term says something of the value of a field, which a run must have for it."""
    match term:
        case Comparison(field=compared) | Membership(field=compared) | Presence(field=compared, is_missing=False):
            return stored_field(compared) == field
    return False


def _keys(session: Session, wanted: Search) -> dict[str, int]:
    """Return the numbers of the keys that a search names, by name."""
    names: set[str] = set()
    for field in fields_of(wanted.condition) | {one.field for one in wanted.order}:
        match stored_field(field):
            case Metric(key=name, aggregate=aggregate):
                names |= {name, f"{name}.{aggregate}"}
            case Param(key=name) | Tag(key=name):
                names.add(name)
    key = table("logged_key")
    return (
        dict(session.execute(select(key.c.name, key.c.id).where(key.c.name.in_(sorted(names)))).all()) if names else {}
    )
