"""Signals that ask a process to end, as exceptions: so that what is open ends as what it came to."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

ENDING = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGQUIT") if hasattr(signal, name)]


class ProcessEnded(SystemExit):
    """A signal asked the process to end; it exits as a shell reports that."""

    def __init__(self, number: int) -> None:
        super().__init__(128 + number)
        self.signal = signal.Signals(number).name

    def __str__(self) -> str:
        """Return which signal it was."""
        return f"the process was ended by {self.signal}"


@contextmanager
def signals_raise() -> Iterator[None]:
    """Raise ProcessEnded in the block where a signal would end the process without a word.

    Where somebody else has said what a signal does, that stays; so it does outside of the main thread, which alone may
    say it. A process that is forked within the block ends by the signal as ever: what is open is not its own.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    owner = os.getpid()

    def end(number: int, _frame: FrameType | None) -> None:
        if os.getpid() == owner:
            raise ProcessEnded(number)
        signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(number)

    ours = [number for number in ENDING if signal.getsignal(number) is signal.SIG_DFL]
    for number in ours:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, signal.SIG_DFL)
