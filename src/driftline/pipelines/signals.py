"""Signals that ask a command to end amid a Dagster run: none is lost, and each is known by its name.

Dagster takes SIGTERM for Ctrl-C, keeps both until a step can be interrupted, and forgets those that no step came for.
"""

import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

ENDING = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT") if hasattr(signal, name)]


class SignalInterrupt(KeyboardInterrupt):
    """A signal asked the process to end.

    Attributes:
        signal: which one.
    """

    def __init__(self, number: int) -> None:
        self.signal = signal.Signals(number)
        super().__init__(self.signal.name)


@contextmanager
def signals_interrupt() -> Iterator[None]:
    """Raise SignalInterrupt where a signal asked the process to end in the block, at its end at the latest.

    Outside of the main thread, which alone hears of signals, nothing is raised.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    reader, writer = socket.socketpair()
    with reader, writer:
        reader.settimeout(0)
        writer.settimeout(0)
        before = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
        _listen()
        try:
            yield
        finally:
            signal.set_wakeup_fd(before)
            _raise_first(reader)


def _listen() -> None:
    """Hear of both signals that Dagster knows also where a shell started this with & and ignores Ctrl-C."""
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) in {signal.SIG_IGN, signal.SIG_DFL}:
            signal.signal(number, signal.default_int_handler)


def _raise_first(heard: socket.socket) -> None:
    """Raise for the first signal that was heard and asks to end."""
    with suppress(BlockingIOError):  # none was heard
        for number in heard.recv(4096):
            if number in ENDING:
                raise SignalInterrupt(number)
