"""Registered models and their versions."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, UniqueConstraint, func
from sqlmodel import Field, Session, SQLModel, col, select

from driftline.ingest import MODEL_FOLDER as MODEL_FOLDER  # noqa: PLC0414  (for those who store versions)
from driftline.store.run_rows import Run
from driftline.store.upsert import insert_missing

LARGEST_VERSION = 2**31 - 1  # what its column holds


class RegisteredModel(SQLModel, table=True):
    """One row is a named model; its versions share this row."""

    __tablename__ = "registered_model"

    id: int = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    description: str = ""
    created_at: datetime


class ModelVersionRow(SQLModel, table=True):
    """One row is an immutable trained model; its files are the artifacts of its run under `model/`."""

    __tablename__ = "model_version"
    __table_args__ = (UniqueConstraint("model_id", "version"),)

    id: int = Field(default=None, primary_key=True)
    model_id: int = Field(foreign_key="registered_model.id")
    version: int
    run_id: str = Field(foreign_key="run.run_id", index=True)
    digest: str = Field(description="sha256 over the paths and digests of its files")
    flavor: str
    signature: list[dict[str, Any]] = Field(sa_type=JSON, description="the columns it reads")
    task: str | None = Field(default=None, description="NULL: of a version that driftline 0.1 registered")
    classes: list[Any] | None = Field(default=None, sa_type=JSON, description="that it distinguishes, in their order")
    trained_from: datetime | None = Field(
        default=None, description="no row before this was used; NULL: all rows of the training dataset"
    )
    trained_through: datetime = Field(description="nothing later than this was used")
    judged_version_id: int | None = Field(
        default=None,
        foreign_key="model_version.id",
        description="the version judged in its place, for a refit",
    )
    created_at: datetime


def model_named(session: Session, name: str, created_at: datetime, *, description: str = "") -> RegisteredModel:
    """Return the registered model `name`, made now where it is new."""
    insert_missing(session, RegisteredModel, [{"name": name, "description": description, "created_at": created_at}])
    return session.exec(select(RegisteredModel).where(RegisteredModel.name == name)).one()


def lock_models(session: Session, model_id: int | None = None) -> None:
    """Hold one model, or all, against other writers of its history until the transaction ends.

    SQLite has one writer anyway; on PostgreSQL two could otherwise read the same newest row and both add to it.
    """
    statement = select(RegisteredModel.id).order_by(col(RegisteredModel.id)).with_for_update(key_share=True)
    if model_id is not None:
        statement = statement.where(RegisteredModel.id == model_id)
    session.exec(statement).all()


def lock_named(session: Session, names: Collection[str]) -> None:
    """Hold the models of these names as `lock_models` does."""
    statement = select(RegisteredModel.id).where(col(RegisteredModel.name).in_(names))
    session.exec(statement.order_by(col(RegisteredModel.id)).with_for_update(key_share=True)).all()


def find_model(session: Session, name: str) -> RegisteredModel | None:
    """Return the registered model `name`, or None."""
    return session.exec(select(RegisteredModel).where(RegisteredModel.name == name)).one_or_none()


def models(session: Session) -> Sequence[RegisteredModel]:
    """Return all registered models by name."""
    return session.exec(select(RegisteredModel).order_by(RegisteredModel.name)).all()


def versions(session: Session, model_id: int) -> Sequence[ModelVersionRow]:
    """Return the versions of a model, newest first."""
    statement = select(ModelVersionRow).where(ModelVersionRow.model_id == model_id)
    return session.exec(statement.order_by(col(ModelVersionRow.version).desc())).all()


def training_runs(session: Session, model_name: str) -> dict[int, str]:
    """Return the Dagster run that trained each version of a model, by number, one statement; scripts have none."""
    statement = (
        select(ModelVersionRow.version, Run.dagster_run_id)
        .join(Run, col(Run.run_id) == ModelVersionRow.run_id)
        .join(RegisteredModel, col(RegisteredModel.id) == ModelVersionRow.model_id)
        .where(RegisteredModel.name == model_name)
    )
    return {version: dagster for version, dagster in session.exec(statement) if dagster is not None}


def version(session: Session, version_id: int | None) -> ModelVersionRow | None:
    """Return a model version by its row id, or None."""
    return None if version_id is None else session.get(ModelVersionRow, version_id)


def version_numbered(session: Session, model_id: int, number: int) -> ModelVersionRow | None:
    """Return version `number` of a model, or None."""
    if not 0 < number <= LARGEST_VERSION:
        return None
    statement = select(ModelVersionRow).where(ModelVersionRow.model_id == model_id, ModelVersionRow.version == number)
    return session.exec(statement).one_or_none()


def versions_numbered(session: Session, number: int, model_ids: Sequence[int]) -> dict[int, ModelVersionRow]:
    """Return version `number` of each model; a model without it is left out."""
    statement = select(ModelVersionRow).where(
        col(ModelVersionRow.model_id).in_(model_ids), ModelVersionRow.version == number
    )
    return {row.model_id: row for row in session.exec(statement)}


def newest_versions(
    session: Session, first: int, before: int | None, model_ids: Sequence[int]
) -> dict[int, list[ModelVersionRow]]:
    """Return the newest `first` versions of each model, only those numbered below `before`, newest first."""
    number = col(ModelVersionRow.version)
    place = func.row_number().over(partition_by=col(ModelVersionRow.model_id), order_by=number.desc())
    ranked = select(ModelVersionRow.id, place.label("place")).where(col(ModelVersionRow.model_id).in_(model_ids))
    if before is not None:
        ranked = ranked.where(number < before)
    newest = ranked.subquery()
    rows: dict[int, list[ModelVersionRow]] = {id_: [] for id_ in model_ids}
    statement = select(ModelVersionRow).join(newest, newest.c.id == ModelVersionRow.id).where(newest.c.place <= first)
    for row in session.exec(statement.order_by(number.desc())):
        rows[row.model_id].append(row)
    return rows


def add_version(session: Session, model_id: int, *, number: int | None = None, **values: Any) -> ModelVersionRow:
    """Store a version under a number, by default that after the highest one of its model, and return it."""
    lock_models(session, model_id)
    row = ModelVersionRow(model_id=model_id, version=number or next_version(session, model_id), **values)
    session.add(row)
    session.flush()
    return row


def is_registered(session: Session, run_id: str) -> bool:
    """Return whether a version was registered of what a run trained: then its files are settled."""
    return session.exec(select(ModelVersionRow.id).where(ModelVersionRow.run_id == run_id).limit(1)).first() is not None


def next_version(session: Session, model_id: int) -> int:
    """Return the number after the highest version; only sure inside the transaction that uses it."""
    statement = select(func.max(ModelVersionRow.version)).where(ModelVersionRow.model_id == model_id)
    return (session.exec(statement).one() or 0) + 1


def version_numbers(session: Session, version_ids: Collection[int]) -> dict[int, int]:
    """Return the number of each version by its id, one statement."""
    statement = select(ModelVersionRow.id, ModelVersionRow.version).where(col(ModelVersionRow.id).in_(version_ids))
    return dict(session.exec(statement).all())
