"""Dataset versions."""

from datetime import datetime

import strawberry

from driftline.api.scalars import JSON, BigInt


@strawberry.type(description="Immutable content of a dataset, known by the digest of all of it.")
class DatasetVersion:
    """A dataset version."""

    dataset: str = strawberry.field(description="<pipeline>/training or <pipeline>/holdout.")
    digest: str = strawberry.field(description="sha256 of the content.")
    row_count: BigInt = strawberry.field(description="Rows.")
    columns: JSON = strawberry.field(description="Name and dtype of each column, in order.")
    statistics: JSON = strawberry.field(description="Of each column: missing, distinct, mean, quantiles and more.")
    artifact_digest: str = strawberry.field(description="The content as Parquet in the artifact store.")
    window_start: datetime | None = strawberry.field(description="Start of the time it covers; null for a table.")
    window_end: datetime | None = strawberry.field(description="End of that time, not included.")
    created_at: datetime = strawberry.field(description="When it was first read.")
