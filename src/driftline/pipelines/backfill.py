"""Backfilling predictions, evaluations and drift reports of past partitions: a Dagster run for each stretch of days."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from driftline.declaration import VERSION_TAG, Kind, ModelPipeline
from driftline.pipelines.errors import RunFailedError
from driftline.pipelines.in_process import Jobs, partition_range
from driftline.pipelines.keys import asset_keys, renewed_kinds


@dataclass(frozen=True, kw_only=True)
class Backfilled:
    """One stretch of partitions that was backfilled.

    Attributes:
        keys: the partitions, oldest first.
        fault: what failed, naming each partition; None where all worked. The others are stored.
    """

    keys: Sequence[str]
    fault: str | None = None


def backfill(
    jobs: Jobs,
    pipeline: ModelPipeline,
    keys: Sequence[str],
    *,
    version: int | None = None,
) -> Iterator[Backfilled]:
    """Predict, evaluate and look for drift in `keys`, in one Dagster run for each stretch without a gap.

    Args:
        jobs: of the project.
        pipeline: a stream.
        keys: partitions, in any order.
        version: "what would this version have done?": it is predicted with and evaluated, but nothing is said about
            drift, since it was not in use; None for the champion of the time.
    """
    kinds = pipeline.monitoring_kinds if version is None else (Kind.PREDICTIONS, Kind.EVALUATION)
    named = {} if version is None else {VERSION_TAG: str(version)}
    return _run(jobs, pipeline, keys, kinds=kinds, tags=named)


def renew(jobs: Jobs, pipeline: ModelPipeline, keys: Sequence[str]) -> Iterator[Backfilled]:
    """Evaluate `keys` again and look for drift, as `backfill` does, on the predictions that are there."""
    return _run(jobs, pipeline, keys, kinds=renewed_kinds(pipeline), tags={})


def _run(
    jobs: Jobs,
    pipeline: ModelPipeline,
    keys: Sequence[str],
    *,
    kinds: tuple[Kind, ...],
    tags: Mapping[str, str],
) -> Iterator[Backfilled]:
    assets = asset_keys(pipeline, kinds)
    for stretch in pipeline.stream.contiguous(keys):
        try:
            jobs.run(f"{pipeline.name}_monitor", assets=assets, tags={**partition_range(stretch), **tags})
        except RunFailedError as error:
            yield Backfilled(keys=stretch, fault=str(error))
        else:
            yield Backfilled(keys=stretch)
