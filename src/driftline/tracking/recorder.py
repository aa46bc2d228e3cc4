"""What one process says of one run: in a journal at once, and with its destination a moment later."""

import logging
import secrets
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from driftline.errors import StorageError
from driftline.ingest import Batch
from driftline.journal import Event, Journal, Kind, Point, SegmentReader
from driftline.journal.errors import JournalError
from driftline.process import this_process
from driftline.tracking import sender
from driftline.tracking.sinks import MOST_AT_ONCE, Destination

READ_BYTES = 45 * MOST_AT_ONCE  # at once, that many points
MOST_IN_MEMORY = 100_000  # events, where the journal cannot be written
HEARTBEAT_S = 60.0  # a fifth of the time after which another machine takes a run for lost
_log = logging.getLogger(__name__)


class Recorder:
    """Takes the events of one run from one process in microseconds; the sender's thread delivers them.

    An event is in a journal when a call returns, so it outlives the process. Where the destination does not serve, it
    stays there until it does. Where the disk of the journal is full, events wait in memory: the newest of them are lost
    where there are too many, or where the process ends first, and a warning says so.

    Attributes:
        writer: tells this process apart among those that write the run.
    """

    def __init__(self, destination: Destination, run_id: str, about: Mapping[str, Any]) -> None:
        self.destination, self.run_id = destination, run_id
        self._about = {"process": str(this_process()), "to": destination.name, **about}
        self.writer = secrets.randbits(53)
        self._delivering = threading.Lock()
        self._journal: Journal | None = None
        self._reader: SegmentReader | None = None
        self._segment = 0  # that is read
        self._waiting: list[Event | Point] = []  # read, and not delivered yet
        self._memory: _Memory | None = None
        self._delivered_s = time.monotonic() - HEARTBEAT_S
        self._is_closed = self._is_gone = False
        try:
            self._journal = Journal(destination.journals, run_id, writer=self.writer, about=self._about)
        except JournalError as error:
            self._leave_journal(error)
        sender.add(self)

    @property
    def destination_name(self) -> str:
        """Return where the events go to."""
        return self.destination.name

    def point(self, key: str, step: int, value: float, at_us: int) -> None:
        """Append a point."""
        if self._memory is None and self._journal is not None:
            try:
                self._journal.point(key, step, value, at_us)
            except JournalError as error:
                self._leave_journal(error)
            else:
                return
        self._in_memory().add(lambda sequence: Point(sequence, key, step, at_us, value))

    def event(self, kind: Kind, body: Mapping[str, Any]) -> None:
        """Append an event of another kind."""
        if self._memory is None and self._journal is not None:
            try:
                self._journal.event(kind, body)
            except JournalError as error:
                self._leave_journal(error)
            else:
                return
        self._in_memory().add(lambda sequence: Event(sequence, kind, body))

    def deliver(self) -> None:
        """Send what has come since the last time, and a sign of life where nothing has for a minute.

        Raises:
            StorageError: the destination does not serve; nothing is lost.
        """
        with self._delivering:
            if self._is_gone:
                return
            while self._waiting or self._read():
                self._send(self.writer, self._waiting[:MOST_AT_ONCE])
                del self._waiting[:MOST_AT_ONCE]
            if self._memory is not None:
                while waiting := self._memory.first(MOST_AT_ONCE):
                    self._send(self._memory.writer, waiting)
                    self._memory.remove(len(waiting))
            if self._is_closed:
                self._remove_journal()
            elif time.monotonic() - self._delivered_s >= HEARTBEAT_S:
                self._send(self.writer, [])

    def close(self) -> None:
        """Deliver what is left and remove the journal; nothing can be logged any more.

        Where the destination does not serve, a warning says so and the journal stays: the sender goes on trying, and
        after this process the next one that logs or reads runs here delivers it, or `driftline sync`.
        """
        self._is_closed = True
        if self._journal is not None:
            self._journal.close()
        try:
            self.deliver()
        except StorageError as error:
            where = "memory" if self._journal is None else self.destination.journals
            _log.warning(
                "The end of run %s is not stored yet: %s It waits in %s; driftline sync delivers it.",
                self.run_id,
                error,
                where,
            )

    def leave(self) -> None:
        """Forget the journal of the process that this one was forked from."""
        self._is_gone = True

    def _remove_journal(self) -> None:
        sender.remove(self)
        self._is_gone = True
        if self._reader is not None:
            self._reader.close()
        if self._journal is not None:
            for number in range(self._segment, self._journal.newest + 1):
                self._journal.path(number).unlink(missing_ok=True)

    def _send(self, writer: int, events: Sequence[Event | Point]) -> None:
        batch = Batch(run_id=self.run_id, writer=writer, about=self._about, events=events)
        self.destination.send(batch)
        self._delivered_s = time.monotonic()

    def _leave_journal(self, error: JournalError) -> None:
        _log.warning("%s Until then what is logged waits in memory.", error)
        self._in_memory()

    def _in_memory(self) -> "_Memory":
        if self._memory is None:
            self._memory = _Memory(self.run_id)
        return self._memory

    def _read(self) -> bool:
        """Read what has come since; return whether there is any. A segment that is followed by another is removed."""
        journal = self._journal
        while journal is not None:
            if self._reader is None:
                self._reader = SegmentReader(journal.path(self._segment))
            is_full = self._segment < journal.newest  # asked first: it grows no more then
            self._waiting += self._reader.read(most_bytes=READ_BYTES)
            if self._waiting or not is_full or not self._reader.is_at_end:
                break
            self._reader.close()
            self._reader = None
            journal.path(self._segment).unlink()
            self._segment += 1
        return bool(self._waiting)


class _Memory:
    """Events that no journal takes, by a writer of their own: as many as fit."""

    def __init__(self, run_id: str) -> None:
        self.writer = secrets.randbits(53)
        self._run_id = run_id
        self._events: deque[Event | Point] = deque()
        self._sequence = 0
        self._lost = 0

    def add(self, made: Any) -> None:
        if len(self._events) >= MOST_IN_MEMORY:
            self._lost += 1
            if self._lost == 1:
                _log.error(
                    "What run %s logs from now on is lost: neither its journal nor its database can be written.",
                    self._run_id,
                )
            return
        self._events.append(made(self._sequence))
        self._sequence += 1

    def first(self, most: int) -> list[Event | Point]:
        return [self._events[place] for place in range(min(most, len(self._events)))]

    def remove(self, count: int) -> None:
        for _ in range(count):
            self._events.popleft()
