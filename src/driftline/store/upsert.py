"""Bulk inserts that leave rows alone which are there already."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel

from driftline.store.values import CHECKED

ROWS_PER_STATEMENT = 1000  # times the widest table's columns stays under SQLite's 32,766 variables


def insert_missing(session: Session, table: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert `rows`; a row that breaks a uniqueness rule is there already and is left as it is."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    for start in range(0, len(rows), ROWS_PER_STATEMENT):
        chunk = [dict(row) for row in rows[start : start + ROWS_PER_STATEMENT]]
        session.connection().execute(insert(table).on_conflict_do_nothing(), chunk)


def insert_all(session: Session, table: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> bool:
    """Insert `rows` if none of them is there already, else nothing; return whether they were inserted.

    It is several times cheaper than `insert_new`. Their values are storable: nobody looks at them again.
    """
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    options = {"preserve_rowcount": True, CHECKED: True}
    with session.begin_nested() as savepoint:
        inserted = session.connection().execute(
            insert(table).on_conflict_do_nothing(), [dict(row) for row in rows], execution_options=options
        )
        if inserted.rowcount != len(rows):
            savepoint.rollback()
            return False
    return True


def insert_new(
    session: Session, table: type[SQLModel], rows: Sequence[Mapping[str, Any]], returned: Sequence[str]
) -> Sequence[Any]:
    """Insert `rows` as `insert_missing` does; return these columns of the rows that were not there, in any order."""
    if not rows:
        return []
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = insert(table).on_conflict_do_nothing().returning(*(getattr(table, name) for name in returned))
    return session.connection().execute(statement, [dict(row) for row in rows]).all()
