"""Dataset versions, and the readings of a pipeline's dataset that gave them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from driftline.store.upsert import insert_missing

EXTERNAL_DIGEST = "mlflow:"  # begins what another system computed, of a part of the content: equal ones prove nothing


class DatasetVersion(SQLModel, table=True):
    """One row is immutable content, known by the digest of all of it."""

    __tablename__ = "dataset_version"
    __table_args__ = (UniqueConstraint("dataset", "digest"),)

    id: int = Field(default=None, primary_key=True)
    dataset: str = Field(description="<pipeline>/training or <pipeline>/holdout")
    digest: str
    columns: list[dict[str, str]] = Field(sa_type=JSON, description="name and dtype of each column, in order")
    statistics: list[dict[str, Any]] = Field(sa_type=JSON, description="per column")
    row_count: int
    artifact_digest: str | None = Field(description="the content as Parquet in the artifact store; None: not kept")
    source: str | None = Field(default=None, description="where a script read it from")
    window_start: datetime | None = None
    window_end: datetime | None = None
    created_at: datetime

    @property
    def kept_digest(self) -> str:
        """Return where the content is kept.

        Raises:
            LookupError: it is not: a script has read it.
        """
        if self.artifact_digest is None:
            raise LookupError(f"The rows of {self.dataset} {self.digest[:12]} are not kept; a script read them.")
        return self.artifact_digest


class DatasetReading(SQLModel, table=True):
    """One row is one reading of a pipeline's dataset; training takes the newest, if it passed."""

    __tablename__ = "dataset_reading"

    id: int = Field(default=None, primary_key=True)
    pipeline: str = Field(index=True)
    as_of: datetime = Field(description="what was known at this time was read")
    read_at: datetime
    training_version_id: int | None = Field(default=None, foreign_key="dataset_version.id")
    holdout_version_id: int | None = Field(default=None, foreign_key="dataset_version.id")
    recipe_version: str = Field(description="the declaration's version: a new one may have a new schema")
    columns: list[dict[str, str]] = Field(sa_type=JSON, description="of the whole dataset, as it was read")
    problems: list[str] = Field(sa_type=JSON, description="why training must not use it; empty when it passed")
    warnings: list[str] = Field(default=[], sa_type=JSON, description="why quality rules are broken that only warn")
    left_out: list[str] = Field(sa_type=JSON, description="why some rows are in neither part")
    dagster_run_id: str | None = None
    declaration_digest: str | None = Field(
        default=None, foreign_key="declaration.digest", description="the declaration that was in force"
    )


def dataset_version(session: Session, dataset: str, digest: str) -> DatasetVersion | None:
    """Return the version of `dataset` with this content, or None."""
    statement = select(DatasetVersion).where(DatasetVersion.dataset == dataset, DatasetVersion.digest == digest)
    return session.exec(statement).one_or_none()


def find_version(session: Session, version_id: int | None) -> DatasetVersion | None:
    """Return a dataset version by its row id, or None."""
    return None if version_id is None else session.get(DatasetVersion, version_id)


def add_version(session: Session, **values: Any) -> DatasetVersion:
    """Store a version and return it, or the one of the same content that somebody else stored meanwhile."""
    insert_missing(session, DatasetVersion, [values])
    of_content = (DatasetVersion.dataset == values["dataset"], DatasetVersion.digest == values["digest"])
    return session.exec(select(DatasetVersion).where(*of_content)).one()


def append_reading(session: Session, **values: Any) -> DatasetReading:
    """Store a reading and return it."""
    row = DatasetReading(**values)
    session.add(row)
    session.flush()
    return row


def dataset_versions(session: Session, ids: Sequence[int]) -> dict[int, DatasetVersion]:
    """Return dataset versions by id."""
    rows = session.exec(select(DatasetVersion).where(col(DatasetVersion.id).in_(ids))).all()
    return {row.id: row for row in rows if row.id is not None}


def newest_reading(session: Session, pipeline: str, *, passed: bool | None = None) -> DatasetReading | None:
    """Return the newest reading of a pipeline's dataset, or the newest one that passed (or did not)."""
    readings = session.exec(
        select(DatasetReading).where(DatasetReading.pipeline == pipeline).order_by(col(DatasetReading.id).desc())
    )
    return next((row for row in readings if passed is None or (not row.problems) is passed), None)
