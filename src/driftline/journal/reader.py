"""Reads a journal, also one that is being written or whose bytes are damaged: what is whole is given."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

from driftline.journal.errors import newer_journal
from driftline.journal.event import Event, Kind, Point
from driftline.journal.layout import (
    FRAME,
    HEAD,
    HEADER,
    KEY,
    LONGEST,
    POINT,
    POINT_RECORD,
    Header,
    json_body,
    read_header,
)

_KINDS, _POINT = frozenset(Kind), int(Kind.POINT)
_LEAST = HEAD.size  # bytes of a record


@dataclass(frozen=True, kw_only=True)
class Segment:
    """A file of a journal, by its name.

    Attributes:
        path: the file.
        run_id: of the run.
        writer: the process that wrote it, among those of the run.
        number: its place among the segments of its writer.
    """

    path: Path
    run_id: str
    writer: int
    number: int


@dataclass(frozen=True, kw_only=True)
class DamagedBytes:
    """A stretch of a file that holds no whole record.

    Attributes:
        path: the file.
        start: its first byte.
        end: the first byte after it.
    """

    path: Path
    start: int
    end: int


def segments(folder: Path) -> list[Segment]:
    """Return the files of all journals in a folder, those of one writer in their order; other files are left aside."""
    found = []
    for path in folder.iterdir() if folder.is_dir() else ():
        run_id, _, rest = path.name.partition(".")
        writer, _, number = rest.partition(".")
        if len(run_id) == 32 and number.isdecimal():
            try:
                found.append(Segment(path=path, run_id=run_id, writer=int(writer, 16), number=int(number)))
            except ValueError:  # another file
                continue
    return sorted(found, key=lambda one: (one.run_id, one.writer, one.number))


class SegmentReader:
    """Reads one file from where it stopped the last time.

    Attributes:
        header: whose journal it is.
        about: what it begins with: the run, and the process that writes it; empty before the first `read`.
        damaged: what was passed over.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        self.header: Header = read_header(os.pread(self._file, HEADER.size, 0), path)
        self._offset, self._keys = HEADER.size, dict[int, str]()
        self.about: Mapping[str, Any] = {}
        self.damaged: list[DamagedBytes] = []

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)

    @property
    def is_at_end(self) -> bool:
        """Return whether all that is in the file was read, or passed over."""
        return self._offset >= os.fstat(self._file).st_size

    def read(self, *, most_bytes: int = 1 << 20) -> Sequence[Event | Point]:
        """Return the whole events that have come since, in up to so many bytes; none where the rest is torn or none."""
        data = os.pread(self._file, most_bytes, self._offset)
        length = _longest(data)
        if length > len(data) - FRAME.size:  # one record that is larger than this
            data = os.pread(self._file, FRAME.size + length, self._offset)
        events, end = self._parsed(data, 0)
        self._offset += end
        return events

    def salvage(self) -> Sequence[Event | Point]:
        """Return what is whole in the rest of a file that nobody writes any more; damaged bytes are noted."""
        data = os.pread(self._file, os.fstat(self._file).st_size - self._offset, self._offset)
        found: list[Event | Point] = []
        start, place = self._offset, 0
        while place < len(data):
            events, place = self._parsed(data, place)
            found += events
            if place < len(data):
                after = next((at for at in range(place + 1, len(data)) if any(_records(data, at))), len(data))
                self.damaged.append(DamagedBytes(path=self._path, start=start + place, end=start + after))
                place = after
        self._offset = start + len(data)
        return found

    def _parsed(self, data: bytes, place: int) -> tuple[list[Event | Point], int]:
        """Return the events from `place` on, up to the first record that is not whole, and where that begins."""
        found: list[Event | Point] = []
        is_whole = True
        while is_whole:
            place = self._points(data, place, found)
            start, end = next(_records(data, place), (0, 0))
            is_whole = end > 0
            if is_whole:
                event = self._event(data[start:end])
                if event is not None:
                    found.append(event)
                place = end
        return found, place

    def _points(self, data: bytes, place: int, found: list[Event | Point]) -> int:
        """Append the points that follow each other from `place` on; return where they end.

        They are nearly all of a journal, and of one length.
        """
        names, new, size = self._keys, tuple.__new__, POINT_RECORD.size
        block = data[place : place + (len(data) - place) // size * size]
        for length, checksum, sequence, kind, at_us, key, step, value in POINT_RECORD.iter_unpack(block):
            body = data[place + FRAME.size : place + size]
            if length != POINT.size or kind != _POINT or crc32(body) != checksum or key not in names:
                break
            found.append(new(Point, (sequence, names[key], step, at_us, value)))
            place += size
        return place

    def _event(self, body: bytes) -> Event | None:
        kind = body[8]
        if kind == _POINT:  # whose key is not known: the record that names it is damaged
            return None
        sequence, _ = HEAD.unpack_from(body)
        if kind == Kind.KEY:
            [number] = KEY.unpack_from(body, HEAD.size)
            self._keys[number] = body[HEAD.size + KEY.size :].decode("utf-8", "surrogatepass")
            return None
        if kind not in _KINDS:
            raise newer_journal(self._path, kind)
        event = Event(sequence, Kind(kind), json_body(body[HEAD.size :]))
        if kind == Kind.WRITER:
            self.about = event.body
        return event


def _longest(data: bytes) -> int:
    length = FRAME.unpack_from(data)[0] if len(data) >= FRAME.size else 0
    return length if length <= LONGEST else 0


def _records(data: bytes, place: int) -> Iterator[tuple[int, int]]:
    """Give the start and the end of the body of each whole record from `place` on."""
    while place + FRAME.size <= len(data):
        length, checksum = FRAME.unpack_from(data, place)
        start = place + FRAME.size
        end = start + length
        if not _LEAST <= length <= LONGEST or end > len(data) or crc32(data[start:end]) != checksum:
            return
        yield start, end
        place = end
