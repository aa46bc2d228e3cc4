"""The command line, a project of few rows, and a home where its past was replayed, for guides that are run."""

import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine, driftline, free_port, preloaded, project, replayed

ROOT = Path(__file__).parents[2]
__all__ = ["driftline", "forest", "free_port", "preloaded", "project", "replayed"]


@pytest.fixture
def forest(replayed, tmp_path, monkeypatch) -> Iterator[CommandLine]:
    """The command line in a project with `fire_risk`, on a copy of the home of its replay; Python sees both, too."""
    command, _ = replayed
    copied = replace(command, folder=tmp_path / "forest", home=tmp_path / "home")
    shutil.copytree(command.folder, copied.folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "graphql", copied.folder / "graphql")
    shutil.copytree(command.home, copied.home)
    monkeypatch.setenv("DRIFTLINE_HOME", str(copied.home))
    monkeypatch.syspath_prepend(copied.folder)
    own = {name: sys.modules.pop(name) for name in list(sys.modules) if name.partition(".")[0] == "assets"}
    yield copied
    sys.modules.pop("assets", None)
    sys.modules.update(own)
