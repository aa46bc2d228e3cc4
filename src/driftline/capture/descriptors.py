"""Listens to file descriptors: what C libraries and other processes write to them counts as well."""

import ctypes
import io
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from driftline.capture import relay

_PATIENCE_S = 2.0  # for the last bytes; a process that outlives the block keeps its output open for as long as it likes
_OPEN: list["DescriptorTap"] = []  # of this process, the newest last
_GUARD = threading.RLock()


@dataclass(frozen=True, kw_only=True)
class _Way:
    """How the output of a descriptor goes while somebody listens.

    Attributes:
        descriptor: 1 or 2.
        target: where it led before.
        source: the end of a pipe that is read from; this process holds it so that a relay that dies breaks no pipe.
    """

    descriptor: int
    target: int
    source: int


class DescriptorTap:
    """Has all that is written to descriptors handed on by a process of its own, which keeps it in logs.

    That process outlives this one by as long as it takes to hand on what was written before a crash. Where it dies
    itself, the descriptors lead where they led before.

    Args:
        folder: of the logs.
        names: of the logs, by descriptor.

    Raises:
        OSError: no process can be started.
    """

    def __init__(self, folder: Path, names: Mapping[int, str]) -> None:
        self._pid, self._is_over = os.getpid(), False
        self._ways: list[_Way] = []
        sinks: dict[int, int] = {}
        try:
            for descriptor in names:
                source, sinks[descriptor] = os.pipe()
                self._ways.append(_Way(descriptor=descriptor, target=os.dup(descriptor), source=source))
            self._relay = _started(folder, self._ways, names)
        except OSError:
            for number in [*sinks.values(), *(end for way in self._ways for end in (way.target, way.source))]:
                os.close(number)
            raise
        self._buffered = [stream for stream in _streams_on(names) if not stream.line_buffering]
        flush_all()
        for stream in self._buffered:
            stream.reconfigure(line_buffering=True)  # what is printed is seen, and survives a crash
        for descriptor, sink in sinks.items():
            os.dup2(sink, descriptor)
            os.close(sink)
        self._thread = threading.Thread(target=self._attend, name="driftline-output", daemon=True)
        self._thread.start()
        with _GUARD:
            _OPEN.append(self)

    def close(self) -> None:
        """Lead the descriptors where they led before, once those that were led elsewhere later are back, too."""
        if os.getpid() != self._pid:
            return
        flush_all()
        with _GUARD:
            self._is_over = True
            ended = list[DescriptorTap]()
            while _OPEN and _OPEN[-1]._is_over:  # noqa: SLF001  (of this class)
                ended.append(_OPEN.pop())
                ended[-1]._restore()  # noqa: SLF001  (of this class)
        for stream in self._buffered:
            with suppress(ValueError):  # it was closed
                stream.reconfigure(line_buffering=False)
        for tap in ended:
            tap._thread.join(_PATIENCE_S)  # noqa: SLF001  (of this class)

    def _restore(self) -> None:
        for way in self._ways:
            os.dup2(way.target, way.descriptor)

    def _attend(self) -> None:
        """Wait for the end of the relay; where it comes too early, do without it."""
        self._relay.wait()
        with _GUARD:
            if not self._is_over and self in _OPEN:
                _OPEN.remove(self)
                self._restore()
        for way in self._ways:
            with suppress(OSError):
                os.set_blocking(way.source, False)
                while data := os.read(way.source, 1 << 16):
                    os.write(way.target, data)
            os.close(way.source)
            os.close(way.target)


def flush_all() -> None:
    """Write out what Python and C have buffered for the standard streams."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, OSError, ValueError):  # there is none, or it is closed
            stream.flush()
    ctypes.CDLL(None).fflush(None)


def _started(folder: Path, ways: list[_Way], names: Mapping[int, str]) -> subprocess.Popen[bytes]:
    if not sys.executable:  # Python runs inside of another program
        raise FileNotFoundError("no interpreter")
    words = [f"{way.source}:{way.target}:{names[way.descriptor]}" for way in ways]
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-I", "-S", relay.__file__, str(folder), *words],
        pass_fds=[number for way in ways for number in (way.source, way.target)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # signals to the training, such as Ctrl-C, are not for it
    )


def _streams_on(names: Mapping[int, str]) -> list[io.TextIOWrapper]:
    streams = [stream for stream in (sys.stdout, sys.stderr) if isinstance(stream, io.TextIOWrapper)]
    return [stream for stream in streams if descriptor_of(stream) in names]


def descriptor_of(stream: object) -> int | None:
    """Return the descriptor that a stream writes to; None where it writes to none."""
    try:
        number = stream.fileno()  # type: ignore[attr-defined]
    except (AttributeError, OSError, ValueError):
        return None
    return number if isinstance(number, int) else None
