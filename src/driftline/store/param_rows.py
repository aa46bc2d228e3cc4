"""Params and tags of runs, under keys that stand once; events write them (the room `ingest`)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlmodel import Field, Session, SQLModel, col, select

from driftline.store.exact_json import ExactJson
from driftline.store.run_rows import Run

_NUMBERS = text("number IS NOT NULL")


class LoggedKey(SQLModel, table=True):
    """One row is the name of params, tags or metrics; it stays for good."""

    __tablename__ = "logged_key"

    id: int = Field(default=None, primary_key=True)
    name: str = Field(unique=True)


class Param(SQLModel, table=True):
    """One row is an input value of a run: as JSON, and as what searches compare."""

    __table_args__ = (
        Index("ix_param_text", "key", "text", "run"),
        Index("ix_param_number", "key", "number", "run", sqlite_where=_NUMBERS, postgresql_where=_NUMBERS),
        {"sqlite_with_rowid": False},
    )

    run: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    key: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    number: float | None = Field(description="of a number or a boolean that a float holds, or of a text that is one")
    text: str = Field(description="as Python writes it, its first 500 characters")
    value: Any = Field(sa_type=ExactJson)


class ParamChange(SQLModel, table=True):
    """One row is a value that a param had before it was logged with another."""

    __tablename__ = "param_change"

    run: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    key: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False}, description="from 0 on")
    value: Any = Field(sa_type=ExactJson)
    replaced_at: datetime


class Tag(SQLModel, table=True):
    """One row is a mutable key-value tag on a run."""

    __table_args__ = (Index("ix_tag_text", "key", "text", "run"), {"sqlite_with_rowid": False})

    run: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    key: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    text: str = Field(description="its first 500 characters, which searches compare")
    rest: str = Field(description="the characters after these")


@dataclass(frozen=True, kw_only=True)
class LoggedValue:
    """A param or a tag.

    Attributes:
        key: its name.
        value: of a param with its type; of a tag a text.
    """

    key: str
    value: Any


def params_of(session: Session, run_ids: Iterable[str]) -> Mapping[str, list[LoggedValue]]:
    """Return the params of each run, by key."""
    return _of(session, run_ids, Param, (Param.value,))


def tags_of(session: Session, run_ids: Iterable[str]) -> Mapping[str, list[LoggedValue]]:
    """Return the tags of each run, by key."""
    return _of(session, run_ids, Tag, (Tag.text, Tag.rest))


def param_changes(session: Session, run_id: str) -> Mapping[str, list[Any]]:
    """Return the values that params of a run had before, the oldest first."""
    statement = (
        select(LoggedKey.name, ParamChange.value)
        .join(ParamChange, col(ParamChange.key) == LoggedKey.id)
        .join(Run, col(Run.id) == ParamChange.run)
        .where(Run.run_id == run_id)
        .order_by(LoggedKey.name, col(ParamChange.number))
    )
    before: dict[str, list[Any]] = {}
    for key, value in session.exec(statement):
        before.setdefault(key, []).append(value)
    return before


def _of(
    session: Session, run_ids: Iterable[str], table: type[Any], parts: tuple[Any, ...]
) -> Mapping[str, list[LoggedValue]]:
    found: dict[str, list[LoggedValue]] = {run_id: [] for run_id in run_ids}
    statement = (
        select(Run.run_id, LoggedKey.name, *parts)
        .join(table, table.run == Run.id)
        .join(LoggedKey, col(LoggedKey.id) == table.key)
        .where(col(Run.run_id).in_(found))
        .order_by(LoggedKey.name)
    )
    for run_id, key, *values in session.exec(statement):
        found[run_id].append(LoggedValue(key=key, value=values[0] if len(values) == 1 else "".join(values)))
    return found
