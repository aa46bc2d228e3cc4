"""Pipelines, as they describe themselves."""

from datetime import datetime

import strawberry

from driftline.api.scalars import JSON
from driftline.declaration.errors import UnknownPipelineError
from driftline.store import Session, declaration_rows


@strawberry.type(description="What a model pipeline wrote about itself when it last ran.")
class Pipeline:
    """A pipeline."""

    name: str = strawberry.field(description="Its name, that of its registered model.")
    declaration: JSON = strawberry.field(description="Its declaration: trainer, metrics, holdout, drift, policies.")
    updated_at: datetime = strawberry.field(description="When it last wrote this.")


def known_pipeline(session: Session, name: str) -> declaration_rows.Pipeline:
    """Return what a pipeline wrote about itself, or raise UnknownPipelineError."""
    known = {row.name: row for row in declaration_rows.pipelines(session)}
    if name not in known:
        raise UnknownPipelineError(name, known)
    return known[name]
