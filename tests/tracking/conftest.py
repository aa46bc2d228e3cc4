"""Scripts that log without a workspace in hand."""

import pytest

import driftline
from driftline import open_workspace


@pytest.fixture
def home(tmp_path, monkeypatch):
    for name in ("DRIFTLINE_DATABASE_URL", "DRIFTLINE_RUN_ID", "DRIFTLINE_EXPERIMENT", "DRIFTLINE_SERVER_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DRIFTLINE_HOME", str(tmp_path / "home"))
    yield tmp_path / "home"
    assert driftline.active_run() is None


@pytest.fixture
def look():
    """The workspace of the settings, closed afterwards."""
    workspaces = []

    def opened():
        workspaces.append(open_workspace())
        return workspaces[-1]

    yield opened
    for workspace in workspaces:
        workspace.database.close()
