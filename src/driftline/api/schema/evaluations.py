"""Evaluations: what a version scored on a partition or a holdout."""

from datetime import datetime

import strawberry

from driftline.api.context import Info
from driftline.api.schema.fields import BigInt, FromDagster, field
from driftline.api.schema.runs import DatasetVersion
from driftline.api.schema.versions import ModelVersion, stored_version
from driftline.store import dataset_rows, evaluation_rows


@strawberry.type(description="One metric of an evaluation.")
class EvaluationMetric:
    """An evaluation metric."""

    metric: str = strawberry.field(description="Its name.")
    value: float | None = strawberry.field(description="Its value; null where it is not defined, never 0 instead.")
    ci_low: float | None = strawberry.field(description="The lower end of the 95 % confidence interval.")
    ci_high: float | None = strawberry.field(description="The upper end of that interval.")
    standard_error: float | None = strawberry.field(description="Its standard error.")
    note: str | None = strawberry.field(description="Why there is no value or no interval.")


@strawberry.type(description="One metric of an evaluation on the rows that share a value of a column.")
class EvaluationSlice:
    """A slice of an evaluation."""

    slice_column: str = strawberry.field(description="The column.")
    slice_value: str = strawberry.field(description="Its value, as text.")
    metric: str = strawberry.field(description="The metric's name.")
    value: float | None = strawberry.field(description="Its value; null where the slice is too small or undefined.")
    ci_low: float | None = strawberry.field(description="The lower end of the 95 % confidence interval.")
    ci_high: float | None = strawberry.field(description="The upper end of that interval.")
    row_count: BigInt = strawberry.field(description="Labelled rows of the slice.")
    note: str | None = strawberry.field(description="Why there is no value or no interval.")


@strawberry.type(description="A measurement of one version on one partition, or on a holdout; older ones are kept.")
class Evaluation(FromDagster):
    """An evaluation."""

    version_id: strawberry.Private[int]
    dataset_version_id: strawberry.Private[int | None]
    id: strawberry.ID = strawberry.field(description="Its id.")
    dataset: str = strawberry.field(
        description="The pipeline's name for production, or <pipeline>/holdout or /estimated."
    )
    partition_key: str = strawberry.field(description="The partition; empty for a table without partitions.")
    row_count: BigInt = strawberry.field(description="Predictions.")
    label_count: BigInt = strawberry.field(description="Predictions with ground truth.")
    left_out: list[str] = strawberry.field(
        description="Why other predictions with ground truth are not measured: their class is not known, say."
    )
    evaluated_at: datetime = strawberry.field(description="When it was measured.")
    as_of: datetime | None = strawberry.field(description="Labels that had arrived by this time are in it.")
    digest: str = strawberry.field(description="sha256 of the predictions and labels that it is computed from.")

    @field("The version that was measured: the champion of the time, unless another one was named.")
    async def version(self, info: Info) -> ModelVersion:
        """Return the model version."""
        return await stored_version(info, self.version_id)

    @field("The holdout that it was measured on; null for production.")
    async def dataset_version(self, info: Info) -> DatasetVersion | None:
        """Return the dataset version."""
        return await info.context.reader.one(DatasetVersion, dataset_rows.dataset_versions, key=self.dataset_version_id)

    @field("The metrics, by name.")
    async def metrics(self, info: Info) -> list[EvaluationMetric]:
        """Return the metrics."""
        return await info.context.reader.many(EvaluationMetric, evaluation_rows.evaluation_metrics, key=int(self.id))

    @field("The same by the slice columns of the pipeline.")
    async def slices(self, info: Info) -> list[EvaluationSlice]:
        """Return the slices."""
        return await info.context.reader.many(EvaluationSlice, evaluation_rows.evaluation_slices, key=int(self.id))
