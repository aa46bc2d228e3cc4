"""The schema's history; applied under a lock, so that many processes may start at once on an empty database."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, inspect, text

from driftline.ingest import SCHEMA
from driftline.store.errors import NewerDatabaseError

HEAD = SCHEMA  # the newest file in versions/
_LOCK = 0x64726966  # any constant; PostgreSQL's advisory locks are numbers


def upgrade(engine: Engine) -> None:
    """Bring the database to `HEAD`; nothing happens where it is there already.

    Raises:
        NewerDatabaseError: a newer driftline has migrated this database.
    """
    with engine.connect() as connection:
        if revision(connection) == HEAD:
            return
    with engine.connect() as connection, _unchecked_references(connection), connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        found = revision(connection)
        if found is not None and found > HEAD:
            raise NewerDatabaseError(found, HEAD)
        if found != HEAD:
            before = _broken_references(connection)
            _apply(connection)
            if len(_broken_references(connection)) > len(before):
                raise RuntimeError(f"The migration to {HEAD} would leave rows that refer to none; nothing was changed.")


@contextmanager
def _unchecked_references(connection: Connection) -> Iterator[None]:
    """Let SQLite make tables anew that others refer to, which it does by dropping them."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection  # outside of any transaction
    driver.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys = ON")


def _broken_references(connection: Connection) -> Sequence[object]:
    """Return the rows of SQLite that refer to none; PostgreSQL lets none be."""
    return connection.exec_driver_sql("PRAGMA foreign_key_check").all() if connection.dialect.name == "sqlite" else []


def revision(connection: Connection) -> str | None:
    """Return the schema revision of the database, or None where it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    row = connection.execute(text("SELECT version_num FROM alembic_version")).first()
    return None if row is None else str(row[0])


def _apply(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415  (a third of a second that only a first start pays)
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", "driftline.store:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
