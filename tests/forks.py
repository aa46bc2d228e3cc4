"""Processes that are forked from the test's own, to be killed amid their work."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from driftline.artifacts import open_artifacts
from driftline.clock import now
from driftline.store.database import open_database
from driftline.workspace import Workspace


@contextmanager
def forked(work: Callable[[Callable[[], None]], object]) -> Iterator[int]:
    """The number of a process that does `work`, once this has called what it was given; it is gone after the block.

    A process that comes to its end exits as it would have without the fork.
    """
    readable, writable = os.pipe()
    process = os.fork()
    if process == 0:
        code = 1
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):  # whatever other tests have left
            signal.signal(number, signal.SIG_DFL)
        try:
            work(lambda: os.close(writable))
            code = 0
        except SystemExit as ended:
            code = int(ended.code or 0)
        finally:
            os._exit(code)
    os.close(writable)
    os.read(readable, 1)
    os.close(readable)
    try:
        yield process
    finally:
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)


def ended(process: int, number: int = signal.SIGKILL) -> int:
    """End a process by a signal, wait for it, and return its exit code as Python's `subprocess` has it."""
    os.kill(process, number)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def again(workspace: Workspace, artifacts: str) -> Workspace:
    """The workspace with connections of its own, which a fork must have."""
    url = workspace.database._engine.url.render_as_string(hide_password=False)
    return Workspace(
        database=open_database.__wrapped__(url),
        artifacts=open_artifacts(artifacts),
        clock=now,
        journals=workspace.journals,
        replay_at=workspace.replay_at,
    )
