"""A pipeline's parts as Dagster's own values: asset keys, partitions, and what all assets share."""

from typing import TypedDict

import dagster as dg

from driftline.clock import now
from driftline.declaration import PIPELINE_TAG, Daily, Hourly, Kind, ModelPipeline, Monthly, Weekly
from driftline.declaration.errors import DeclarationError


def asset_key(pipeline: ModelPipeline, kind: Kind) -> dg.AssetKey:
    """Return the key `<pipeline>/<kind>`."""
    return dg.AssetKey([pipeline.name, kind.value])  # Dagster stores plain text only


def asset_keys(pipeline: ModelPipeline, kinds: tuple[Kind, ...]) -> list[dg.AssetKey]:
    """Return the keys of several assets of a pipeline."""
    return [asset_key(pipeline, kind) for kind in kinds]


def renewed_kinds(pipeline: ModelPipeline) -> tuple[Kind, ...]:
    """Return the assets that are made again when labels have come: all that watch production but the predictions."""
    return tuple(kind for kind in pipeline.monitoring_kinds if kind is not Kind.PREDICTIONS)


class Described(TypedDict):
    """What all assets of a pipeline share, by Dagster's keywords."""

    group_name: str
    owners: list[str]
    tags: dict[str, str]
    code_version: str
    description: str


def described(pipeline: ModelPipeline, description: str) -> Described:
    """Return what all assets of a pipeline share, with the description of one."""
    return {
        "group_name": pipeline.name,
        "owners": list(pipeline.owners),
        "tags": {PIPELINE_TAG: pipeline.name},
        "code_version": pipeline.version,
        "description": f"{description}\n\n{pipeline.description}",
    }


def dagster_partitions(pipeline: ModelPipeline) -> dg.PartitionsDefinition[str] | None:
    """Return a stream's partitions as Dagster's own; None for a table.

    Those of a stream that is over are a list of keys: through time windows Dagster's pages go back from today, also
    where the stream has ended, and would plot empty days alone (docs/decisions/0019-partitions-of-the-past.md).
    """
    if not pipeline.partitions.is_stream:
        return None
    partitions = pipeline.stream
    if partitions.last is not None and partitions.last <= now():
        return dg.StaticPartitionsDefinition(partitions.over_by(partitions.last))
    start = partitions.first.astimezone(partitions.zone)
    end = None if partitions.last is None else partitions.last.astimezone(partitions.zone)
    zone = partitions.timezone
    match partitions:
        case Hourly():
            return dg.HourlyPartitionsDefinition(start_date=start, end_date=end, timezone=zone)
        case Daily():
            return dg.DailyPartitionsDefinition(start_date=start, end_date=end, timezone=zone)
        case Weekly():
            weekday = start.isoweekday() % 7  # Dagster counts from Sunday
            return dg.WeeklyPartitionsDefinition(start_date=start, end_date=end, timezone=zone, day_offset=weekday)
        case Monthly():
            return dg.MonthlyPartitionsDefinition(start_date=start, end_date=end, timezone=zone)
    raise DeclarationError(
        pipeline.name, f"{type(partitions).__name__} is not one of Hourly, Daily, Weekly and Monthly"
    )
