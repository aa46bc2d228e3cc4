"""Connections that are closed disturb nobody, and a full disk is named."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest

from driftline.errors import DatabaseUnavailableError
from driftline.store import model_rows, run_rows
from driftline.store.database import BUSY_TIMEOUT_S, open_database
from tests.logged import a_run, ended

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def grown(tmp_path):
    """A database with rows of which the planner knows nothing yet."""
    opened = open_database(f"sqlite:///{tmp_path / 'd.db'}")
    for _ in range(200):
        a_run(opened, ended())
    yield opened
    opened.close()


def read_at_once(opened, readers):
    """Read on many connections at once, those above the pool's five are closed: also at once."""
    together = Barrier(readers)

    def read(_):
        with opened.reading() as session:
            run_rows.newest_runs(session, experiment="income", first=5)
            together.wait()
        return True

    with ThreadPoolExecutor(readers) as pool:
        return list(pool.map(read, range(readers)))


def test_no_read_fails_or_waits_because_somebody_writes_when_its_connection_is_closed(grown):
    with grown.transaction() as session:
        model_rows.model_named(session, "another", NOW)
        began = time.monotonic()
        assert read_at_once(grown, 12) == [True] * 12
        assert time.monotonic() - began < BUSY_TIMEOUT_S / 2


@pytest.mark.parametrize(
    "cause", ["database or disk is full", 'could not extend file "base/1": No space left on device']
)
def test_a_full_disk_is_answered_with_what_to_do(cause):
    assert "Free space on its disk; nothing was written" in str(DatabaseUnavailableError("sqlite:///d.db", cause))
