"""Where a training logs to: the run that is going on, or one of its own."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

from driftline.tracking import start_run
from driftline.workspace import Workspace, open_workspace


class Run(Protocol):
    """What autologging asks of a run."""

    @property
    def run_id(self) -> str:
        """Its id."""

    def log_params(self, params: Mapping[str, Any]) -> None:
        """Store input values."""

    def log_metrics(self, metrics: Mapping[str, float], *, step: int = 0) -> None:
        """Log measured numbers at a step."""

    def log_artifact(self, path: str, content: bytes) -> object:
        """Store a file."""


class Runs(Protocol):
    """Where runs come from."""

    def active(self) -> Run | None:
        """Return the run that is going on, or None."""

    def start(self, *, name: str, parent: Run | None = None) -> AbstractContextManager[Run]:
        """Start a run that ends with a block; `parent` is the one that it is a part of."""


class WorkspaceRuns:
    """Runs of one experiment, in a workspace that is opened when the first one starts."""

    def __init__(self, experiment: str, workspace: Workspace | None = None) -> None:
        self._experiment, self._workspace = experiment, workspace

    def active(self) -> Run | None:
        """Return None: each training has a run of its own."""
        return None

    def start(self, *, name: str, parent: Run | None = None) -> AbstractContextManager[Run]:
        """Start a run that ends with a block."""
        if self._workspace is None:
            self._workspace = open_workspace()
        tags = {} if parent is None else {"parent_run_id": parent.run_id}
        return start_run(self._workspace, experiment=self._experiment, name=name, tags=tags)
