"""Locks between processes and machines: a row that one holder has until its lease ends."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlmodel import Field, Session, SQLModel

from driftline.store.upsert import insert_missing


class Lock(SQLModel, table=True):
    """One row is a lock that is held."""

    name: str = Field(primary_key=True)
    holder: str = Field(description="host:process")
    expires_at: datetime


def take(
    session: Session,
    name: str,
    holder: str,
    *,
    now: datetime,
    lease: timedelta,
    is_dead: Callable[[str], bool],
) -> Lock | None:
    """Take the lock for `holder`; return None, or the lock of somebody else who lives and whose lease runs."""
    # A row to wait for: on PostgreSQL two takers of a lock that nobody holds would both insert theirs.
    insert_missing(session, Lock, [{"name": name, "holder": "", "expires_at": now}])
    lock = session.get(Lock, name, with_for_update=True)
    if lock is not None and lock.expires_at > now and not is_dead(lock.holder):
        return lock
    session.merge(Lock(name=name, holder=holder, expires_at=now + lease))
    return None


def release(session: Session, name: str, holder: str) -> None:
    """Give the lock back; somebody else's is left alone."""
    lock = session.get(Lock, name)
    if lock is not None and lock.holder == holder:
        session.delete(lock)
