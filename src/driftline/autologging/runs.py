"""Where a training logs to: the run that is going on, or one of its own."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

from driftline.tracking import active_run, start_run
from driftline.workspace import Workspace


class Run(Protocol):
    """What autologging asks of a run."""

    @property
    def run_id(self) -> str:
        """Its id."""

    def log_params(self, params: Mapping[str, Any]) -> None:
        """Store input values."""

    def log_metrics(self, metrics: Mapping[str, float], step: int = 0) -> None:
        """Log measured numbers at a step."""

    def log_bytes(self, content: bytes, artifact_file: str) -> object:
        """Store a file."""


class Runs(Protocol):
    """Where runs come from."""

    def active(self) -> Run | None:
        """Return the run that is going on, or None."""

    def start(self, *, name: str, parent: Run | None = None) -> AbstractContextManager[Run]:
        """Start a run that ends with a block; `parent` is the one that it is a part of."""


class TrackedRuns:
    """The run that is going on, or runs of one experiment that end with their trainings."""

    def __init__(self, experiment: str | None, workspace: Workspace | None = None) -> None:
        self._experiment, self._workspace = experiment, workspace

    def active(self) -> Run | None:
        """Return the run that is going on, or None."""
        return active_run()

    def start(self, *, name: str, parent: Run | None = None) -> AbstractContextManager[Run]:
        """Start a run that ends with a block."""
        return start_run(
            self._experiment,
            workspace=self._workspace,
            run_name=name,
            nested=True,
            parent_run_id=None if parent is None else parent.run_id,
        )
