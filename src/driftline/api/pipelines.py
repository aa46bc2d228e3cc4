"""Pipelines, as they describe themselves."""

from datetime import datetime

import strawberry

from driftline import errors
from driftline.api.scalars import JSON
from driftline.store import Session, monitoring


@strawberry.type(description="What a model pipeline wrote about itself when it last ran.")
class Pipeline:
    """A pipeline."""

    name: str = strawberry.field(description="Its name, that of its registered model.")
    declaration: JSON = strawberry.field(description="Its declaration: trainer, metrics, holdout, drift, policies.")
    updated_at: datetime = strawberry.field(description="When it last wrote this.")


def known_pipeline(session: Session, name: str) -> monitoring.Pipeline:
    """Return what a pipeline wrote about itself, or raise errors.UnknownPipelineError."""
    known = {row.name: row for row in monitoring.pipelines(session)}
    if name not in known:
        raise errors.UnknownPipelineError(name, known)
    return known[name]
