"""Backfills and backtests, launched on Dagster: their runs are in its UI as if somebody had clicked."""

from collections.abc import Sequence
from typing import Annotated

import strawberry

from driftline import errors
from driftline.api.context import Info
from driftline.api.schema.user_errors import DagsterError, InvalidInputError, NotFoundError, invalid_or_missing
from driftline.dagster_pages import backfill_path, page, run_path
from driftline.declaration import (
    PIPELINE_TAG,
    VERSION_TAG,
    Kind,
    backtest_job,
    replay_op,
)
from driftline.evaluations import unevaluated
from driftline.registry import find_declaration, find_version
from driftline.rows import past_partitions
from driftline.workspace import Workspace


@strawberry.input(description="Which past partitions to predict and evaluate again.")
class LaunchBackfillInput:
    """A backfill."""

    pipeline: str = strawberry.field(description="The stream, by its name.")
    start: str = strawberry.field(description="The first month, day, time or partition key: 2025-03-01.")
    end: str = strawberry.field(description="The last one, included.")
    version: int | None = strawberry.field(
        default=None, description="What would this version have done? null: the champion of the time."
    )
    missing: bool = strawberry.field(default=False, description="Only partitions that are not evaluated yet.")


@strawberry.input(description="A past to replay under several policies.")
class LaunchBacktestInput:
    """A backtest."""

    pipeline: str = strawberry.field(description="The stream, by its name.")
    policies: list[str] | None = strawberry.field(
        default=None, description="Names such as never, weekly, statistical or accuracy<0.7; null: a usual choice."
    )
    start: str | None = strawberry.field(
        default=None, description="The first month, day, time or partition key; null: the stream's first."
    )
    end: str | None = strawberry.field(default=None, description="The last one, included; null: the newest.")
    metric: str | None = strawberry.field(default=None, description="Over time; null: the pipeline's first.")
    length: str = strawberry.field(default="7d", description="Of the windows over time.")


@strawberry.type(description="A backfill that Dagster has taken.")
class LaunchBackfillPayload:
    """A launched backfill."""

    backfill_id: str | None = strawberry.field(description="Dagster's id of it; null: nothing is missing.")
    url: str | None = strawberry.field(description="Its page in the Dagster UI.")
    partitions: list[str] = strawberry.field(description="The partitions it is of.")


@strawberry.type(description="A run that Dagster has taken.")
class LaunchRunPayload:
    """A launched run."""

    dagster_run_id: str = strawberry.field(description="Dagster's id of it.")
    url: str = strawberry.field(description="Its page in the Dagster UI.")


LaunchBackfillResult = Annotated[
    LaunchBackfillPayload | InvalidInputError | NotFoundError | DagsterError,
    strawberry.union("LaunchBackfillResult", description="What was launched, or why nothing was."),
]
LaunchBacktestResult = Annotated[
    LaunchRunPayload | InvalidInputError | NotFoundError | DagsterError,
    strawberry.union("LaunchBacktestResult", description="What was launched, or why nothing was."),
]


async def launch_backfill(info: Info, backfill: LaunchBackfillInput) -> LaunchBackfillResult:
    """Launch a backfill, or say why not."""
    context = info.context

    async def launch() -> LaunchBackfillPayload:
        kinds, keys = await context.reader.on_thread(lambda: _assets_and_partitions(context.workspace, backfill))
        if not keys:
            return LaunchBackfillPayload(backfill_id=None, url=None, partitions=[])
        tags = {
            PIPELINE_TAG: backfill.pipeline,
            **({} if backfill.version is None else {VERSION_TAG: str(backfill.version)}),
        }
        launched = await context.dagster.backfill([[backfill.pipeline, kind] for kind in kinds], keys, tags)
        url = page(context.dagster.url, backfill_path(launched))
        return LaunchBackfillPayload(backfill_id=launched, url=url, partitions=list(keys))

    try:
        return await invalid_or_missing(launch)
    except errors.DagsterError as error:
        return DagsterError(code=error.code, message=str(error))


async def launch_backtest(info: Info, backtest: LaunchBacktestInput) -> LaunchBacktestResult:
    """Launch a backtest, or say why not."""
    context = info.context

    async def launch() -> LaunchRunPayload:
        await context.reader.ask(find_declaration, backtest.pipeline)
        given = {"policies": backtest.policies, "start": backtest.start, "end": backtest.end, "metric": backtest.metric}
        config = {**{name: value for name, value in given.items() if value is not None}, "length": backtest.length}
        ops = {"ops": {replay_op(backtest.pipeline): {"config": config}}}
        tags = {PIPELINE_TAG: backtest.pipeline}
        run_id = await context.dagster.run(backtest_job(backtest.pipeline), ops, tags)
        return LaunchRunPayload(dagster_run_id=run_id, url=page(context.dagster.url, run_path(run_id)))

    try:
        return await invalid_or_missing(launch)
    except errors.DagsterError as error:
        return DagsterError(code=error.code, message=str(error))


def _assets_and_partitions(workspace: Workspace, backfill: LaunchBackfillInput) -> tuple[Sequence[str], Sequence[str]]:
    """Return the assets and the partitions of a backfill."""
    with workspace.database.reading() as session:
        pipeline = find_declaration(session, backfill.pipeline)
    keys = past_partitions(workspace, pipeline, backfill.start, backfill.end)
    if backfill.version is not None:
        find_version(workspace, f"{backfill.pipeline}/{backfill.version}")
    if backfill.missing:
        keys = unevaluated(workspace, pipeline, keys, version=backfill.version)
    drift_too = backfill.version is None
    return [kind.value for kind in pipeline.monitoring_kinds if drift_too or kind is not Kind.DRIFT], keys
