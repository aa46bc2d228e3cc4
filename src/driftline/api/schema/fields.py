"""What many types share: scalars that GraphQL itself does not have, closed sets, and fields that a method resolves."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NewType, TypeVar, cast

import strawberry

from driftline.api.context import Info
from driftline.clock import not_a_time, parse_time
from driftline.dagster_pages import page, run_path
from driftline.json_values import plain
from driftline.store.decision_rows import Trigger

JSON = NewType("JSON", object)
BigInt = NewType("BigInt", int)
Resolver = TypeVar("Resolver", bound=Callable[..., Any])

strawberry.enum(Trigger, name="Trigger", description="What asked for a retraining or a decision.")


def _time(value: object) -> datetime:
    """Return the time that a client wrote."""
    try:
        return parse_time(str(value))
    except OverflowError:  # a year outside 1 to 9999 once its zone is taken away
        raise not_a_time(str(value)) from None


def _text(time: datetime) -> str:
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")


SCALARS: dict[object, Any] = {
    JSON: strawberry.scalar(
        name="JSON",
        description='Any JSON value. NaN and the infinities are the texts "NaN", "Infinity" and "-Infinity".',
        serialize=plain,
    ),
    BigInt: strawberry.scalar(
        name="BigInt",
        description="An integer of up to 64 bits, as a JSON number: a step, a count or a size in bytes.",
        serialize=int,
    ),
    datetime: strawberry.scalar(
        name="DateTime",
        description="A time in UTC, ISO 8601: 2026-05-03T07:00:00Z. As an argument a day is its midnight: 2026-05-03.",
        serialize=_text,
        parse_value=_time,
    ),
}


def field(description: str) -> Callable[[Resolver], Resolver]:
    """Return the decorator of a resolver; to a type checker, unlike strawberry's own, the method stays what it is."""
    return cast("Callable[[Resolver], Resolver]", strawberry.field(description=description))


def closed_set(name: str, values: Iterable[str], *, description: str) -> type[StrEnum]:
    """Return the GraphQL enum of `values`, which the engine keeps as text."""
    members = cast("type[StrEnum]", StrEnum(name, {value.upper(): value for value in values}))
    return strawberry.enum(members, description=description)


@strawberry.type
class FromDagster:
    """What a Dagster run may have made; the types that inherit this show which, with a link."""

    dagster_run_id: str | None = strawberry.field(description="The Dagster run that this is part of, if any.")

    @field("That run in Dagster's UI, at DRIFTLINE_DAGSTER_URL.")
    def dagster_run_url(self, info: Info) -> str | None:
        """Return the link to the Dagster run."""
        return page(info.context.dagster.url, run_path(self.dagster_run_id)) if self.dagster_run_id else None
