"""Keeps the start and the end of an output in files, and hands the output on: as a program, between two descriptors.

This file needs the standard library alone, since `descriptors.py` also starts it by its path as
`python -I -S relay.py FOLDER SOURCE:TARGET:NAME ...`: a process of its own, so that what a training wrote before it
crashed still comes to where it belongs.
"""

import os
import select
import sys
import threading
from contextlib import suppress
from pathlib import Path

SEGMENT_BYTES = 64 * 1024
TAIL_SEGMENTS = 4  # beside the first: the newest 192 kB or more
_LONGEST_LINE = 16 * 1024
_CHUNK = 64 * 1024


class BoundedLog:
    """The first and the newest lines of an output, in files that any other process can read at any time.

    A file is named `NAME.OFFSET`, by where its first byte stands in the output; of the files the first one and the
    newest four are kept. A line that is written again after a carriage return, as progress bars do, is kept as it was
    last. What `write` has returned from is with the operating system. A forked process writes nothing: its parent's
    offsets are not its own.

    Args:
        folder: where the files lie; it must exist.
        name: `stdout` or `stderr`.
        segment_bytes: of a file, about.
    """

    def __init__(self, folder: str, name: str, *, segment_bytes: int = SEGMENT_BYTES) -> None:
        self.name, self._stem, self._segment_bytes = name, str(Path(folder) / name), segment_bytes
        self._guard, self._pid = threading.RLock(), os.getpid()
        self._starts: list[int] = []
        self._file, self._is_closed = -1, False
        self._place = 0  # in the output, of the first byte that is not in a whole line
        self._size = 0  # of the file
        self._line, self._is_replaced = b"", False  # what is not whole yet; whether what follows replaces it

    def write(self, data: bytes) -> None:
        """Append to the output; where the disk is full, what does not fit is left out."""
        if os.getpid() != self._pid or self._is_closed:
            return
        with self._guard, suppress(OSError):
            whole = self._collapsed(data)
            self._turn_over()
            start = self._place - self._starts[-1]
            os.pwrite(self._file, whole + self._line, start)
            self._place += len(whole)
            size, self._size = self._size, start + len(whole) + len(self._line)
            if self._size < size:  # a shorter state of the line
                os.ftruncate(self._file, self._size)

    @property
    def place(self) -> int:
        """Return how many bytes of whole lines were written."""
        return self._place

    def close(self) -> None:
        """Close the file."""
        with self._guard:
            self._is_closed = True
            if os.getpid() == self._pid and self._file >= 0:
                os.close(self._file)
                self._file = -1

    def _collapsed(self, data: bytes) -> bytes:
        """Return the lines that are whole now; keep the rest, of a line that is written over only its newest state."""
        parts = data.split(b"\n")
        whole = []
        for number, part in enumerate(parts):
            self._add_to_line(part)
            if number < len(parts) - 1:
                whole.append(self._line + b"\n")
                self._line, self._is_replaced = b"", False
        if len(self._line) > _LONGEST_LINE:
            whole.append(self._line)
            self._line = b""
        return b"".join(whole)

    def _add_to_line(self, part: bytes) -> None:
        first, *later = part.split(b"\r")
        self._append(first)
        for state in later:
            self._is_replaced = True
            self._append(state)

    def _append(self, text: bytes) -> None:
        if text:
            self._line = text if self._is_replaced else self._line + text
            self._is_replaced = False

    def _turn_over(self) -> None:
        """Begin the next file where the newest one is full, and remove what is neither first nor among the newest."""
        if self._starts and self._place - self._starts[-1] < self._segment_bytes:
            return
        file = os.open(f"{self._stem}.{self._place}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        if self._file >= 0:
            os.ftruncate(self._file, self._place - self._starts[-1])  # the line that is not whole goes on in the next
            os.close(self._file)
        self._file, self._size = file, 0
        self._starts.append(self._place)
        if len(self._starts) > 1 + TAIL_SEGMENTS:
            Path(f"{self._stem}.{self._starts.pop(1)}").unlink(missing_ok=True)


def relay(folder: str, ways: list[tuple[int, int, str]]) -> None:
    """Hand on what comes from each source to its target until all sources end; keep it in logs by their names."""
    logs = {source: BoundedLog(folder, name) for source, _, name in ways}
    targets = {source: target for source, target, _ in ways}
    while targets:
        for source in select.select(list(targets), [], [])[0]:
            data = os.read(source, _CHUNK)
            if not data:
                del targets[source]
                continue
            logs[source].write(data)
            _write_whole(targets[source], data)


def _write_whole(target: int, data: bytes) -> None:
    while data:
        try:
            data = data[os.write(target, data) :]
        except BlockingIOError:  # somebody has made it so; it is shared
            select.select([], [target], [])


if __name__ == "__main__":
    relay(
        sys.argv[1],
        [(int(source), int(target), name) for source, target, name in (way.split(":") for way in sys.argv[2:])],
    )
