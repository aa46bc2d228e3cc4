"""The points of a metric, in their order, as they were logged."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np

from driftline.experiments.errors import metric_not_logged
from driftline.experiments.listing import known_runs
from driftline.experiments.lost import end_lost_runs
from driftline.store import metric_rows
from driftline.workspace import Workspace

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class LoggedPoint:
    """One measured value of a metric.

    Attributes:
        step: where.
        at: when.
        value: NaN and the infinities are what they are.
    """

    step: int
    at: datetime
    value: float


def metric_history(workspace: Workspace, run_id: str, key: str, *, most: int | None = None) -> list[LoggedPoint]:
    """Return the points of a metric of a run, by step and, within one, by time.

    Args:
        workspace: where it is stored.
        run_id: the run, by its id or the start of it.
        key: the metric.
        most: how many; of more the smallest and the largest of each stretch are kept, and the first and the last. None:
            all of them.

    Raises:
        UnknownRunError: no run starts so, or more than one.
        MetricNotLoggedError: the run has no such metric.
    """
    end_lost_runs(workspace)
    with workspace.database.reading() as session:
        [run] = known_runs(session, [run_id])
        found = metric_rows.history(session, run.run_id, key)
        if not found.steps:
            keys = [metric.key for metric in metric_rows.metrics_of(session, [run.run_id])[run.run_id]]
            raise metric_not_logged(run.run_id, key, keys)
    places = range(len(found.steps)) if most is None or len(found.steps) <= most else _thinned(found.values, most)
    return [
        LoggedPoint(
            step=found.steps[place], at=_EPOCH + timedelta(microseconds=found.at_us[place]), value=found.values[place]
        )
        for place in places
    ]


def _thinned(points: "array[float]", most: int) -> Iterator[int]:
    """Give the places of the first and the last point, and between them of the extremes of equal stretches."""
    values = np.frombuffer(points, dtype=np.float64)
    inner, stretches = len(values) - 2, max((most - 2) // 2, 1)
    bounds = 1 + np.arange(stretches + 1) * inner // stretches
    yield 0
    low, high = (np.where(np.isnan(values), other, values) for other in (np.inf, -np.inf))
    for start, end in pairwise(bounds.tolist()):
        if start < end:
            extremes = {int(low[start:end].argmin()), int(high[start:end].argmax())}
            yield from sorted(start + place for place in extremes)
    yield len(values) - 1
