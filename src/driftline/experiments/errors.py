"""The errors of the room `experiments`."""

from collections.abc import Iterable

from driftline.errors import InvalidInputError, NotFoundError, listing, suggestion
from driftline.tracking.errors import UnknownRunError


class UnknownStatusError(InvalidInputError):
    """There is no such status of a run."""

    def __init__(self, status: str, names: Iterable[str]) -> None:
        super().__init__(f"There is no status {status!r}. {suggestion(status, names)}")


class UnknownExperimentError(NotFoundError):
    """No run was ever logged under an experiment."""

    code = "UNKNOWN_EXPERIMENT"

    def __init__(self, name: str, names: Iterable[str]) -> None:
        super().__init__(f"There is no experiment {name!r}. {suggestion(name, names)}")


class MetricNotLoggedError(NotFoundError):
    """A run has no metric of a name."""

    code = "METRIC_NOT_LOGGED"


def metric_not_logged(run_id: str, key: str, keys: Iterable[str]) -> MetricNotLoggedError:
    """Return the error where a run has no metric of a name."""
    return MetricNotLoggedError(f"The run {run_id} has no metric {key!r}. {suggestion(key, list(keys))}")


def unclear_run(run_id: str, matches: Iterable[str]) -> UnknownRunError:
    """Return the error where an id names no run, or more than one."""
    matches = list(matches)
    which = (
        f"{len(matches)} runs start with {run_id!r}: {listing(matches)}" if matches else f"There is no run {run_id!r}"
    )
    return UnknownRunError(f"{which}. List them: driftline runs.")
