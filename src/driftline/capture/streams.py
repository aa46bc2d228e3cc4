"""Listens to what Python prints: the `write` of a stream, which stays what it is for everybody who holds it."""

import sys
import threading
from collections.abc import Callable
from typing import Any, TextIO

from driftline.capture.relay import BoundedLog

_TAPS: dict[int, "StreamTap"] = {}  # of the streams that somebody listens to, by their ids


class StreamTap:
    """Writes all that goes to a stream into logs, too; a stream has one tap, however many listen.

    The stream is not replaced: a logging handler that was made before holds it, and `isatty`, `encoding` and `fileno`
    are its own. Others listen in the same way, and put back what they have found: IPython does so around each cell.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream, self._here = stream, threading.local()
        self._logs: tuple[BoundedLog, ...] = ()

    def add(self, log: BoundedLog) -> None:
        """Listen from now on."""
        self._logs = (*self._logs, log)
        _TAPS[id(self._stream)] = self
        self.attach()

    def attach(self) -> None:
        """Listen before all others, where somebody else was put on top or in the place of this since."""
        if not isinstance(self._own_write(), _Write):
            self._stream.write = _Write(self, self._stream.write, self._own_write())  # type: ignore[method-assign]

    def remove(self, log: BoundedLog) -> None:
        """Listen no more; the stream is as it was, unless somebody else listens, or was put on top since."""
        self._logs = tuple(one for one in self._logs if one is not log)
        if self._logs:
            return
        _TAPS.pop(id(self._stream), None)
        own = self._own_write()
        if not isinstance(own, _Write):
            return
        if own.before is None:
            del self._stream.write
        else:
            self._stream.write = own.before  # type: ignore[method-assign]

    def pass_on(self, write: Callable[[str], int], text: str) -> int:
        """Write to the stream, and then to the logs: once, however often this is in the way of a text."""
        if getattr(self._here, "is_inside", False):
            return write(text)
        self._here.is_inside = True
        try:
            written = write(text)
        finally:
            self._here.is_inside = False
        for log in self._logs:
            log.write(text.encode(errors="replace"))
        return written

    def _own_write(self) -> Any:
        """Return the `write` that the stream has itself, beside that of its class."""
        return vars(self._stream).get("write")


class _Write:
    """The `write` of a stream with a tap."""

    def __init__(self, tap: StreamTap, write: Callable[[str], int], before: Any) -> None:
        self._tap, self._write, self.before = tap, write, before

    def __call__(self, text: str) -> int:
        """Write a text."""
        return self._tap.pass_on(self._write, text)


def tap_of(name: str) -> StreamTap | None:
    """Return the tap of `sys.stdout` or `sys.stderr`; None where there is no such stream, or it lets nobody listen."""
    stream = getattr(sys, name)
    if stream is None or not hasattr(stream, "__dict__"):
        return None
    return _TAPS.get(id(stream)) or StreamTap(stream)
