"""The sensor that measures again what late labels have overtaken, however they were delivered."""

from collections.abc import Iterator

import dagster as dg

from driftline.declaration import PIPELINE_TAG, ModelPipeline
from driftline.evaluations import outdated
from driftline.pipelines.in_process import partition_range
from driftline.pipelines.keys import asset_keys, renewed_kinds
from driftline.pipelines.workspace import WorkspaceResource
from driftline.store import delivery_rows
from driftline.workspace import Workspace


def truth_sensor(pipeline: ModelPipeline, *, interval_s: int = 60) -> dg.SensorDefinition:
    """Return the sensor of a stream that renews evaluations after deliveries of labels.

    The cursor holds the newest delivery that was looked at. A tick that dies before it is kept asks for the same runs
    under the same keys.
    """

    @dg.sensor(
        name=f"{pipeline.name}_truth",
        target=dg.AssetSelection.assets(*asset_keys(pipeline, renewed_kinds(pipeline))),
        minimum_interval_seconds=interval_s,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description=f"Measures partitions of {pipeline.name} again for which labels have come, or were corrected.",
    )
    def truth(context: dg.SensorEvaluationContext, workspace: WorkspaceResource) -> dg.SensorResult:
        newest = _newest(workspace.opened, pipeline)
        fresh = newest > int(context.cursor or 0)
        requests = list(_requests(workspace.opened, pipeline, newest)) if fresh else []
        reason = "New labels, but no evaluation is outdated by them." if fresh else "No new delivery of labels."
        return dg.SensorResult(
            run_requests=requests, skip_reason=None if requests else dg.SkipReason(reason), cursor=str(newest)
        )

    return truth


def _newest(workspace: Workspace, pipeline: ModelPipeline) -> int:
    """Return the id of the newest delivery for a stream; 0 without one."""
    with workspace.database.reading() as session:
        newest = delivery_rows.deliveries(session, pipeline.name, first=1, before=None)
    return newest[0].id if newest else 0


def _requests(workspace: Workspace, pipeline: ModelPipeline, delivery_id: int) -> Iterator[dg.RunRequest]:
    """Give one run for each stretch of outdated partitions without a gap."""
    for stretch in pipeline.stream.contiguous(outdated(workspace, pipeline)):
        yield dg.RunRequest(
            run_key=f"{pipeline.name}:delivery:{delivery_id}:{stretch[0]}",
            asset_selection=asset_keys(pipeline, renewed_kinds(pipeline)),
            tags={PIPELINE_TAG: pipeline.name, **partition_range(stretch)},
        )
