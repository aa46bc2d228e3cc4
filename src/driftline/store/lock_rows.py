"""Locks between processes and machines: a row that one process holds while it lives."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlmodel import Field, Session, SQLModel, col, select

from driftline.process import Process, is_alive
from driftline.store.upsert import insert_missing

LEASE = timedelta(minutes=5)  # that other machines wait after the last sign of life of a holder
PATIENCE = timedelta(hours=1)  # with a holder that lives here and lets its lease end: it slept, or could not let go


class Lock(SQLModel, table=True):
    """One row is a lock that is held."""

    name: str = Field(primary_key=True)
    holder: str = Field(description="a process, as text")
    expires_at: datetime

    def is_held(self, now: datetime) -> bool:
        """Return whether its holder lives; where only another machine could say, whether it has renewed its lease."""
        alive = is_alive(self.holder)
        return alive is not False and self.expires_at > now - (PATIENCE if alive else timedelta(0))

    @property
    def renewed_at(self) -> datetime:
        """Return when the holder last showed a sign of life."""
        return self.expires_at - LEASE


def take(session: Session, name: str, holder: Process, *, now: datetime) -> Lock | None:
    """Take the lock for `holder`; return None, or the lock of somebody else who lives."""
    # A row to wait for: on PostgreSQL two takers of a lock that nobody holds would both insert theirs.
    insert_missing(session, Lock, [{"name": name, "holder": "", "expires_at": now}])
    lock = session.get(Lock, name, with_for_update=True)
    if lock is not None and lock.is_held(now):
        return lock
    session.merge(Lock(name=name, holder=str(holder), expires_at=now + LEASE))
    return None


def renew(session: Session, names: Collection[str], holder: Process, *, now: datetime) -> None:
    """Prolong the leases of locks of `holder`; what somebody else has taken meanwhile is left alone."""
    held = (col(Lock.name).in_(names), col(Lock.holder) == str(holder))
    session.connection().execute(update(Lock).where(*held).values(expires_at=now + LEASE))


def release(session: Session, name: str, holder: Process) -> None:
    """Give the lock back; somebody else's is left alone."""
    lock = session.get(Lock, name)
    if lock is not None and lock.holder == str(holder):
        session.delete(lock)


def free(session: Session, name: str) -> None:
    """Delete the lock, whoever holds it."""
    session.connection().execute(delete(Lock).where(col(Lock.name) == name))


def is_held(session: Session, name: str, *, now: datetime) -> bool:
    """Return whether a living process holds the lock."""
    lock = session.get(Lock, name)
    return lock is not None and lock.is_held(now)


def abandoned(session: Session, prefix: str, *, now: datetime, locked: bool = False) -> Sequence[Lock]:
    """Return the locks whose names begin with `prefix` and whose holders are gone.

    With `locked` no holder can give one back before the transaction ends; those that do so just now are left out.
    """
    named = select(Lock).where(col(Lock.name).startswith(prefix, autoescape=True))
    if locked:
        named = named.with_for_update(skip_locked=True)
    return [lock for lock in session.exec(named) if not lock.is_held(now)]
