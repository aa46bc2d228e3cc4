"""Databases that live as long as a test: empty ones, and copies of one that was made once."""

import atexit
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError

KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
POSTGRES = os.environ.get("DRIFTLINE_TEST_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")


@contextmanager
def new_database(kind: str, folder: Path) -> Iterator[str]:
    """The URL of an empty database; without a server for it, the test is skipped."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'driftline.db'}"
        return
    with _on_server("") as url:
        yield url


@contextmanager
def copied_database(source: str, folder: Path) -> Iterator[str]:
    """The URL of a copy of a database that nobody has open."""
    if source.startswith("sqlite"):
        yield f"sqlite:///{shutil.copy(source.removeprefix('sqlite:///'), folder)}"
        return
    with _on_server(f"TEMPLATE {source.rsplit('/', 1)[1]}") as url:
        yield url


@contextmanager
def _on_server(source: str) -> Iterator[str]:
    name = f"driftline_test_{uuid.uuid4().hex[:12]}"
    try:
        _execute(f"CREATE DATABASE {name} {source}")
    except (OperationalError, ModuleNotFoundError) as error:
        if os.environ.get("DRIFTLINE_TEST_REQUIRE_POSTGRES"):
            raise
        pytest.skip(f"no PostgreSQL server answers: {type(error).__name__}")
    yield POSTGRES.rsplit("/", 1)[0] + f"/{name}"
    _execute(f"DROP DATABASE {name} WITH (FORCE)")


def _execute(statement: str) -> None:
    with _server().connect() as connection:
        connection.execute(text(statement))


@cache
def _server() -> Engine:
    """The server, to which one connection is kept until this process ends."""
    server = create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    atexit.register(server.dispose)
    return server
