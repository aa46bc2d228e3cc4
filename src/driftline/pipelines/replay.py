"""Replaying a stream's history: what would have happened had driftline been in use all along.

Every part is the real one: Dagster runs on the project's instance, the drift sensor's own tick, the same verbs
and tables. Only the time is another: each run knows what was known at its moment of the past. The history is
walked in segments, not partitions, since a Dagster run costs half a second.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import dagster as dg

from driftline.declaration import ModelPipeline
from driftline.pipelines.drift_sensor import drift_sensor
from driftline.pipelines.in_process import Jobs, partition_range
from driftline.pipelines.workspace import WorkspaceResource
from driftline.registry import timeline
from driftline.rows import empty_partitions
from driftline.rows.errors import no_partition_between
from driftline.store import drift_rows, evaluation_rows
from driftline.workspace import Workspace

SEGMENTS = {"hour": 24, "day": 7}  # partitions of a segment, by their unit; longer ones are segments by themselves


@dataclass(frozen=True, kw_only=True)
class ReplayStep:
    """How far a replay has come.

    Attributes:
        done: partitions that have been replayed.
        total: partitions of the stream, up to the last one whose labels are known by now.
        latest: what happened last, as a sentence.
    """

    done: int
    total: int
    latest: str


def replay(jobs: Jobs, pipeline: ModelPipeline, workspace: Workspace) -> Iterator[ReplayStep]:
    """Replay the stream of `pipeline`, segment by segment; one that was interrupted goes on where it stopped.

    Each segment is one Dagster run for all its partitions at the time when the last of their labels came, one
    tick of the drift sensor, and the retraining that the tick asks for. A partition without rows is passed over. A
    retraining that fails leaves the champion in place, as it would have then.

    Raises:
        NotAStreamError: the pipeline has no time partitions.
        EmptyWindowError: none of its partitions is over and has its labels.
        RunFailedError: the first model could not be trained, or a partition that has rows failed.
        SignalInterrupt: a signal asked the process to end, in a Dagster run.
    """
    partitions, lag = pipeline.stream, pipeline.ground_truth.lag
    known = workspace.as_of() - lag
    keys = partitions.over_by(known)
    if not keys:
        raise no_partition_between(
            pipeline.name, partitions.start, known, partitions.start, partitions.time_title(known)
        )
    if timeline(workspace, pipeline.name).holder(partitions.first) is None:
        jobs.run(f"{pipeline.name}_retrain", replay_at=partitions.first)
        yield ReplayStep(done=0, total=len(keys), latest="first model trained")
    done = _done(workspace, pipeline, keys)
    if done:  # a replay that stopped after a segment may not have decided on it
        _decide(jobs, pipeline, partitions.window(keys[done - 1]).end + lag)
    size = SEGMENTS.get(partitions.unit, 1)
    for place in range(done, len(keys), size):
        segment = keys[place : place + size]
        known_at = partitions.window(segment[-1]).end + lag
        _, fault = jobs.attempt(f"{pipeline.name}_monitor", tags=partition_range(segment), replay_at=known_at)
        if fault is not None and _left(workspace, pipeline, segment):
            raise fault
        decided = _decide(jobs, pipeline, known_at)
        yield ReplayStep(done=place + len(segment), total=len(keys), latest=", ".join([segment[-1], *decided]))


def _done(workspace: Workspace, pipeline: ModelPipeline, keys: Sequence[str]) -> int:
    """Return how many of the first partitions are done already; those that have no rows are, too."""
    done = _made(workspace, pipeline)
    count = max((place for place, key in enumerate(keys, start=1) if key in done), default=0)
    left = _left(workspace, pipeline, keys[:count])
    return keys.index(left[0]) if left else count


def _left(workspace: Workspace, pipeline: ModelPipeline, keys: Sequence[str]) -> Sequence[str]:
    """Return the partitions that have rows and are not done."""
    done = _made(workspace, pipeline)
    left = [key for key in keys if key not in done]
    empty = set(empty_partitions(pipeline, left))
    return [key for key in left if key not in empty]


def _made(workspace: Workspace, pipeline: ModelPipeline) -> Collection[str]:
    """Return the partitions that have what is made last."""
    of = drift_rows.reported_partitions if pipeline.drift else evaluation_rows.evaluated_partitions
    with workspace.database.reading() as session:
        return of(session, pipeline.name)


def _decide(jobs: Jobs, pipeline: ModelPipeline, at: datetime) -> Sequence[str]:
    """Let the drift sensor tick for `pipeline` as of `at`, run the retraining that it asks for, and say how it went."""
    resources = {"workspace": WorkspaceResource(replay_at=at.isoformat())}
    with dg.build_sensor_context(instance=jobs.instance, definitions=jobs.definitions, resources=resources) as context:
        requests = drift_sensor([pipeline]).evaluate_tick(context).run_requests or []
    results = []
    for request in requests:
        tags = {**request.tags, "dagster/run_key": str(request.run_key)}
        _, fault = jobs.attempt(
            f"{pipeline.name}_retrain",
            assets=request.asset_selection,  # a challenger that waits to be judged is not trained again
            tags=tags,
            replay_at=at,
        )
        results.append("retrained" if fault is None else "retraining failed")  # the next tick tries it again
    return results
