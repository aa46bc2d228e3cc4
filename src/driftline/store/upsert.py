"""Bulk inserts that leave rows alone which are there already."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel

ROWS_PER_STATEMENT = 1000  # times the widest table's columns stays under SQLite's 32,766 variables


def insert_missing(session: Session, table: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert `rows`; a row that breaks a uniqueness rule is there already and is left as it is."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    for start in range(0, len(rows), ROWS_PER_STATEMENT):
        chunk = [dict(row) for row in rows[start : start + ROWS_PER_STATEMENT]]
        session.connection().execute(insert(table).on_conflict_do_nothing(), chunk)


def insert_new(
    session: Session, table: type[SQLModel], rows: Sequence[Mapping[str, Any]], returned: Sequence[str]
) -> Sequence[Any]:
    """Insert `rows` as `insert_missing` does; return these columns of the rows that were not there, in any order."""
    if not rows:
        return []
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = insert(table).on_conflict_do_nothing().returning(*(getattr(table, name) for name in returned))
    return session.connection().execute(statement, [dict(row) for row in rows]).all()
