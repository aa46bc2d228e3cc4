"""The Dagster instance where nothing may be written: one sentence, before Dagster tries."""

import os
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
    with only_reading(readable / "history"), pytest.raises(ReadOnlyInstanceError, match="can only be read"):
        open_instance(readable)


def test_processes_that_open_a_new_home_at_once_set_it_up_once(tmp_path, monkeypatch):
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home"))
    children = []
    for _ in range(4):
        child = os.fork()
        if not child:
            code = 1
            try:
                open_instance(dagster_home()).dispose()
                code = 0
            finally:
                os._exit(code)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0, 0, 0]
    with open_instance(dagster_home()) as instance:
        assert instance.get_runs() == []
