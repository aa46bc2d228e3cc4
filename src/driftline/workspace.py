"""What a process has open: the experiment database, the artifact store and the clock."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import psutil

from driftline.artifacts import ArtifactStore, open_artifacts
from driftline.clock import Clock, now
from driftline.errors import ConflictError
from driftline.settings import Settings, make_folder
from driftline.store import Database, lock_rows, open_database


class LockedError(ConflictError):
    """Another process holds a lock."""

    code = "LOCKED"

    def __init__(self, name: str, holder: str, expires_at: object) -> None:
        super().__init__(
            f"{name!r} is already being done by {holder} (its lease ends {expires_at}). "
            "Wait until it is done; two of them never run together."
        )


LEASE = timedelta(hours=6)  # longer than any step; a holder that died on this machine is noticed at once


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """What every verb of the engine works with.

    Attributes:
        database: the experiment database.
        artifacts: the artifact store.
        clock: what is stored is dated by it.
        replay_at: the past moment that a replay of history stands at; None: now.
    """

    database: Database
    artifacts: ArtifactStore
    clock: Clock
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
        holder = f"{socket.gethostname()}:{os.getpid()}"
        with self.database.transaction() as session:
            other = lock_rows.take(session, name, holder, now=now(), lease=LEASE, is_dead=_died_here)
        if other is not None:
            raise LockedError(name, other.holder, other.expires_at)
        try:
            yield
        finally:
            with self.database.transaction() as session:
                lock_rows.release(session, name, holder)


def open_workspace(settings: Settings | None = None, *, replay_at: datetime | None = None) -> Workspace:
    """Return the workspace that `settings` (the environment, by default) describe; makes the home folder."""
    settings = settings or Settings()
    if settings.database_url is None:
        make_folder(settings.root)
    return Workspace(
        database=open_database(settings.database),
        artifacts=open_artifacts(settings.artifacts),
        clock=now,
        replay_at=replay_at,
    )


def _died_here(holder: str) -> bool:
    host, _, pid = holder.rpartition(":")
    return host == socket.gethostname() and not psutil.pid_exists(int(pid))
