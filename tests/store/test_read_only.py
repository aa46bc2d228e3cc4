"""A database that this process may only read is read; writing to it is one sentence."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from driftline.clock import now
from driftline.errors import DatabaseUnavailableError
from driftline.experiments import list_runs
from driftline.store import model_rows, run_rows
from driftline.store.database import open_database
from driftline.tracking import start_run
from tests.workspaces import opened

NOBODY, NAME = 65534, "a #file%.db"


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder in which one run is stored, and which anybody may read."""
    folder = Path(tempfile.mkdtemp(dir=os.environ.get("PYTEST_DEBUG_TEMPROOT")))
    written = opened(f"sqlite:///{folder / NAME}", folder / "artifacts")
    with start_run("fires", workspace=written):
        pass
    written.database.close()
    open_database.cache_clear()
    yield folder
    shutil.rmtree(folder)


@contextmanager
def only_reading(home: Path) -> Iterator[None]:
    """Be a user who may not write to a folder: root may write anywhere, so it is nobody then."""
    home.chmod(0o555)
    is_root = os.geteuid() == 0
    if is_root:
        os.setresuid(NOBODY, NOBODY, 0)
    try:
        yield
    finally:
        if is_root:
            os.setresuid(0, 0, 0)
        home.chmod(0o755)


def experiments(database):
    with database.reading() as session:
        return [row.name for row in run_rows.experiments(session)]


def test_a_folder_that_cannot_be_written_to_is_read(home):
    with only_reading(home):
        database = open_database(f"sqlite:///{home / NAME}")
        assert experiments(database) == ["fires"]
        database.ping()
        with pytest.raises(DatabaseUnavailableError, match="readonly database"), database.transaction() as session:
            model_rows.model_named(session, "floods", now())
    assert {path.name for path in home.iterdir()} == {NAME, "journals", "artifacts"}


def test_what_another_process_writes_is_read_too(home):
    writer = opened(f"sqlite:///{home / NAME}", home / "artifacts")
    with start_run("floods", workspace=writer) as run:
        run.flush()
        open_database.cache_clear()
        with only_reading(home):
            assert experiments(open_database(f"sqlite:///{home / NAME}")) == ["fires", "floods"]
    writer.database.close()


def test_runs_of_which_one_has_vanished_are_listed_where_that_cannot_be_stored(home):
    written = opened(f"sqlite:///{home / NAME}", home / "artifacts")
    with written.database.transaction() as session:
        [run] = run_rows.newest_runs(session)
        run.status, run.ended_at = run_rows.RunStatus.RUNNING, None
        [writer] = session.exec(select(run_rows.RunWriter)).all()
        writer.process = "gone:1::0.00"
        writer.heard_at = now() - timedelta(days=1)
    written.database.close()
    open_database.cache_clear()
    with only_reading(home):
        database = open_database(f"sqlite:///{home / NAME}")
        assert [run["status"] for run in list_runs(replace(written, database=database))] == ["running"]
    open_database.cache_clear()
    assert [run["status"] for run in list_runs(opened(f"sqlite:///{home / NAME}", home / "artifacts"))] == ["lost"]
