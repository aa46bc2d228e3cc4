"""Pages of a list, newest first: what a client asks for, and what it gets."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar

import strawberry

from driftline.api.context import from_row
from driftline.api.errors import invalid_cursor, page_size

MOST_ROWS = 500  # of one page
LARGEST_ID = 2**31 - 1  # what the column of an id holds

Node = TypeVar("Node")

First = Annotated[int, strawberry.argument(description="How many at most, 1 to 500.")]
After = Annotated[str | None, strawberry.argument(description="pageInfo.endCursor of the page before.")]


@strawberry.type(description="Where a page ends.")
class PageInfo:
    """Where a page ends."""

    has_next_page: bool = strawberry.field(description="Whether there are more, older ones.")
    end_cursor: str | None = strawberry.field(
        description="Pass it as `after` to get the next page; null for an empty page."
    )


@strawberry.type(description="One page of a list, newest first.")
class Connection(Generic[Node]):
    """One page of a list."""

    nodes: list[Node] = strawberry.field(description="What is on this page, newest first.")
    page_info: PageInfo = strawberry.field(description="Where this page ends.")


def size(first: int) -> int:
    """Return `first`, or raise page_size() where a page cannot have so many rows."""
    if not 1 <= first <= MOST_ROWS:
        raise page_size(first, MOST_ROWS)
    return first


def page(
    kind: type[Node],
    rows: Sequence[Any],
    first: int,
    key: Callable[[Any], list[Any]],
    *,
    node: Callable[[Any], Node] | None = None,
) -> Connection[Node]:
    """Return the first page of `rows`, of which one more than `first` was asked for.

    Args:
        kind: the type of the nodes.
        rows: what the store answered.
        first: how many the client asked for.
        key: what tells the place of a row in the list.
        node: makes the node of a row; by default by the names of its columns.
    """
    shown = rows[:first]
    end = _cursor(key(shown[-1])) if shown else None
    return Connection(
        nodes=[node(row) if node else from_row(kind, row) for row in shown],
        page_info=PageInfo(has_next_page=len(rows) > first, end_cursor=end),
    )


def id_key(row: Any) -> list[Any]:
    """Return the place of a row in a list that is ordered by id."""
    return [row.id]


def run_key(row: Any) -> list[Any]:
    """Return the place of a run: lists of runs are ordered by their start."""
    return [row.started_at.astimezone(UTC).isoformat(), row.id]


def after_id(after: str | None) -> int | None:
    """Return the id in a cursor, or raise invalid_cursor()."""
    match _values(after):
        case None:
            return None
        case [int(id_)] if id_ is not True and 0 < id_ <= LARGEST_ID:
            return id_
    raise invalid_cursor(str(after))


def after_run(after: str | None) -> tuple[datetime, int] | None:
    """Return the start and the id of the run in a cursor, or raise invalid_cursor()."""
    match _values(after):
        case None:
            return None
        case [str(started_at), int(id_)] if id_ is not True and 0 < id_ <= LARGEST_ID:
            return _start(started_at, str(after)), id_
    raise invalid_cursor(str(after))


def _start(text: str, cursor: str) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise invalid_cursor(cursor) from None


def _cursor(values: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


def _values(cursor: str | None) -> Any:
    if cursor is None:
        return None
    try:
        return json.loads(base64.urlsafe_b64decode(cursor.encode())) or []
    except (binascii.Error, ValueError, RecursionError):
        raise invalid_cursor(cursor) from None
