"""How a process ends, so that the runs which are going on in it end as what they came to."""

import _thread
import atexit
import os
import signal
import sys
import threading
from enum import StrEnum
from importlib import import_module
from types import FrameType, TracebackType
from typing import Protocol

ENDING = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGQUIT") if hasattr(signal, name)]


class Outcome(StrEnum):
    """How a run ends, by its own process; whoever finds no process any more says that it is lost."""

    FINISHED = "finished"
    FAILED = "failed"
    KILLED = "killed"


class Endable(Protocol):
    """A run that is going on."""

    def end_by(self, error: BaseException | None) -> None:
        """End it as what an exception says; without one it is finished."""
        ...


class ProcessEnded(SystemExit):
    """A signal asked the process to end; it exits as a shell reports that."""

    def __init__(self, number: int) -> None:
        super().__init__(128 + number)
        self.signal = signal.Signals(number).name

    def __str__(self) -> str:
        """Return which signal it was."""
        return f"the process was ended by {self.signal}"


class BudgetExhausted(ProcessEnded):
    """A run has used up what it may use, so its process ends as if it were asked to by SIGTERM."""

    def __init__(self, why: str) -> None:
        super().__init__(signal.SIGTERM)
        self._why = why

    def __str__(self) -> str:
        """Return which budget it was."""
        return self._why


class _Watch:
    """The runs of a process, and what has ended it: an uncaught exception, or a signal."""

    def __init__(self) -> None:
        self.runs: list[Endable] = []
        self.handled: list[int] = []
        self.ended_by: BaseException | None = None
        self.asked: BudgetExhausted | None = None


_watch = _Watch()
_hooks: list[object] = []  # what is called at the end of the process, once it is there


def begin(run: Endable) -> None:
    """Watch how the process ends, from now on: a run goes on.

    Where somebody else has said what a signal does, that stays; so it does outside of the main thread, which alone may
    say it. A process that is forked meanwhile ends by the signal as ever: the runs are not its own.
    """
    _watch.runs.append(run)
    if not _hooks:
        import_module("concurrent.futures.thread")  # which cannot be imported any more when the interpreter ends
        _hooks.append(atexit.register(_end_all))
        _chain_excepthook()
    if not _watch.handled and threading.current_thread() is threading.main_thread():
        _watch.handled = [number for number in ENDING if signal.getsignal(number) in {signal.SIG_DFL, _end}]
        for number in _watch.handled:
            signal.signal(number, _end)


def end(run: Endable) -> None:
    """Watch it no more; without another run, signals do again what they did."""
    if run in _watch.runs:
        _watch.runs.remove(run)
    if not _watch.runs and threading.current_thread() is threading.main_thread():
        for number in _watch.handled:
            if signal.getsignal(number) is _end:
                signal.signal(number, signal.SIG_DFL)
        _watch.handled = []


def stop(why: str) -> None:
    """Ask this process to end by SIGTERM, once: a run has used up its budget. A handler of a script decides."""
    if _watch.asked is None:
        _watch.asked = BudgetExhausted(why)
        if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:  # the run was started by another thread
            _thread.interrupt_main()
        else:
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)  # it may sleep


def _end(number: int, _frame: FrameType | None) -> None:
    if _watch.runs:
        _watch.ended_by = _watch.asked or ProcessEnded(number)
        raise _watch.ended_by
    signal.signal(number, signal.SIG_DFL)
    signal.raise_signal(number)


def _chain_excepthook() -> None:
    before = sys.excepthook

    def note(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        _watch.ended_by = error
        before(kind, error, trace)

    sys.excepthook = note


def _end_all() -> None:
    """End the runs that nobody has ended, when the interpreter does, the innermost first."""
    for run in reversed(_watch.runs.copy()):
        run.end_by(_watch.ended_by)


def _begin_again() -> None:
    global _watch  # noqa: PLW0603  (one for each process)
    _watch = _Watch()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_again)
