"""Since when the champion of a partition serves, and the errors it made since then in the order of their events."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from driftline.datasets import Window
from driftline.declaration import ModelPipeline
from driftline.drift import EARLIEST_WINDOWS, PerformanceDrift
from driftline.evaluations import LabelledRows
from driftline.metrics import unit_losses
from driftline.registry import champion_since
from driftline.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Tenure:
    """A champion's service up to one partition: when its first one starts, and those that a rule asks for."""

    start: datetime
    keys: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class ErrorSequence:
    """Losses of labelled rows in the order of their events.

    Attributes:
        times: of the events in UTC, not decreasing, shape (n_labels,).
        losses: in [0, 1], shape (n_labels,).
    """

    times: np.ndarray
    losses: np.ndarray

    def before(self, end: datetime) -> int:
        """Return how many labels are of events before `end`."""
        return int(np.searchsorted(self.times, np.datetime64(end.replace(tzinfo=None), "us")))


def tenures(workspace: Workspace, pipeline: ModelPipeline, keys: Sequence[str]) -> dict[str, Tenure]:
    """Return the service of each partition's champion up to it; empty unless a rule looks back to its beginning."""
    if not _rules(pipeline):
        return {}
    partitions = pipeline.stream
    since = champion_since(workspace, pipeline.name, [partitions.window(key).start for key in keys])
    found = {key: tenure(pipeline, key, at) for key, at in zip(keys, since, strict=True) if at is not None}
    return {key: service for key, service in found.items() if service is not None}


def tenure(pipeline: ModelPipeline, key: str, took_effect: datetime) -> Tenure | None:
    """Return the service up to partition `key` of a champion that took effect then; None where no rule asks for it."""
    rules = _rules(pipeline)
    if not rules:
        return None
    partitions = pipeline.stream
    end = partitions.window(key).end
    served = partitions.keys(Window(took_effect, end))
    start = partitions.window(served[0]).start
    until = max(_needed_until(rule, start, end) for rule in rules)
    return Tenure(start=start, keys=tuple(member for member in served if partitions.window(member).start < until))


def _rules(pipeline: ModelPipeline) -> list[PerformanceDrift]:
    """Return the rules that look back to the beginning of a tenure; none of a table, whose rows have no order."""
    rules = pipeline.performance_rules if pipeline.partitions.is_stream else ()
    return [rule for rule in rules if rule.method == "sequential" or rule.alike_rows]


def _needed_until(rule: PerformanceDrift, start: datetime, end: datetime) -> datetime:
    return end if rule.method == "sequential" else start + EARLIEST_WINDOWS * rule.length


def error_sequence(metric: str, parts: Sequence[LabelledRows], horizon: datetime) -> ErrorSequence:
    """Return the losses of all parts up to `horizon`: later labels are not all there, and would come out of order."""
    times = np.concatenate([part.times for part in parts])
    losses = np.concatenate([unit_losses(metric, part.task, part.truth, part.scores) for part in parts])
    known = times <= np.datetime64(horizon.replace(tzinfo=None), "us")
    order = np.lexsort((losses[known], times[known]))
    return ErrorSequence(times=times[known][order], losses=losses[known][order])
