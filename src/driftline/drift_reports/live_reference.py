"""The first live windows of a champion: what the retrain trigger compares later ones with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from driftline.datasets import Window
from driftline.declaration import ModelPipeline, Partitions
from driftline.drift import RetrainTrigger
from driftline.registry import champion_since
from driftline.workspace import Workspace


@dataclass(frozen=True)
class LiveReference:
    """The reference windows that ended before a report's window starts, oldest first, by their partitions."""

    windows: tuple[tuple[str, ...], ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the partitions of all of them."""
        return tuple(key for window in self.windows for key in window)


def live_references(workspace: Workspace, pipeline: ModelPipeline, keys: Sequence[str]) -> dict[str, LiveReference]:
    """Return the reference of the retrain trigger for the report of each partition; empty without a trigger.

    The windows are counted from the first partition that the champion of the partition served.
    """
    trigger = pipeline.retrain.trigger
    if trigger is None:
        return {}
    partitions = pipeline.stream
    since = champion_since(workspace, pipeline.name, [partitions.window(key).start for key in keys])
    return {
        key: live_reference(partitions, trigger, key, took_effect)
        for key, took_effect in zip(keys, since, strict=True)
        if took_effect is not None
    }


def live_reference(partitions: Partitions, trigger: RetrainTrigger, key: str, took_effect: datetime) -> LiveReference:
    """Return the reference for the report of partition `key`, whose champion took effect at `took_effect`."""
    own = partitions.window(key)
    served = partitions.keys(Window(took_effect, own.end))  # its first partition is the next whole one
    start = partitions.window(served[0]).start
    ends = [start + (number + 1) * trigger.length for number in range(trigger.reference_windows)]
    windows = [Window(end - trigger.length, end) for end in ends if end <= own.end - trigger.length]
    return LiveReference(tuple(tuple(partitions.keys(passed)) for passed in windows))
