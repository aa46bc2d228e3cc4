"""Which run is meant by a call that names none."""

import threading
from typing import Generic, TypeVar

Run = TypeVar("Run")


class Innermost(Generic[Run]):
    """The runs that are going on, of each thread those that it has started itself, one within the other."""

    def __init__(self) -> None:
        self._own = threading.local()
        self._main: list[Run] = []

    def get(self) -> Run | None:
        """Return the innermost run of this thread, or else of the main one; None without any."""
        own = self.own()
        return own if own is not None else self._main[-1] if self._main else None

    def own(self) -> Run | None:
        """Return the innermost run that this thread has started itself, or None."""
        runs = self._runs()
        return runs[-1] if runs else None

    def push(self, run: Run) -> None:
        """Make a run the innermost one of this thread."""
        self._runs().append(run)

    def drop(self, run: Run) -> None:
        """Take a run away, whichever thread ends it."""
        for runs in (self._runs(), self._main):
            if run in runs:
                runs.remove(run)

    def _runs(self) -> list[Run]:
        if threading.current_thread() is threading.main_thread():
            return self._main
        if not hasattr(self._own, "runs"):
            self._own.runs = []
        runs: list[Run] = self._own.runs
        return runs
