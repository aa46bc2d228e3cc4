"""The points of metrics: in a journal as soon as they are logged, in the database a moment later."""

import logging
import os
import secrets
import threading
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from weakref import WeakSet

from driftline.errors import StorageError
from driftline.journal import Journal, Point, Segment, SegmentReader, segments
from driftline.journal.errors import JournalError
from driftline.process import is_alive, this_process
from driftline.store import metric_rows, run_rows
from driftline.workspace import Workspace

DELIVERY_S = 0.25  # between two deliveries
MOST_AT_ONCE = 5_000  # points of one transaction
ASIDE = ".damaged"  # the ending of a journal that is kept because some of it cannot be read
_ACTIVE: WeakSet["PointRecorder"] = WeakSet()  # of this process
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_log = logging.getLogger(__name__)


class PointRecorder:
    """Takes the points of one run in microseconds; a thread of its own stores them.

    A point is in a journal when `add` returns, so it outlives the process. Where the database does not serve, it stays
    there until it does; where the disk of the journal is full, it goes to the database at once. A process that is
    forked amid the run has a journal and a thread of its own.

    Attributes:
        is_closed: whether the run has ended.
    """

    def __init__(self, workspace: Workspace, run_id: str) -> None:
        self._workspace, self._run_id = workspace, run_id
        self._deliveries: dict[int, _Delivery] = {}
        self._has_warned = False
        self.is_closed = False
        _ACTIVE.add(self)

    def add(self, points: Sequence[tuple[str, int, datetime, float]]) -> None:
        """Log (key, step, time, value) points.

        Raises:
            DatabaseUnavailableError: neither the journal nor the database can be written.
        """
        try:
            self._delivery().add(points)
        except JournalError as error:
            if not self._has_warned:
                self._has_warned = True
                _log.warning("%s Points go to the database at once, which is slower.", error)
            _store(self._workspace, self._run_id, points)

    def flush(self) -> None:
        """Return when all points that this process has logged are in the database.

        Raises:
            DatabaseUnavailableError: it does not serve; the points stay in the journal.
        """
        self._delivery().deliver()

    def close(self) -> None:
        """Store what is left, end the thread and remove the journal.

        Raises:
            DatabaseUnavailableError: the database does not serve; the journal stays, and whoever reads runs next on
                this machine delivers it.
        """
        self.is_closed = True
        _ACTIVE.discard(self)
        self._delivery().close()

    def is_of(self, workspace: Workspace) -> bool:
        """Return whether the points go to the database of a workspace."""
        return self._workspace.database is workspace.database

    def _delivery(self) -> "_Delivery":
        pid = os.getpid()
        return self._deliveries.get(pid) or self._deliveries.setdefault(pid, _Delivery(self._workspace, self._run_id))


class _Delivery:
    """The journal of one process about one run, and the thread that stores what is in it; opened by the first point."""

    def __init__(self, workspace: Workspace, run_id: str) -> None:
        self._workspace, self._run_id = workspace, run_id
        self._opening, self._delivering = threading.RLock(), threading.Lock()
        self._ended = threading.Event()
        self._journal: Journal | None = None
        self._reader: SegmentReader | None = None
        self._waiting: list[Point] = []  # read, and not stored yet

    def add(self, points: Sequence[tuple[str, int, datetime, float]]) -> None:
        journal = self._journal or self._open()
        for key, step, at, value in points:
            journal.point(key, step, value, (at - _EPOCH) // timedelta(microseconds=1))

    def deliver(self) -> None:
        if self._journal is None:
            return
        with self._delivering:
            while self._waiting or self._read():
                _store(self._workspace, self._run_id, [_logged(point) for point in self._waiting[:MOST_AT_ONCE]])
                del self._waiting[:MOST_AT_ONCE]

    def close(self) -> None:
        if self._journal is None:
            return
        self._ended.set()
        self._thread.join()
        self._journal.close()
        self.deliver()
        if self._reader is not None:
            self._reader.close()
        for segment in self._segments():
            segment.path.unlink()

    def _open(self) -> Journal:
        with self._opening:
            if self._journal is None:
                writer = secrets.randbits(53)
                process = str(this_process())
                self._journal = Journal(self._workspace.journals, self._run_id, writer=writer, process=process)
                self._thread = threading.Thread(target=self._deliver_often, name="driftline-points", daemon=True)
                self._thread.start()
            return self._journal

    def _deliver_often(self) -> None:
        has_warned = False
        while not self._ended.wait(DELIVERY_S):
            try:
                self.deliver()
            except StorageError as error:
                if not has_warned:
                    _log.warning("Points of run %s wait in %s: %s", self._run_id, self._workspace.journals, error)
                has_warned = True
            else:
                has_warned = False

    def _read(self) -> bool:
        """Read what has come since; return whether there is any. A segment that is followed by another is removed."""
        own = self._segments()
        for segment in own:
            if self._reader is None:
                self._reader = SegmentReader(segment.path)
            self._waiting += [event for event in self._reader.read() if isinstance(event, Point)]
            if self._waiting:
                return True
            if segment.number < own[-1].number and self._reader.is_at_end:
                self._reader.close()
                self._reader = None
                segment.path.unlink()
        return False

    def _segments(self) -> list[Segment]:
        assert self._journal is not None  # noqa: S101  (it is asked once there is one)
        own = (self._journal.run_id, self._journal.writer)
        return [one for one in segments(self._workspace.journals) if (one.run_id, one.writer) == own]


def deliver_left(workspace: Workspace) -> None:
    """Store the points that this process has logged, and those that processes of this machine had logged that died.

    The journals of the dead are removed.
    A journal with damaged bytes is kept beside the others, ending in `.damaged`, once what is whole is stored. Journals
    of living processes, of other machines and of runs of other databases are left alone.
    """
    for recorder in [one for one in _ACTIVE if one.is_of(workspace)]:
        recorder.flush()
    for segment in segments(workspace.journals):
        try:
            reader = SegmentReader(segment.path)
        except FileNotFoundError:  # somebody else was first
            continue
        except JournalError as error:
            _set_aside(segment, str(error))
            continue
        try:
            first = reader.read()
            if not first or is_alive(reader.process) is not False or not _is_here(workspace, segment.run_id):
                continue
            points = [event for event in (*first, *reader.salvage()) if isinstance(event, Point)]
        finally:
            reader.close()
        for start in range(0, len(points), MOST_AT_ONCE):
            _store(workspace, segment.run_id, [_logged(point) for point in points[start : start + MOST_AT_ONCE]])
        if reader.damaged:
            _set_aside(segment, ", ".join(f"its bytes {one.start} to {one.end} are damaged" for one in reader.damaged))
        else:
            segment.path.unlink(missing_ok=True)


def _set_aside(segment: Segment, why: str) -> None:
    _log.warning("The journal %s is set aside: %s", segment.path, why)
    with suppress(FileNotFoundError):  # somebody else was first
        segment.path.rename(segment.path.with_name(segment.path.name + ASIDE))


def _is_here(workspace: Workspace, run_id: str) -> bool:
    with workspace.database.reading() as session:
        return run_rows.run(session, run_id) is not None


def _logged(point: Point) -> tuple[str, int, datetime, float]:
    return point.key, point.step, _EPOCH + timedelta(microseconds=point.at_us), point.value


def _store(workspace: Workspace, run_id: str, points: Sequence[tuple[str, int, datetime, float]]) -> None:
    with workspace.database.transaction() as session:
        metric_rows.add_points(session, run_id, points)
