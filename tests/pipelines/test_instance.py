"""The Dagster instance where nothing may be written: one sentence, before Dagster tries."""

import tempfile
from pathlib import Path

import pytest

from driftline.pipelines import dagster_home, open_instance
from driftline.pipelines.errors import ReadOnlyInstanceError
from tests.store.test_read_only import only_reading


@pytest.fixture
def readable(monkeypatch):
    """A folder that anybody may read, as DAGSTER_HOME."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        monkeypatch.setenv("DAGSTER_HOME", folder)
        yield Path(folder)


def test_a_new_home_that_cannot_be_set_up_says_so(readable):
    with only_reading(readable), pytest.raises(ReadOnlyInstanceError, match="can only be read"):
        dagster_home()


def test_a_history_that_may_only_be_read_is_not_opened(readable):
    open_instance(dagster_home()).dispose()
    with only_reading(readable / "history"), pytest.raises(ReadOnlyInstanceError, match="history can only be read"):
        open_instance(readable)
