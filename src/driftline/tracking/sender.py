"""The thread of a process that delivers what its runs log, four times a second."""

import logging
import os
import threading
import time
from collections.abc import Callable
from typing import Protocol

from driftline.errors import StorageError

DELIVERY_S = 0.25
PATIENCE_S = 30.0  # at most, between two tries where the destination does not serve

_log = logging.getLogger(__name__)


class Delivers(Protocol):
    """What one process says of one run, to be delivered."""

    @property
    def destination_name(self) -> str:
        """Return where to."""
        ...

    def deliver(self) -> None:
        """Send what has come since the last time."""
        ...

    def leave(self) -> None:
        """Leave it to the process that this one was forked from."""
        ...


class _Sender:
    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._recorders: list[Delivers] = []
        self._thread: threading.Thread | None = None
        self._asked: set[str] = set()
        self._soon: list[Callable[[], object]] = []
        self._works: list[Callable[[], object]] = []

    def add(self, recorder: Delivers) -> None:
        with self._guard:
            self._recorders.append(recorder)
            if self._thread is None:
                self._thread = threading.Thread(target=self._deliver, name="driftline-sender", daemon=True)
                self._thread.start()

    def remove(self, recorder: Delivers) -> None:
        with self._guard:
            if recorder in self._recorders:
                self._recorders.remove(recorder)

    def soon(self, name: str, work: Callable[[], object]) -> None:
        with self._guard:
            if name not in self._asked:
                self._asked.add(name)
                self._soon.append(work)

    def regularly(self, work: Callable[[], object]) -> None:
        with self._guard:
            self._works.append(work)

    def no_more(self, work: Callable[[], object]) -> None:
        with self._guard:
            if work in self._works:
                self._works.remove(work)

    def recorders(self) -> list[Delivers]:
        with self._guard:
            return list(self._recorders)

    def _deliver(self) -> None:
        failures = 0
        while True:
            time.sleep(min(DELIVERY_S * 2**failures, PATIENCE_S))
            error = None
            with self._guard:
                soon, self._soon = self._soon, []
                works = (*self._works, *(recorder.deliver for recorder in self._recorders), *soon)
            for work in works:
                try:
                    work()
                except StorageError as fault:
                    error = fault
                except Exception:  # noqa: BLE001  (the edge of a thread that all runs of the process share)
                    _log.exception("Something of a run could not be recorded")
            if error is not None and not failures:
                _log.warning("What runs log waits on this machine's disk until it can be delivered: %s", error)
            failures = min(failures + 1, 7) if error is not None else 0


_sender = _Sender()


def add(recorder: Delivers) -> None:
    """Deliver what a recorder takes, from now on."""
    _sender.add(recorder)


def remove(recorder: Delivers) -> None:
    """Deliver it no more."""
    _sender.remove(recorder)


def soon(name: str, work: Callable[[], object]) -> None:
    """Do something on the thread, once for each name: it may raise a StorageError."""
    _sender.soon(name, work)


def regularly(work: Callable[[], object]) -> None:
    """Do something on the thread each time before it delivers."""
    _sender.regularly(work)


def no_more(work: Callable[[], object]) -> None:
    """Do it no more."""
    _sender.no_more(work)


def recorders() -> list[Delivers]:
    """Return the recorders of this process that are at work."""
    return _sender.recorders()


def _begin_again() -> None:
    """Leave the runs of the process that this one was forked from to it: no thread lives on in a fork."""
    global _sender  # noqa: PLW0603  (one for each process)
    for recorder in _sender._recorders:  # noqa: SLF001  (its lock may be held for good)
        recorder.leave()
    _sender = _Sender()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_again)
