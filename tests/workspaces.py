"""Workspaces that are copied from one that was filled once."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from driftline.artifacts import open_artifacts
from driftline.clock import now
from driftline.retraining import adjudicate, read_dataset, train
from driftline.store.database import open_database
from driftline.workspace import Workspace
from tests.databases import copied_database
from tests.streams import fires

Fill = Callable[[Workspace], object]
Template = Callable[[str, Fill], tuple[str, Path]]


def leave_empty(workspace: Workspace) -> None:
    """Fill a workspace with nothing."""


def serve_first_model(workspace: Workspace) -> None:
    """Fill a workspace with the first model of `fires`, which becomes champion."""
    for step in (read_dataset, train, adjudicate):
        step(workspace, fires())


def opened(url: str, artifacts: Path, replay_at: datetime | None = None) -> Workspace:
    return Workspace(
        database=open_database(url),
        artifacts=open_artifacts(str(artifacts)),
        clock=now,
        journals=artifacts.parent / "journals",
        replay_at=replay_at,
    )


@contextmanager
def copied(template: tuple[str, Path], folder: Path, replay_at: datetime | None = None) -> Iterator[Workspace]:
    """A copy in a folder of a workspace that nobody has open."""
    source, artifacts = template
    shutil.copytree(artifacts, folder / "artifacts")
    with copied_database(source, folder) as url:
        workspace = opened(url, folder / "artifacts", replay_at)
        yield workspace
        workspace.database.close()
