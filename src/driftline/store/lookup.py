"""Rows by their primary keys, many in one statement; all files of the artifact store that rows name."""

from collections.abc import Collection
from typing import Any, TypeVar

from sqlmodel import Session, SQLModel, select

from driftline.store.batch_rows import PredictionBatch
from driftline.store.dataset_rows import DatasetVersion
from driftline.store.delivery_rows import GroundTruthPart
from driftline.store.run_rows import Artifact

Row = TypeVar("Row", bound=SQLModel)


def by_key(session: Session, table: type[Row], keys: Collection[Any]) -> dict[Any, Row]:
    """Return the rows of `table` with these keys; a key without a row is left out."""
    [key] = table.__table__.primary_key  # type: ignore[attr-defined]
    return {getattr(row, key.name): row for row in session.exec(select(table).where(key.in_(keys)))}


def named_digests(session: Session) -> set[str]:
    """Return the digests of all files in the artifact store that a row names."""
    columns = (Artifact.digest, DatasetVersion.artifact_digest, PredictionBatch.digest, GroundTruthPart.digest)
    found = (digest for column in columns for digest in session.exec(select(column).distinct()))
    return {digest for digest in found if digest is not None}
