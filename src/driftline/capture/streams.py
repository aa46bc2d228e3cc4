"""Listens to what Python prints: the `write` of a stream, which stays what it is for everybody who holds it."""

import sys
from typing import TextIO

from driftline.capture.relay import BoundedLog


class StreamTap:
    """Writes all that goes to a stream into logs, too; a stream has one tap, however many listen.

    The stream is not replaced: a logging handler that was made before holds it, and `isatty`, `encoding` and `fileno`
    are its own.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream, self._write = stream, stream.write
        self._was_own = "write" in vars(stream)  # somebody listens there in the same way
        self.logs: tuple[BoundedLog, ...] = ()

    def write(self, text: str) -> int:
        """Write to the stream, and then to the logs."""
        written = self._write(text)
        for log in self.logs:
            log.write(text.encode(errors="replace"))
        return written

    def add(self, log: BoundedLog) -> None:
        """Listen from now on."""
        self.logs = (*self.logs, log)
        self._stream.write = self.write  # type: ignore[method-assign]

    def remove(self, log: BoundedLog) -> None:
        """Listen no more; the stream is as it was, unless somebody else listens, or was put on top since."""
        self.logs = tuple(one for one in self.logs if one is not log)
        if self.logs or _tap(self._stream) is not self:
            return
        if self._was_own:
            self._stream.write = self._write  # type: ignore[method-assign]
        else:
            del self._stream.write


def tap_of(name: str) -> StreamTap | None:
    """Return the tap of `sys.stdout` or `sys.stderr`; None where there is no such stream, or it lets nobody listen."""
    stream = getattr(sys, name)
    if stream is None or not hasattr(stream, "__dict__"):
        return None
    return _tap(stream) or StreamTap(stream)


def _tap(stream: TextIO) -> StreamTap | None:
    own = getattr(vars(stream).get("write"), "__self__", None)
    return own if isinstance(own, StreamTap) else None
