"""Experiments, their runs, and the dataset versions that these used."""

from datetime import datetime

import strawberry

from driftline.api.context import Info
from driftline.api.schema.fields import JSON, BigInt, FromDagster, field
from driftline.store import dataset_rows, metric_rows, param_rows, run_rows
from driftline.store.lookup import by_key
from driftline.store.run_rows import RunStatus

strawberry.enum(RunStatus, description="The status of a run; LOST: its process ended without a word.")


@strawberry.type(description="A named set of runs.")
class Experiment:
    """An experiment."""

    name: str = strawberry.field(description="Its name, unique.")
    description: str = strawberry.field(description="In words; may be empty.")
    created_at: datetime = strawberry.field(description="When its first run started.")


@strawberry.type(description="An input value of a run.")
class Param:
    """A param."""

    key: str = strawberry.field(description="Its name.")
    value: JSON | None = strawberry.field(description="Its value, with its type.")


@strawberry.type(description="What a run measured under one key; points that are NaN or infinite only count.")
class Metric:
    """A metric summary."""

    key: str = strawberry.field(description="Its name.")
    count: BigInt = strawberry.field(description="Points logged.")
    first: float | None = strawberry.field(description="The first value; null when it is not finite.")
    first_step: BigInt = strawberry.field(description="The step of the first value.")
    last: float | None = strawberry.field(description="The last value; null when it is not finite.")
    last_step: BigInt = strawberry.field(description="The step of the last value.")
    min: float | None = strawberry.field(description="The smallest finite value.")
    min_step: BigInt | None = strawberry.field(description="Where the smallest value was first reached.")
    max: float | None = strawberry.field(description="The largest finite value.")
    max_step: BigInt | None = strawberry.field(description="Where the largest value was first reached.")
    mean: float | None = strawberry.field(description="The mean of the finite values.")


@strawberry.type(description="A mutable key-value tag on a run.")
class Tag:
    """A tag."""

    key: str = strawberry.field(description="Its name.")
    value: str = strawberry.field(description="Its value.")


@strawberry.type(description="An immutable file of a run.")
class Artifact:
    """An artifact."""

    path: str = strawberry.field(description="Its path within the run.")
    digest: str = strawberry.field(description="sha256 of its content, its name in the artifact store.")
    size_bytes: BigInt = strawberry.field(description="Its size in bytes.")
    created_at: datetime = strawberry.field(description="When it was stored.")


@strawberry.type(description="Immutable content of a dataset, identified by its digest.")
class DatasetVersion:
    """A dataset version."""

    dataset: str = strawberry.field(description="<pipeline>/training or <pipeline>/holdout.")
    digest: str = strawberry.field(description="sha256 of the content.")
    row_count: BigInt = strawberry.field(description="Rows.")
    columns: JSON = strawberry.field(description="Name and dtype of each column, in order.")
    statistics: JSON = strawberry.field(description="Of each column: missing, distinct, mean, quantiles and more.")
    artifact_digest: str | None = strawberry.field(
        description="The content as Parquet in the artifact store; null where a script read it and it is not kept."
    )
    window_start: datetime | None = strawberry.field(description="Start of the time it covers; null for a table.")
    window_end: datetime | None = strawberry.field(description="End of that time, not included.")
    created_at: datetime = strawberry.field(description="When it was first read.")


@strawberry.type(description="The use of a dataset version by a run.")
class RunInput:
    """A run input."""

    dataset_version_id: strawberry.Private[int]
    role: str = strawberry.field(description="Its use: training or holdout.")

    @field("The dataset version that was used.")
    async def dataset_version(self, info: Info) -> DatasetVersion:
        """Return the dataset version."""
        return await info.context.reader.stored(
            DatasetVersion, dataset_rows.dataset_versions, key=self.dataset_version_id
        )


@strawberry.type(description="One execution of training code.")
class Run(FromDagster):
    """A run."""

    id: strawberry.Private[int]
    experiment_id: strawberry.Private[int]
    run_id: strawberry.ID = strawberry.field(description="Its id, unique for good.")
    name: str = strawberry.field(description="A name for people.")
    status: RunStatus = strawberry.field(description="Its status.")
    user_name: str = strawberry.field(description="Who ran it.")
    user_email: str | None = strawberry.field(description="That user's e-mail address in git.")
    started_at: datetime = strawberry.field(description="When it started.")
    ended_at: datetime | None = strawberry.field(description="When it ended; null while it runs.")
    source_url: str | None = strawberry.field(description="The repository of its code.")
    git_commit: str | None = strawberry.field(description="The commit of its code.")
    git_dirty: bool | None = strawberry.field(description="Whether the code had changes that no commit has.")
    error: str | None = strawberry.field(description="The traceback of a run that failed or was killed.")

    @field("The experiment it belongs to.")
    async def experiment(self, info: Info) -> Experiment:
        """Return the experiment."""
        return await info.context.reader.stored(Experiment, by_key, run_rows.Experiment, key=self.experiment_id)

    @field("Its input values, by key.")
    async def params(self, info: Info) -> list[Param]:
        """Return the params."""
        return await info.context.reader.many(Param, param_rows.params_of, key=self.run_id)

    @field("Its metrics, a summary by key.")
    async def metrics(self, info: Info) -> list[Metric]:
        """Return the metric summaries."""
        return await info.context.reader.many(Metric, metric_rows.metrics_of, key=self.run_id)

    @field("Its tags, by key.")
    async def tags(self, info: Info) -> list[Tag]:
        """Return the tags."""
        return await info.context.reader.many(Tag, param_rows.tags_of, key=self.run_id)

    @field("Its files, by path.")
    async def artifacts(self, info: Info) -> list[Artifact]:
        """Return the artifacts."""
        return await info.context.reader.many(Artifact, run_rows.of_runs, run_rows.Artifact, key=self.run_id)

    @field("The dataset versions that it used.")
    async def inputs(self, info: Info) -> list[RunInput]:
        """Return the inputs."""
        return await info.context.reader.many(RunInput, run_rows.of_runs, run_rows.RunInput, key=self.run_id)
