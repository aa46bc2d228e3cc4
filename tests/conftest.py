"""What every test may ask for: an empty database of each kind, a workspace in a folder, a frozen clock."""

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from driftline.artifacts import open_artifacts
from driftline.clock import now
from driftline.retraining import adjudicate, read_dataset, train
from driftline.store import Database, open_database
from driftline.workspace import Workspace
from tests.streams import LONG_AFTER, fires

POSTGRES = os.environ.get("DRIFTLINE_TEST_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database, once for each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'driftline.db'}"
        return
    name = f"driftline_test_{uuid.uuid4().hex[:12]}"
    server = create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    try:
        with server.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
    except (OperationalError, ModuleNotFoundError) as error:
        if os.environ.get("DRIFTLINE_TEST_REQUIRE_POSTGRES"):
            raise
        pytest.skip(f"no PostgreSQL server answers at {server.url}: {type(error).__name__}")
    yield POSTGRES.rsplit("/", 1)[0] + f"/{name}"
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def workspace(database: Database, tmp_path: Path) -> Workspace:
    """An empty workspace, once on each kind of database."""
    return Workspace(database=database, artifacts=open_artifacts(str(tmp_path / "artifacts")), clock=now)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], tuple[str, Path]]]:
    """Gives the URL and the artifacts of a workspace that serves the first model of `fires`, made once a kind."""
    made: dict[str, tuple[str, Path]] = {}
    name = f"driftline_test_{uuid.uuid4().hex[:12]}"

    def make(kind: str) -> tuple[str, Path]:
        if kind not in made:
            folder = tmp_path_factory.mktemp(kind)
            url = f"sqlite:///{folder / 'driftline.db'}"
            if kind == "postgresql":
                _on_server(f"CREATE DATABASE {name}")
                url = POSTGRES.rsplit("/", 1)[0] + f"/{name}"
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
    if "postgresql" in made:
        _on_server(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def served(
    request: pytest.FixtureRequest, tmp_path: Path, template: Callable[[str], tuple[str, Path]]
) -> Iterator[Workspace]:
    """A workspace of its own, long after the stream of `fires` ended, in which its first model is champion."""
    try:
        source, artifacts = template(request.param)
    except (OperationalError, ModuleNotFoundError) as error:
        if os.environ.get("DRIFTLINE_TEST_REQUIRE_POSTGRES"):
            raise
        pytest.skip(f"no PostgreSQL server answers: {type(error).__name__}")
    shutil.copytree(artifacts, tmp_path / "artifacts")
    name = f"driftline_test_{uuid.uuid4().hex[:12]}"
    if request.param == "sqlite":
        url = f"sqlite:///{shutil.copy(source.removeprefix('sqlite:///'), tmp_path)}"
    else:
        _on_server(f"CREATE DATABASE {name} TEMPLATE {source.rsplit('/', 1)[1]}")
        url = POSTGRES.rsplit("/", 1)[0] + f"/{name}"
    opened = Workspace(
        database=open_database(url),
        artifacts=open_artifacts(str(tmp_path / "artifacts")),
        clock=now,
        replay_at=LONG_AFTER,
    )
    yield opened
    opened.database.close()
    if request.param == "postgresql":
        _on_server(f"DROP DATABASE {name} WITH (FORCE)")


def _on_server(statement: str) -> None:
    server = create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(statement))
    server.dispose()
