"""Connections of the databases' own drivers: one for each process, with short transactions for writing."""

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from driftline.errors import DatabaseUnavailableError, LibraryMissingError
from driftline.masking import mask_url
from driftline.storable_text import storable

SCHEMA = "0016"  # the newest file of the migrations: the tables that are written
BUSY_TIMEOUT_S = 30.0

Row = Sequence[Any]


class Transaction:
    """The statements of one transaction; a `?` stands for a value on both databases.

    Attributes:
        is_sqlite: which of the two it is.
        known: ids of names that are stored for good, by table and name.
        new: those that this transaction has found or made.
    """

    def __init__(self, cursor: Any, *, is_sqlite: bool, known: Mapping[tuple[str, str], int]) -> None:
        self.is_sqlite = is_sqlite
        self.known = known
        self.new: dict[tuple[str, str], int] = {}
        self._cursor = cursor

    def execute(self, statement: str, values: Row = ()) -> int:
        """Run a statement and return how many rows it changed."""
        changed: int = self._cursor.execute(self._own(statement), values).rowcount
        return changed

    def many(self, statement: str, rows: Sequence[Row]) -> None:
        """Run a statement for each row."""
        if rows:
            self._cursor.executemany(self._own(statement), rows)

    def one(self, statement: str, values: Row = ()) -> Any:
        """Return the first row that a statement gives, or None."""
        return self._cursor.execute(self._own(statement), values).fetchone()

    def all(self, statement: str, values: Row = ()) -> Sequence[Any]:
        """Return all rows that a statement gives."""
        rows: Sequence[Any] = self._cursor.execute(self._own(statement), values).fetchall()
        return rows

    def time(self, at_us: int) -> Any:
        """Return a time, given in microseconds since 1970, as the database's column takes it."""
        at = datetime.fromtimestamp(at_us // 1_000_000, UTC).replace(microsecond=at_us % 1_000_000)
        return at.replace(tzinfo=None).isoformat(" ", "microseconds") if self.is_sqlite else at

    def key_id(self, name: str) -> int:
        """Return the id of a key, stored where it is new; call it in the order of names, which avoids deadlocks."""
        known = self.known.get(("logged_key", name))
        if known is not None:
            return known
        name = storable(name)
        return self.id_of("logged_key", name, "INSERT INTO logged_key (name) VALUES (?)", (name,))

    def id_of(self, table: str, name: str, insert: str, values: Row) -> int:
        """Return the id of a name in a table, inserted with `values` where it is new."""
        known = self.known.get((table, name)) or self.new.get((table, name))
        if known is None:
            row = self.one(f"SELECT id FROM {table} WHERE name = ?", (name,)) or self.one(  # noqa: S608  (a name of ours)
                f"{insert} ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING id", values
            )
            known = self.new[table, name] = int(row[0])
        return known

    def _own(self, statement: str) -> str:
        return statement if self.is_sqlite else _percent(statement)


@cache
def _percent(statement: str) -> str:
    return statement.replace("?", "%s")


class RunDatabase:
    """The experiment database as events are written to it; nothing is connected before the first transaction.

    Args:
        url: its address, with its secrets.
        migrate: brings a database there to the schema `SCHEMA`, or makes a new one.
    """

    def __init__(self, url: str, *, migrate: Callable[[], None]) -> None:
        self._url, self._migrate = url, migrate
        self._is_sqlite = url.startswith("sqlite")
        self._inherited: list[Any] = []  # of the processes that this one was forked from: theirs to close
        self._connection: Any = None
        self._clock_ahead_us = 0
        self._begin()

    @property
    def url(self) -> str:
        """Return the URL with its secrets masked."""
        return mask_url(self._url)

    @property
    def clock_ahead_us(self) -> int:
        """Return how far the database's clock is ahead of this machine's, as it was when it was connected."""
        return self._clock_ahead_us

    @contextmanager
    def transaction(self, *, durable: bool = False) -> Iterator[Transaction]:
        """Give a transaction whose writes are stored together at the end, or not at all if the block raises.

        With `durable` they outlive the power, too, once the block has ended; PostgreSQL's always do.

        Raises:
            DatabaseUnavailableError: the database does not serve.
        """
        if self._pid != os.getpid():
            self._inherited.append(self._connection)
            self._begin()
        with self._guard, self._errors():
            connection = self._connected()
            cursor = connection.cursor()
            opened = Transaction(cursor, is_sqlite=self._is_sqlite, known=self._known)
            if self._is_sqlite and durable:
                cursor.execute("PRAGMA synchronous = FULL")
            cursor.execute("BEGIN IMMEDIATE" if self._is_sqlite else "BEGIN")
            try:
                yield opened
                cursor.execute("COMMIT")
            except BaseException:
                with suppress(Exception):  # the first error is the one to see
                    cursor.execute("ROLLBACK")
                raise
            finally:
                if self._is_sqlite and durable:
                    cursor.execute("PRAGMA synchronous = NORMAL")
                cursor.close()
            self._known |= opened.new

    def _begin(self) -> None:
        self._pid, self._connection, self._known = os.getpid(), None, dict[tuple[str, str], int]()
        self._guard = threading.RLock()  # that of a parent may be held for good

    def close(self) -> None:
        """Close the connection; the next use opens another one."""
        with self._guard:
            if self._connection is not None and self._pid == os.getpid():
                self._connection.close()
            self._connection = None

    @contextmanager
    def _errors(self) -> Iterator[None]:
        failures: tuple[type[Exception], ...] = (sqlite3.Error,)
        if not self._is_sqlite:
            failures = (_psycopg().Error,)
        try:
            yield
        except failures as error:
            if not self._is_sqlite:  # its connection may be gone
                self.close()
            raise DatabaseUnavailableError(self.url, error) from error

    def _connected(self) -> Any:
        if self._connection is None:
            connection = self._connect()
            try:
                found = _revision(connection)
            except BaseException:
                connection.close()
                raise
            if found != SCHEMA:
                connection.close()
                self._migrate()
                connection = self._connect()
            self._connection = connection
            self._clock_ahead_us = 0 if self._is_sqlite else _clock_ahead_us(connection)
        return self._connection

    def _connect(self) -> Any:
        if not self._is_sqlite:
            return _connect_postgres(self._url)
        file = _file(self._url)
        if not Path(file).exists():
            self._migrate()
        return _connect_sqlite(file)


def _file(url: str) -> str:
    return unquote(url.partition(":///")[2].partition("?")[0])


def _clock_ahead_us(connection: Any) -> int:
    [seconds] = connection.execute("SELECT EXTRACT(EPOCH FROM clock_timestamp())").fetchone()
    return int(seconds * 1_000_000) - time.time_ns() // 1000


def _connect_sqlite(file: str) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    return connection


def _connect_postgres(url: str) -> Any:
    scheme, _, rest = url.partition("://")
    return _psycopg().connect(f"{scheme.partition('+')[0]}://{rest}", autocommit=True)


@cache
def _psycopg() -> Any:
    try:
        import psycopg  # noqa: PLC0415  (a tenth of a second that SQLite does not need)
    except ModuleNotFoundError as error:
        raise LibraryMissingError("The database driver", error, "pip install 'driftline[postgres]'") from error
    return psycopg


def _revision(connection: Any) -> str | None:
    try:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except Exception as error:
        if "alembic_version" in str(error):  # no such table
            return None
        raise
    return None if row is None else str(row[0])
