"""Pipelines, as they describe themselves."""

from datetime import datetime

import strawberry

from driftline.api.scalars import JSON


@strawberry.type(description="What a model pipeline wrote about itself when it last ran.")
class Pipeline:
    """A pipeline."""

    name: str = strawberry.field(description="Its name, that of its registered model.")
    declaration: JSON = strawberry.field(description="Its declaration: trainer, metrics, holdout, drift, policies.")
    updated_at: datetime = strawberry.field(description="When it last wrote this.")
