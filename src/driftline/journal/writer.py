"""Appends events to a journal: one call of the operating system for each, so that none is lost with the process."""

import os
import threading
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zlib import crc32

from driftline.journal.errors import unwritable_journal
from driftline.journal.event import Kind
from driftline.journal.layout import FRAME, HEAD, KEY, POINT, Header, header_bytes, json_bytes

_POINT = int(Kind.POINT)
SEGMENT_BYTES = 64 * 1024 * 1024


class Journal:
    """The journal of one process about one run; threads share it, a forked child opens its own.

    What a call has returned from is with the operating system: it outlives the process.

    Attributes:
        folder: where its segments lie, `RUN.WRITER.SEGMENT`.
        run_id: 32 hexadecimal digits.
        writer: tells the processes of one run apart.
        about: what each segment begins with, so that each can be delivered by itself: the run, and the process that
            writes, as text, so that others can tell whether it still lives.
    """

    def __init__(
        self,
        folder: Path,
        run_id: str,
        *,
        writer: int,
        about: Mapping[str, Any] = MappingProxyType({}),
        segment_bytes: int = SEGMENT_BYTES,
    ) -> None:
        self.folder, self.run_id, self.writer, self.about = folder, run_id, writer, about
        self._segment_bytes = segment_bytes
        self._lock = threading.RLock()  # a signal handler may log amid a call
        self._sequence, self._segment = 0, 0
        self._open()

    def point(self, key: str, step: int, value: float, at_us: int) -> int:
        """Append a point and return its sequence.

        Raises:
            JournalError: the disk is full, or does not serve.
        """
        with self._lock:
            if self._size >= self._segment_bytes:
                self._turn_over()
            number = self._keys.get(key)
            if number is None:
                number = self._new_key(key)
            return self._write(POINT.pack(self._sequence, _POINT, at_us, number, step, value))

    def event(self, kind: Kind, body: Mapping[str, Any]) -> int:
        """Append an event of another kind and return its sequence.

        Raises:
            JournalError: the disk is full, or does not serve.
        """
        data = json_bytes(body)
        with self._lock:
            if self._size >= self._segment_bytes:
                self._turn_over()
            return self._write(HEAD.pack(self._sequence, kind) + data)

    def path(self, segment: int) -> Path:
        """Return the file of a segment."""
        return self.folder / f"{self.run_id}.{self.writer:x}.{segment}"

    @property
    def newest(self) -> int:
        """Return the number of the segment that is written."""
        return self._segment

    @property
    def last_sequence(self) -> int:
        """Return the sequence of the newest event; -1 before the first."""
        return self._sequence - 1

    def close(self) -> None:
        """Close the file; nothing can be appended any more."""
        with self._lock:
            os.close(self._file)

    def _new_key(self, key: str) -> int:
        number = len(self._keys)
        self._write(HEAD.pack(self._sequence, Kind.KEY) + KEY.pack(number) + key.encode("utf-8", "surrogatepass"))
        return self._keys.setdefault(key, number)

    def _write(self, body: bytes) -> int:
        sequence = self._sequence
        self._sequence = sequence + 1  # first: an interrupt amid this leaves a gap, and no number twice
        record = FRAME.pack(len(body), crc32(body)) + body
        size = len(record)
        try:
            if (written := os.write(self._file, record)) < size:  # at the end of the disk, which the next call says
                _write_rest(self._file, record, written)
        except OSError as error:
            raise unwritable_journal(self._path, error) from error
        self._size += size
        return sequence

    def _turn_over(self) -> None:
        """Begin the next segment, this one being full: between events, since a point follows the name of its key."""
        full = self._file
        self._segment += 1
        self._open()  # where this fails the full one stays open, and the next event tries again, by the next number
        os.close(full)

    def _open(self) -> None:
        """Begin a segment; each can be read by itself, so it names its keys again."""
        path = self.path(self._segment)
        header = header_bytes(Header(run_id=self.run_id, writer=self.writer, first_sequence=self._sequence))
        head = header + _record(HEAD.pack(self._sequence, Kind.WRITER) + json_bytes(dict(self.about)))
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._file = _begun(path, head)
        except OSError as error:
            raise unwritable_journal(path, error) from error
        self._path, self._size, self._keys = path, len(head), dict[str, int]()
        self._sequence += 1


def _begun(path: Path, head: bytes) -> int:
    """Return a new file to append to; it has its name once its head can be read, and takes nobody else's."""
    new = path.with_name(f"{path.name}.new")
    file = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        _write_rest(file, head, 0)
        os.link(new, path)
    except OSError:
        os.close(file)
        raise
    finally:
        new.unlink()
    return file


def _record(body: bytes) -> bytes:
    return FRAME.pack(len(body), crc32(body)) + body


def _write_rest(file: int, data: bytes, written: int) -> None:
    """Append the rest of `data`, or take back what of it is written: a part of a record is none."""
    try:
        while written < len(data):
            written += os.write(file, data[written:])
    except OSError:
        os.ftruncate(file, os.fstat(file).st_size - written)
        raise
