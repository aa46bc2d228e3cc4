"""Pipelines, with what they declared when they last ran."""

from datetime import datetime

import strawberry

from driftline.api.schema.fields import JSON
from driftline.store import Session, declaration_rows


@strawberry.type(description="A model pipeline, with the declaration that it ran with last.")
class Pipeline:
    """A pipeline."""

    name: str = strawberry.field(description="Its name, that of its registered model.")
    declaration: JSON = strawberry.field(description="Its declaration: trainer, metrics, holdout, drift, policies.")
    declaration_digest: str = strawberry.field(description="sha256 of the declaration, as decisions name it.")
    updated_at: datetime = strawberry.field(description="Since when it runs with this declaration.")


def pipelines(session: Session) -> list[Pipeline]:
    """Return all pipelines that have run, by name."""
    return [
        Pipeline(
            name=row.name,
            declaration=JSON(declared.content),
            declaration_digest=declared.digest,
            updated_at=row.updated_at,
        )
        for row, declared in declaration_rows.pipelines(session)
    ]
