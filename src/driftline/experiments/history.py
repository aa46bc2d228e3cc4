"""The points of a metric, in their order, as they were logged."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import isnan

from driftline.experiments.errors import metric_not_logged
from driftline.experiments.listing import describe_run
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
    run = describe_run(workspace, run_id)
    with workspace.database.reading() as session:
        found = metric_rows.history(session, run["run_id"], key)
    if not found.steps:
        raise metric_not_logged(run["run_id"], key, run["metrics"])
    places = range(len(found.steps)) if most is None or len(found.steps) <= most else _thinned(found.values, most)
    return [
        LoggedPoint(
            step=found.steps[place], at=_EPOCH + timedelta(microseconds=found.at_us[place]), value=found.values[place]
        )
        for place in places
    ]


def _thinned(values: Sequence[float], most: int) -> Iterator[int]:
    """Give the places of the first and the last point, and between them of the extremes of equal stretches."""
    inner, stretches = len(values) - 2, max((most - 2) // 2, 1)
    yield 0
    for number in range(stretches):
        places = range(1 + number * inner // stretches, 1 + (number + 1) * inner // stretches)
        ordered = [place for place in places if not isnan(values[place])] or places
        extremes = {min(ordered, key=values.__getitem__), max(ordered, key=values.__getitem__)}
        yield from sorted(extremes)
    yield len(values) - 1
