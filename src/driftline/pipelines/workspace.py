"""The resource that gives assets and sensors their workspace."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import dagster as dg
from pydantic import PrivateAttr

from driftline.clock import parse_time
from driftline.pipelines.dead_runs import record_process
from driftline.workspace import Workspace, open_workspace


class WorkspaceResource(dg.ConfigurableResource[Any]):
    """The experiment database and the artifacts, where the `DRIFTLINE_*` settings of the process place them.

    Addresses are settings, not configuration, so that no password is shown with a run.

    Attributes:
        replay_at: a past moment whose knowledge counts, as 2025-03-08; empty for now. A replay sets it.
    """

    replay_at: str = ""
    _workspace: Workspace | None = PrivateAttr(default=None)

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["WorkspaceResource"]:
        """Open the workspace for one run, or one sensor tick."""
        if context.run is not None and context.instance is not None:
            record_process(context.instance, context.run)
        self._workspace = open_workspace(replay_at=parse_time(self.replay_at) if self.replay_at else None)
        yield self

    @property
    def opened(self) -> Workspace:
        """Return the workspace; only inside of a run or a tick."""
        if self._workspace is None:
            raise RuntimeError("The workspace is open only while a run or a tick goes on.")
        return self._workspace
