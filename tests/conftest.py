"""What every test may ask for: an empty database of each kind, and a workspace, empty or with a champion."""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from driftline.artifacts import open_artifacts
from driftline.clock import now
from driftline.store.database import Database, open_database
from driftline.workspace import Workspace
from tests.databases import KINDS, copied_database, new_database
from tests.streams import LONG_AFTER
from tests.workspaces import Fill, Template, copied, leave_empty, opened, serve_first_model

MEMORY, ROOM = Path("/dev/shm"), 2 * 2**30  # noqa: S108  (a file system in memory, which Linux has)


def pytest_configure() -> None:
    """Keep the folders of tests in memory where it has room: a disk is waited for at each commit to a database.

    Each process of a test computes on one core: the workers of `-n` share them already.
    """
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database, once for each kind."""
    with new_database(request.param, tmp_path) as url:
        yield url


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Template]:
    """Gives the URL and the artifacts of a workspace that a function has filled, made once a kind: tests copy it."""
    made: dict[tuple[str, Fill], tuple[str, Path]] = {}
    with ExitStack() as ending:

        def make(kind: str, fill: Fill) -> tuple[str, Path]:
            if (kind, fill) not in made:
                folder = tmp_path_factory.mktemp(kind)
                (folder / "artifacts").mkdir()
                url = ending.enter_context(new_database(kind, folder))
                workspace = opened(url, folder / "artifacts")
                fill(workspace)
                workspace.database.close()
                made[kind, fill] = url, folder / "artifacts"
            return made[kind, fill]

        yield make


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path, template: Template) -> Iterator[Database]:
    """A database without rows, once for each kind."""
    empty, _ = template(request.param, leave_empty)
    with copied_database(empty, tmp_path) as url:
        copy = open_database(url)
        yield copy
        copy.close()


@pytest.fixture
def workspace(database: Database, tmp_path: Path) -> Workspace:
    """An empty workspace, once on each kind of database."""
    return Workspace(
        database=database,
        artifacts=open_artifacts(str(tmp_path / "artifacts")),
        clock=now,
        journals=tmp_path / "journals",
    )


@pytest.fixture(params=KINDS)
def served(request: pytest.FixtureRequest, tmp_path: Path, template: Template) -> Iterator[Workspace]:
    """A workspace of its own, long after the stream of `fires` ended, in which its first model is champion."""
    with copied(template(request.param, serve_first_model), tmp_path, replay_at=LONG_AFTER) as workspace:
        yield workspace
