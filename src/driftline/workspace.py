"""What a process has open: the experiment database, the artifact store and the clock."""

import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from driftline.artifacts import ArtifactStore, UnnamedFile, open_artifacts
from driftline.clock import Clock, now
from driftline.errors import ConflictError, StorageError
from driftline.process import described, this_process
from driftline.settings import JOURNALS, Settings, make_folder
from driftline.store import Database, lock_rows, lookup, open_database, read_database


class LockedError(ConflictError):
    """Another process holds a lock."""

    code = "LOCKED"

    def __init__(self, name: str, holder: str, expires_at: object) -> None:
        super().__init__(
            f"{name!r} is already being done by {described(holder)} (its lease ends {expires_at}). "
            "Wait until it is done; two of them never run together."
        )


HEARTBEAT_S = 60.0  # a fifth of a lease
_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """What every verb of the engine works with.

    Attributes:
        database: the experiment database.
        artifacts: the artifact store.
        clock: what is stored is dated by it.
        journals: the folder where points of runs wait until they are stored; made when it is needed.
        replay_at: the past moment that a replay of history stands at; None: now.
    """

    database: Database
    artifacts: ArtifactStore
    clock: Clock
    journals: Path
    replay_at: datetime | None = None

    def as_of(self) -> datetime:
        """Return the time whose knowledge counts: now, or the past moment that a replay stands at."""
        return self.replay_at or self.clock()

    @contextmanager
    def lock(self, name: str) -> Iterator[None]:
        """Hold the lock `name` against all processes on this database.

        Raises:
            LockedError: another process holds it.
        """
        holder = this_process()
        with self.database.transaction() as session:
            other = lock_rows.take(session, name, holder, now=now())
        if other is not None:
            raise LockedError(name, other.holder, other.expires_at)
        with self.heartbeat(name):
            try:
                yield
            finally:
                with self.database.transaction() as session:
                    lock_rows.release(session, name, holder)

    @contextmanager
    def heartbeat(self, name: str) -> Iterator[None]:
        """Renew the lease of the lock `name`, which this process holds, for as long as the block lasts.

        On its own machine a process is known to live without it; other machines see nothing else.
        """
        beating = _heartbeat(os.getpid())
        beating.start(self.database, name)
        try:
            yield
        finally:
            beating.stop(self.database, name)


def unnamed_artifacts(workspace: Workspace, *, age: timedelta) -> list[UnnamedFile]:
    """Return the files of the artifact store that nothing in the database names, and partial ones.

    Processes that died between storing a file and naming it have left them.

    Args:
        workspace: the only one that uses its artifact store.
        age: how long ago they were stored at least; longer than any step, which stores its files before it names them.
    """

    def named() -> set[str]:
        with workspace.database.reading() as session:
            return lookup.named_digests(session)

    return workspace.artifacts.unnamed(named, before=now() - age)


def open_workspace(settings: Settings | None = None, *, replay_at: datetime | None = None) -> Workspace:
    """Return the workspace that the settings describe; the home folder and the database are made where they are new.

    Args:
        settings: where things are kept; None: what the environment says.
        replay_at: the past moment whose knowledge counts; None: now.

    Raises:
        StorageError: the database or the artifact store cannot be opened.
    """
    settings = settings or Settings()
    if settings.database_url is None:
        make_folder(settings.root)
    return Workspace(
        database=open_database(settings.database),
        artifacts=open_artifacts(settings.artifacts),
        clock=now,
        journals=settings.root / JOURNALS,
        replay_at=replay_at,
    )


def read_workspace(settings: Settings | None = None) -> Workspace:
    """Return the workspace for somebody who only reads: where there is no home yet, none is made, and all is empty."""
    settings = settings or Settings()
    database, artifacts = read_database(settings.database), open_artifacts(settings.artifacts)
    return Workspace(database=database, artifacts=artifacts, clock=now, journals=settings.root / JOURNALS)


class _Heartbeat:
    """A thread of this process that renews its leases; it ends when nothing is held any more."""

    def __init__(self) -> None:
        self._held: dict[Database, set[str]] = {}
        self._guard = threading.Lock()
        self._beats = False

    def start(self, database: Database, name: str) -> None:
        with self._guard:
            self._held.setdefault(database, set()).add(name)
            if not self._beats:
                self._beats = True
                threading.Thread(target=self._beat, name="driftline-heartbeat", daemon=True).start()

    def stop(self, database: Database, name: str) -> None:
        with self._guard:
            self._held[database].discard(name)
            if not self._held[database]:
                del self._held[database]

    def _beat(self) -> None:
        while True:
            time.sleep(HEARTBEAT_S)
            with self._guard:  # until all are renewed, so that nobody closes a database meanwhile
                self._beats = bool(self._held)
                if not self._held:
                    return
                for database, names in self._held.items():
                    _renew(database, names)


def _renew(database: Database, names: set[str]) -> None:
    try:
        with database.transaction() as session:
            lock_rows.renew(session, names, this_process(), now=now())
    except StorageError as error:  # the lease outlasts some beats
        _log.warning("Leases were not renewed: %s", error)


@cache
def _heartbeat(pid: int) -> _Heartbeat:
    """Return the heartbeat of a process: no thread lives on in a fork."""
    del pid
    return _Heartbeat()
