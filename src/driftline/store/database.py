"""The experiment database: one engine per URL, sessions for reading, short transactions for writing."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, NoSuchModuleError, OperationalError
from sqlalchemy.pool import NullPool, StaticPool
from sqlmodel import Session as Session  # noqa: PLC0414  (what a transaction gives, for those who pass it on)
from sqlmodel import create_engine

from driftline.errors import DatabaseUnavailableError, LibraryMissingError
from driftline.ingest import RunDatabase
from driftline.masking import mask_url
from driftline.store.errors import invalid_database_url, out_of_range
from driftline.store.migrations import upgrade
from driftline.store.values import refuse_unstorable

_NO_FILE = {None, "", ":memory:"}
BUSY_TIMEOUT_S = 30  # how long a writer waits for another one; a write transaction lasts milliseconds


class Database:
    """A database that is migrated and ready; open it with `open_database`.

    Attributes:
        is_read_only: whether this process may not write to it.
        runs: the same database, as events of runs are written to it.
    """

    def __init__(self, engine: Engine, *, place: URL | None = None, is_read_only: bool = False) -> None:
        self.is_read_only = is_read_only
        self._engine = engine
        self._place = place or engine.url
        address = self._place.render_as_string(hide_password=False)
        self.runs = RunDatabase(address, migrate=lambda: upgrade(self._writing))
        self._writing = engine.execution_options(driftline_begin="BEGIN IMMEDIATE")

    @property
    def url(self) -> str:
        """Return the URL with its secrets masked."""
        return _masked(self._place)

    @property
    def is_stored(self) -> bool:
        """Return whether there is a database at its place; what `read_database` gives without one is empty."""
        return self._place == self._engine.url

    @property
    def dialect(self) -> str:
        """Return "sqlite" or "postgresql"."""
        return self._engine.dialect.name

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session that only reads; what it returns stays usable after it ends."""
        with self._session(self._engine) as session:
            yield session

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Give a session whose writes are stored together at the end, or not at all if the block raises."""
        with self._session(self._writing) as session:
            yield session
            session.commit()

    def ping(self) -> None:
        """Read one row, to see that the database answers.

        Raises:
            DatabaseUnavailableError: it does not.
        """
        try:
            with self.reading() as session:
                session.connection().exec_driver_sql("SELECT version_num FROM alembic_version")
        except DBAPIError as error:
            raise DatabaseUnavailableError(self.url, error.orig) from error

    def faults(self) -> list[str]:
        """Return what SQLite finds wrong with its file, in its words; PostgreSQL looks after its own."""
        if self.dialect != "sqlite":
            return []
        with self.reading() as session:
            found = session.connection().exec_driver_sql("PRAGMA quick_check").scalars().all()
        return [str(one) for one in found if one != "ok"]

    @property
    def has_clock(self) -> bool:
        """Return whether the database may run on another machine, with a clock of its own."""
        return self.dialect == "postgresql"

    def clock_difference(self) -> timedelta:
        """Return how far the database's clock is ahead of this machine's; nothing where it has none of its own."""
        if not self.has_clock:
            return timedelta(0)
        with self.reading() as session:
            theirs: datetime = session.connection().exec_driver_sql("SELECT clock_timestamp()").scalar_one()
            return theirs - datetime.now(UTC)

    def close(self) -> None:
        """Close all connections; the next use opens new ones."""
        self.runs.close()
        self._engine.dispose()

    @contextmanager
    def _session(self, engine: Engine) -> Iterator[Session]:
        try:
            with Session(engine, expire_on_commit=False) as session:
                yield session
        except OperationalError as error:
            raise DatabaseUnavailableError(self.url, error.orig) from error
        except DataError as error:  # of PostgreSQL, such as a number that its column is too narrow for
            raise out_of_range(error.orig) from error


@cache
def open_database(url: str) -> Database:
    """Return the database at `url`, brought to the current schema; one object per process and URL.

    Raises:
        InvalidSettingError: `url` is not a URL, names another kind of database, or a folder that is not there.
        DatabaseUnavailableError: no server answers, or the file cannot be opened.
    """
    parsed = _checked(url)
    read_only = _is_read_only(parsed)
    options: dict[str, Any] = {"pool_pre_ping": parsed.get_backend_name() == "postgresql"}
    if read_only:
        options = {"creator": lambda: _connect_read_only(Path(str(parsed.database)).absolute()), "poolclass": NullPool}
    try:
        # a failed bulk insert would print its rows, labels included, into the log
        engine = create_engine(parsed, hide_parameters=True, **options)
    except ModuleNotFoundError as error:
        raise LibraryMissingError("The database driver", error, "pip install 'driftline[postgres]'") from error
    refuse_unstorable(engine)
    if engine.dialect.name == "sqlite":
        _configure_sqlite(engine, read_only=read_only)
    try:
        upgrade(engine.execution_options(driftline_begin="BEGIN IMMEDIATE"))
    except DBAPIError as error:  # no OperationalError where the file is not a database
        raise DatabaseUnavailableError(_masked(parsed), error.orig) from error
    return Database(engine, is_read_only=read_only)


def read_database(url: str) -> Database:
    """Return the database at `url` for somebody who only reads: where there is no file yet, nothing is made.

    What is read then is an empty database in memory, which names the place of the file.

    Raises:
        InvalidSettingError: as `open_database`.
        DatabaseUnavailableError: as `open_database`.
    """
    place = _parsed(url)
    if place.get_backend_name() != "sqlite" or Path(str(place.database)).exists() or place.database in _NO_FILE:
        return open_database(url)
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    refuse_unstorable(engine)
    _configure_sqlite(engine, read_only=False)
    upgrade(engine.execution_options(driftline_begin="BEGIN IMMEDIATE"))
    return Database(engine, place=place)


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
        parsed.get_backend_name()
    except (ArgumentError, NoSuchModuleError, ValueError):  # ValueError: a port that is none
        raise invalid_database_url(mask_url(url), "is not a database URL") from None
    return parsed


def _checked(url: str) -> URL:
    parsed = _parsed(url)
    backend = parsed.get_backend_name()
    if "@" in (parsed.host or ""):
        raise invalid_database_url(mask_url(url), "holds an @ that is not escaped: write %40 in a user or a password")
    safe = _masked(parsed)
    if backend not in {"sqlite", "postgresql"}:
        raise invalid_database_url(safe, "names a database that is neither SQLite nor PostgreSQL")
    if backend == "sqlite" and parsed.database in _NO_FILE:
        raise invalid_database_url(safe, "names no file, so nothing would outlive this process")
    if backend == "sqlite" and not Path(str(parsed.database)).absolute().parent.is_dir():
        folder = Path(str(parsed.database)).absolute().parent
        raise invalid_database_url(safe, f"lies in the folder {folder}, which does not exist")
    if parsed.drivername == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    return parsed


def _masked(url: URL) -> str:
    return mask_url(url.render_as_string(hide_password=False))


def _is_read_only(url: URL) -> bool:
    """Return whether an SQLite file is there that this process may only read, as on a read-only file system."""
    if url.get_backend_name() != "sqlite":
        return False
    file = Path(str(url.database)).absolute()
    return file.is_file() and not (os.access(file, os.W_OK) and os.access(file.parent, os.W_OK))


def _connect_read_only(file: Path) -> sqlite3.Connection:
    """Return a connection to a file whose write-ahead log cannot be made; where there is one, it is read, too."""
    log = Path(f"{file}-wal")
    is_settled = not log.exists() or log.stat().st_size == 0
    mode = "mode=ro&immutable=1" if is_settled else "mode=ro"
    return sqlite3.connect(f"{file.as_uri()}?{mode}", uri=True, check_same_thread=False)


def _configure_sqlite(engine: Engine, *, read_only: bool) -> None:
    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # transactions begin where SQLAlchemy says, by the listener below
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_S * 1000}")
        if read_only:
            cursor.close()
            return
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @event.listens_for(engine, "close")
    def close(connection: Any, _record: object) -> None:
        if read_only:
            return
        # Keeps the planner's statistics fresh. Where somebody else writes just now they wait for another close.
        connection.execute("PRAGMA busy_timeout = 0")
        with suppress(sqlite3.OperationalError):
            connection.execute("PRAGMA optimize")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        # A writer takes the lock at once: one that reads first and upgrades loses to `busy_timeout`.
        connection.exec_driver_sql(connection.get_execution_options().get("driftline_begin", "BEGIN"))
