"""The sensor that measures again what late labels have overtaken, however they were delivered."""

from collections.abc import Iterator, Sequence

import dagster as dg

from driftline.declaration import PIPELINE_TAG, ModelPipeline
from driftline.evaluations import outdated
from driftline.pipelines.asked_runs import MOST_ATTEMPTS, ended_run, was_cancelled
from driftline.pipelines.dead_runs import end_dead_runs
from driftline.pipelines.in_process import partition_range
from driftline.pipelines.jobs import monitor_job
from driftline.pipelines.keys import asset_keys, renewed_kinds
from driftline.pipelines.workspace import WorkspaceResource
from driftline.store import delivery_rows
from driftline.workspace import Workspace


def truth_sensor(pipeline: ModelPipeline, *, interval_s: int = 60) -> dg.SensorDefinition:
    """Return the sensor of a stream that renews evaluations after deliveries of labels.

    The cursor holds the newest delivery that nothing is left to do about. Until then each tick asks for what is still
    outdated: under the same run key while a run goes on, which Dagster starts once, and under the next one where it
    has ended without a result, three times at most.
    """

    @dg.sensor(
        name=f"{pipeline.name}_truth",
        job=monitor_job(pipeline),
        minimum_interval_seconds=interval_s,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description=f"Measures partitions of {pipeline.name} again for which labels have come, or were corrected.",
    )
    def truth(context: dg.SensorEvaluationContext, workspace: WorkspaceResource) -> dg.SensorResult:
        end_dead_runs(context.instance)
        newest = _newest(workspace.opened, pipeline)
        if newest <= int(context.cursor or 0):
            return dg.SensorResult(skip_reason=dg.SkipReason("No new delivery of labels."), cursor=context.cursor)
        stretches = pipeline.stream.contiguous(outdated(workspace.opened, pipeline))
        requests = list(_requests(context.instance, pipeline, stretches, newest))
        if requests:
            return dg.SensorResult(run_requests=requests, cursor=context.cursor)
        return dg.SensorResult(skip_reason=dg.SkipReason(_reason(pipeline, stretches)), cursor=str(newest))

    return truth


def _newest(workspace: Workspace, pipeline: ModelPipeline) -> int:
    """Return the id of the newest delivery for a stream; 0 without one."""
    with workspace.database.reading() as session:
        newest = delivery_rows.deliveries(session, pipeline.name, first=1, before=None)
    return newest[0].id if newest else 0


def _requests(
    instance: dg.DagsterInstance, pipeline: ModelPipeline, stretches: Sequence[Sequence[str]], delivery_id: int
) -> Iterator[dg.RunRequest]:
    """Give one run for each stretch of outdated partitions without a gap, unless its attempts are spent."""
    for stretch in stretches:
        run_key = _run_key(instance, f"{pipeline.name}:delivery:{delivery_id}:{stretch[0]}")
        if run_key is not None:
            yield dg.RunRequest(
                run_key=run_key,
                asset_selection=asset_keys(pipeline, renewed_kinds(pipeline)),
                tags={PIPELINE_TAG: pipeline.name, **partition_range(stretch)},
            )


def _run_key(instance: dg.DagsterInstance, asked: str) -> str | None:
    """Return the key of the first attempt that has not ended; None where the last one has, or a person ended one."""
    for attempt in range(1, MOST_ATTEMPTS + 1):
        run_key = f"{asked}:{attempt}"
        ended = ended_run(instance, run_key)
        if ended is None:
            return run_key
        if was_cancelled(ended):
            break
    return None


def _reason(pipeline: ModelPipeline, stretches: Sequence[Sequence[str]]) -> str:
    if not stretches:
        return "No evaluation is outdated by the labels that have come."
    return (
        f"{sum(map(len, stretches))} evaluations stay outdated: their runs failed or were cancelled. Look at these, "
        f"then run: driftline truth evaluate {pipeline.name}"
    )
