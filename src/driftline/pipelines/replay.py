"""Replaying a stream's history: what would have happened had driftline been in use all along.

Every part is the real one: Dagster runs on the project's instance, the drift sensor's own tick, the same verbs
and tables. Only the time is another: each run knows what was known at its moment of the past. The history is
walked in segments, not days, since a Dagster run costs half a second.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import dagster as dg

from driftline.datasets import Window
from driftline.declaration import ModelPipeline, Partitions
from driftline.pipelines.drift_sensor import drift_sensor
from driftline.pipelines.errors import EndlessStreamError
from driftline.pipelines.in_process import Jobs, partition_range
from driftline.pipelines.workspace import WorkspaceResource
from driftline.registry import timeline
from driftline.store import drift_rows, evaluation_rows
from driftline.workspace import Workspace

SEGMENT = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class ReplayStep:
    """How far a replay has come.

    Attributes:
        done: partitions that have been replayed.
        total: partitions of the stream.
        latest: what happened last, as a sentence.
    """

    done: int
    total: int
    latest: str


def replay(jobs: Jobs, pipeline: ModelPipeline, workspace: Workspace) -> Iterator[ReplayStep]:
    """Replay the stream of `pipeline`, segment by segment; one that was interrupted goes on where it stopped.

    Each segment is one Dagster run for all its partitions at the time when the last of their labels came, one
    tick of the drift sensor, and the retraining that the tick asks for.

    Raises:
        NotAStreamError: the pipeline has no time partitions.
        EndlessStreamError: its partitions have no end.
        RunFailedError: a Dagster run failed.
        SignalInterrupt: a signal asked the process to end, in a Dagster run.
    """
    partitions = pipeline.stream
    if partitions.last is None:
        raise EndlessStreamError(pipeline.name)
    total = len(partitions.keys(Window(partitions.first, partitions.last)))
    if timeline(workspace, pipeline.name).holder(partitions.first) is None:
        jobs.run(f"{pipeline.name}_retrain", replay_at=partitions.first)
        yield ReplayStep(done=0, total=total, latest="first model trained")
    start = _first_missing(workspace, pipeline, partitions)
    if start > partitions.first:  # a replay that stopped after a segment may not have decided on it
        _decide(jobs, pipeline, start + pipeline.ground_truth.lag)
    for segment in _segments(start, partitions.last):
        keys = partitions.keys(segment)
        known_at = segment.end + pipeline.ground_truth.lag
        jobs.run(f"{pipeline.name}_monitor", tags=partition_range(keys), replay_at=known_at)
        retrained = _decide(jobs, pipeline, known_at)
        latest = f"{keys[-1]}, retrained" if retrained else keys[-1]
        yield ReplayStep(done=len(partitions.keys(Window(partitions.first, segment.end))), total=total, latest=latest)


def _first_missing(workspace: Workspace, pipeline: ModelPipeline, partitions: Partitions) -> datetime:
    """Return the start of the first partition that is not done yet, or the end of the stream."""
    end = partitions.last or partitions.first
    with workspace.database.reading() as session:
        of = (
            drift_rows.reported_partitions if pipeline.drift else evaluation_rows.evaluated_partitions
        )  # what is made last
        done = of(session, pipeline.name)
    everything = partitions.keys(Window(partitions.first, end))
    return next((partitions.window(key).start for key in everything if key not in done), end)


def _segments(start: datetime, end: datetime) -> Iterator[Window]:
    """Give the segments from `start` to `end`, oldest first."""
    while start < end:
        yield Window(start, min(start + SEGMENT, end))
        start += SEGMENT


def _decide(jobs: Jobs, pipeline: ModelPipeline, at: datetime) -> bool:
    """Let the drift sensor tick for `pipeline` as of `at`, and run the retraining that it asks for."""
    resources = {"workspace": WorkspaceResource(replay_at=at.isoformat())}
    with dg.build_sensor_context(instance=jobs.instance, definitions=jobs.definitions, resources=resources) as context:
        requests = drift_sensor([pipeline]).evaluate_tick(context).run_requests or []
    for request in requests:
        tags = {**request.tags, "dagster/run_key": str(request.run_key)}
        jobs.run(
            f"{pipeline.name}_retrain",
            assets=request.asset_selection,  # a challenger that waits to be judged is not trained again
            tags=tags,
            replay_at=at,
        )
    return bool(requests)
