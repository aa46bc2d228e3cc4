"""Appends events to a journal: one call of the operating system for each, so that none is lost with the process."""

import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zlib import crc32

from driftline.journal.errors import unwritable_journal
from driftline.journal.event import Kind
from driftline.journal.layout import FRAME, HEAD, KEY, POINT, Header, header_bytes, json_bytes

SEGMENT_BYTES = 64 * 1024 * 1024


class Journal:
    """The journal of one process about one run; threads share it, a forked child opens its own.

    What a call has returned from is with the operating system: it outlives the process, and with `sync` the machine.

    Attributes:
        folder: where its segments lie, `RUN.WRITER.SEGMENT`.
        run_id: 32 hexadecimal digits.
        writer: tells the processes of one run apart.

    Each segment begins with the process that writes, as text, so that others can tell whether it still lives.
    """

    def __init__(
        self, folder: Path, run_id: str, *, writer: int, process: str = "", segment_bytes: int = SEGMENT_BYTES
    ) -> None:
        self.folder, self.run_id, self.writer = folder, run_id, writer
        self._segment_bytes = segment_bytes
        self._lock = threading.RLock()  # a signal handler may log amid a call
        self._process, self._sequence, self._segment = process, 0, 0
        self._open()

    def point(self, key: str, step: int, value: float, at_us: int) -> int:
        """Append a point and return its sequence.

        Raises:
            JournalError: the disk is full, or does not serve.
        """
        with self._lock:
            self._turn_over()
            number = self._keys.get(key)
            if number is None:
                number = self._new_key(key)
            return self._write(POINT.pack(self._sequence, Kind.POINT, at_us, number, step, value))

    def event(self, kind: Kind, body: Mapping[str, Any]) -> int:
        """Append an event of another kind and return its sequence.

        Raises:
            JournalError: the disk is full, or does not serve.
        """
        data = json_bytes(body)
        with self._lock:
            self._turn_over()
            return self._write(HEAD.pack(self._sequence, kind) + data)

    @property
    def last_sequence(self) -> int:
        """Return the sequence of the newest event; -1 before the first."""
        return self._sequence - 1

    def sync(self) -> None:
        """Return when all that was appended outlives a loss of power."""
        os.fdatasync(self._file)

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
        self._sequence += 1  # first: an interrupt amid this leaves a gap, and no number twice
        record, written = FRAME.pack(len(body), crc32(body)) + body, 0
        try:
            while written < len(record):  # less is written at the end of the disk: the next call says so
                written += os.write(self._file, record[written:])
        except OSError as error:
            os.ftruncate(self._file, os.fstat(self._file).st_size - written)  # a part of a record is none
            raise unwritable_journal(self._path, error) from error
        self._size += len(record)
        return sequence

    def _turn_over(self) -> None:
        """Begin the next segment where this one is full: between events, since a point follows the name of its key."""
        if self._size >= self._segment_bytes:
            os.close(self._file)
            self._segment += 1
            self._open()

    def _open(self) -> None:
        """Begin a segment; each can be read by itself, so it names its keys again."""
        self._keys: dict[str, int] = {}
        self._path = self.folder / f"{self.run_id}.{self.writer:x}.{self._segment}"
        header = header_bytes(Header(run_id=self.run_id, writer=self.writer, first_sequence=self._sequence))
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)
            os.write(self._file, header)
        except OSError as error:
            raise unwritable_journal(self._path, error) from error
        self._size = len(header)
        self._write(HEAD.pack(self._sequence, Kind.WRITER) + json_bytes({"process": self._process}))
