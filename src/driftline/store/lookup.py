"""Rows by their primary keys, many in one statement."""

from collections.abc import Collection
from typing import Any, TypeVar

from sqlmodel import Session, SQLModel, select

Row = TypeVar("Row", bound=SQLModel)


def by_key(session: Session, table: type[Row], keys: Collection[Any]) -> dict[Any, Row]:
    """Return the rows of `table` with these keys; a key without a row is left out."""
    [key] = table.__table__.primary_key  # type: ignore[attr-defined]
    return {getattr(row, key.name): row for row in session.exec(select(table).where(key.in_(keys)))}
