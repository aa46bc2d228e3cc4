"""Backfilling predictions, evaluations and drift reports of past partitions: a Dagster run for each stretch of days."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import dagster as dg

from driftline.declaration import VERSION_TAG, Kind, ModelPipeline
from driftline.pipelines.in_process import Jobs, partition_range
from driftline.pipelines.keys import asset_key, asset_keys, renewed_kinds


@dataclass(frozen=True, kw_only=True)
class Backfilled:
    """One stretch of partitions that was backfilled.

    Attributes:
        keys: the partitions, oldest first.
        evaluated: those of them that were evaluated now.
        fault: what failed, naming each partition; None where all worked. The others are stored.
    """

    keys: Sequence[str]
    evaluated: Sequence[str]
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
        tagged = {**partition_range(stretch), **tags}
        run_id, fault = jobs.attempt(f"{pipeline.name}_monitor", assets=assets, tags=tagged)
        evaluated = _materialized(jobs.instance, run_id, asset_key(pipeline, Kind.EVALUATION))
        yield Backfilled(
            keys=stretch,
            evaluated=[key for key in stretch if key in evaluated],
            fault=None if fault is None else str(fault),
        )


def _materialized(instance: dg.DagsterInstance, run_id: str, asset: dg.AssetKey) -> set[str | None]:
    """Return the partitions of an asset that a run has made, also one that failed afterwards."""
    records = instance.get_records_for_run(run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION).records
    events = [record.event_log_entry.get_dagster_event() for record in records]
    return {event.partition for event in events if event.asset_key == asset}
