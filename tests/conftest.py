"""What every test may ask for: an empty database of each kind, a workspace in a folder, a frozen clock."""

import atexit
import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError

from driftline.artifacts import open_artifacts
from driftline.clock import now
from driftline.retraining import adjudicate, read_dataset, train
from driftline.store.database import Database, open_database
from driftline.workspace import Workspace
from tests.streams import LONG_AFTER, fires

POSTGRES = os.environ.get("DRIFTLINE_TEST_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
MEMORY, ROOM = Path("/dev/shm"), 2 * 2**30  # noqa: S108  (a file system in memory, which Linux has)


def pytest_configure() -> None:
    """Keep the folders of tests in memory where it has room: a disk is waited for at each commit to a database."""
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database, once for each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'driftline.db'}"
        return
    with _postgres("") as url:
        yield url


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], str]]:
    """Gives the URL of a database with all tables and no row, made once a kind: tests copy it."""
    made: dict[str, str] = {}
    with ExitStack() as ending:

        def make(kind: str) -> str:
            if kind not in made:
                url = f"sqlite:///{tmp_path_factory.mktemp('migrated') / 'driftline.db'}"
                made[kind] = ending.enter_context(_postgres("")) if kind == "postgresql" else url
                open_database(made[kind]).close()
            return made[kind]

        yield make


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path, migrated: Callable[[str], str]) -> Iterator[Database]:
    """A database without rows, once for each kind."""
    with _copied(migrated(request.param), tmp_path) as url:
        opened = open_database(url)
        yield opened
        opened.close()


@contextmanager
def _copied(source: str, folder: Path) -> Iterator[str]:
    """The URL of a copy of a database that nobody has open."""
    if source.startswith("sqlite"):
        yield f"sqlite:///{shutil.copy(source.removeprefix('sqlite:///'), folder)}"
        return
    with _postgres(f"TEMPLATE {source.rsplit('/', 1)[1]}") as url:
        yield url


@contextmanager
def _postgres(source: str) -> Iterator[str]:
    """The URL of a database of its own on the server, dropped afterwards; without a server, the test is skipped."""
    name = f"driftline_test_{uuid.uuid4().hex[:12]}"
    try:
        _on_server(f"CREATE DATABASE {name} {source}")
    except (OperationalError, ModuleNotFoundError) as error:
        if os.environ.get("DRIFTLINE_TEST_REQUIRE_POSTGRES"):
            raise
        pytest.skip(f"no PostgreSQL server answers: {type(error).__name__}")
    yield POSTGRES.rsplit("/", 1)[0] + f"/{name}"
    _on_server(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def workspace(database: Database, tmp_path: Path) -> Workspace:
    """An empty workspace, once on each kind of database."""
    return Workspace(database=database, artifacts=open_artifacts(str(tmp_path / "artifacts")), clock=now)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], tuple[str, Path]]]:
    """Gives the URL and the artifacts of a workspace that serves the first model of `fires`, made once a kind."""
    made: dict[str, tuple[str, Path]] = {}
    with ExitStack() as ending:

        def make(kind: str) -> tuple[str, Path]:
            if kind not in made:
                folder = tmp_path_factory.mktemp(kind)
                on_disk = f"sqlite:///{folder / 'driftline.db'}"
                url = ending.enter_context(_postgres("")) if kind == "postgresql" else on_disk
                opened = Workspace(
                    database=open_database(url), artifacts=open_artifacts(str(folder / "artifacts")), clock=now
                )
                read_dataset(opened, fires())
                train(opened, fires())
                adjudicate(opened, fires())
                opened.database.close()
                made[kind] = (url, folder / "artifacts")
            return made[kind]

        yield make


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def served(
    request: pytest.FixtureRequest, tmp_path: Path, template: Callable[[str], tuple[str, Path]]
) -> Iterator[Workspace]:
    """A workspace of its own, long after the stream of `fires` ended, in which its first model is champion."""
    source, artifacts = template(request.param)
    shutil.copytree(artifacts, tmp_path / "artifacts")
    with _copied(source, tmp_path) as url:
        opened = Workspace(
            database=open_database(url),
            artifacts=open_artifacts(str(tmp_path / "artifacts")),
            clock=now,
            replay_at=LONG_AFTER,
        )
        yield opened
        opened.database.close()


@cache
def _server() -> Engine:
    """The server, to which one connection is kept until this process ends."""
    server = create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    atexit.register(server.dispose)
    return server


def _on_server(statement: str) -> None:
    with _server().connect() as connection:
        connection.execute(text(statement))
