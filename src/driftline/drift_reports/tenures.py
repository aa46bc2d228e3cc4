"""Since when the champion of a partition serves, and the errors it made since then in the order of their events."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from driftline.datasets import Window
from driftline.declaration import ModelPipeline
from driftline.drift import ErrorSequence
from driftline.evaluations import LabelledRows
from driftline.metrics import unit_losses
from driftline.registry import Timeline


@dataclass(frozen=True, kw_only=True)
class Tenure:
    """A champion's tenure up to one partition: when its first one starts, and those that a rule asks for."""

    start: datetime
    keys: tuple[str, ...]


def tenures(pipeline: ModelPipeline, keys: Sequence[str], champions: Timeline) -> dict[str, Tenure]:
    """Return the tenure of each partition's champion up to it; empty unless a rule looks back to its beginning."""
    if not _span(pipeline):
        return {}
    partitions = pipeline.stream
    since = {key: champions.since(partitions.window(key).start) for key in keys}
    by_key = {key: tenure(pipeline, key, at) for key, at in since.items() if at is not None}
    return {key: served for key, served in by_key.items() if served is not None}


def tenure(pipeline: ModelPipeline, key: str, took_effect: datetime) -> Tenure | None:
    """Return the tenure up to partition `key` of a champion that took effect then; None where no rule asks for it."""
    span = _span(pipeline)
    if not span:
        return None
    partitions = pipeline.stream
    end = partitions.window(key).end
    served = partitions.keys(Window(took_effect, end))
    start = partitions.window(served[0]).start
    until = start + min(span, end - start)
    return Tenure(start=start, keys=tuple(member for member in served if partitions.window(member).start < until))


def _span(pipeline: ModelPipeline) -> timedelta:
    """Return how much of a tenure the rules look at; nothing of a table, whose rows have no order."""
    rules = pipeline.drift_rules if pipeline.partitions.is_stream else ()
    return max((rule.tenure_span for rule in rules), default=timedelta(0))


def error_sequence(metric: str, parts: Sequence[LabelledRows], horizon: datetime) -> ErrorSequence:
    """Return the losses of all parts up to `horizon`: later labels are not all there, and would come out of order."""
    times = np.concatenate([part.times for part in parts])
    losses = np.concatenate([unit_losses(metric, part.task, part.truth, part.scores) for part in parts])
    is_due = times <= np.datetime64(horizon.replace(tzinfo=None), "us")
    order = np.lexsort((losses[is_due], times[is_due]))
    return ErrorSequence(times=times[is_due][order], losses=losses[is_due][order])
