"""The points of a metric, in their order, as they were logged."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isnan

from driftline.store import metric_rows
from driftline.tracking.errors import metric_not_logged
from driftline.tracking.listing import describe_run
from driftline.workspace import Workspace


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
    run = describe_run(workspace, run_id)
    with workspace.database.reading() as session:
        rows = metric_rows.history(session, run["run_id"], key)
    if not rows:
        raise metric_not_logged(run["run_id"], key, run["metrics"])
    points = [LoggedPoint(step=step, at=at, value=value) for step, at, value in rows]
    return points if most is None or len(points) <= most else list(_thinned(points, most))


def _thinned(points: Sequence[LoggedPoint], most: int) -> Iterator[LoggedPoint]:
    """Give the first and the last point, and between them the smallest and the largest of equal stretches."""
    inner, stretches = points[1:-1], max((most - 2) // 2, 1)
    yield points[0]
    for number in range(stretches):
        stretch = inner[number * len(inner) // stretches : (number + 1) * len(inner) // stretches]
        ordered = [point for point in stretch if not isnan(point.value)] or stretch
        extremes = {id(one): one for one in (min(ordered, key=_value), max(ordered, key=_value))}
        yield from sorted(extremes.values(), key=lambda point: (point.step, point.at))
    yield points[-1]


def _value(point: LoggedPoint) -> float:
    return point.value
