"""Pipelines, with what they declared when they last ran."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import strawberry

from driftline.api.schema.fields import JSON
from driftline.declaration.errors import UnknownPipelineError
from driftline.store import Session, declaration_rows


@strawberry.type(description="A model pipeline, with the declaration that it ran with last.")
class Pipeline:
    """A pipeline."""

    name: str = strawberry.field(description="Its name, that of its registered model.")
    declaration: JSON = strawberry.field(description="Its declaration: trainer, metrics, holdout, drift, policies.")
    declaration_digest: str = strawberry.field(description="sha256 of the declaration, as decisions name it.")
    updated_at: datetime = strawberry.field(description="Since when it runs with this declaration.")


@dataclass(frozen=True, kw_only=True)
class KnownPipeline:
    """A pipeline that has run."""

    name: str
    declaration: Mapping[str, Any]
    declaration_digest: str
    updated_at: datetime


def known_pipelines(session: Session) -> Sequence[KnownPipeline]:
    """Return all pipelines that have run, by name."""
    return [
        KnownPipeline(
            name=row.name,
            declaration=declared.content,
            declaration_digest=declared.digest,
            updated_at=row.updated_at,
        )
        for row, declared in declaration_rows.pipelines(session)
    ]


def known_pipeline(session: Session, name: str) -> KnownPipeline:
    """Return a pipeline that has run, or raise UnknownPipelineError."""
    by_name = {row.name: row for row in known_pipelines(session)}
    if name not in by_name:
        raise UnknownPipelineError(name, by_name)
    return by_name[name]
