"""The errors of the room `experiments`."""

from collections.abc import Iterable

from driftline.errors import InvalidInputError, NotFoundError, listing, suggestion


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


def metric_of_no_run(key: str, keys: Iterable[str]) -> MetricNotLoggedError:
    """Return the error where no run of an experiment has a finite value of a metric."""
    return MetricNotLoggedError(f"No finished run has a finite value of {key!r}. {suggestion(key, list(keys))}")


class InvalidPageTokenError(InvalidInputError):
    """A token is not one of the search that it is given to."""

    code = "INVALID_PAGE_TOKEN"

    def __init__(self, token: str) -> None:
        super().__init__(
            f"The page token {token!r} does not belong to this search. Pass the next_page_token of the page before, "
            "with the same filter, order and experiments."
        )


class TooManyResultsError(InvalidInputError):
    """More runs are asked for at once than one answer holds, or none."""

    def __init__(self, asked: object, most: int) -> None:
        super().__init__(f"max_results is {asked!r}. Ask for 1 to {most} runs, and for more of them page by page.")


class NotAFilterError(InvalidInputError):
    """A filter is not given as a text."""

    def __init__(self, given: object) -> None:
        super().__init__(
            f"The filter is a {type(given).__name__}, and a filter is a text. Write filter_string='metrics.auc > 0.9', "
            "and the experiments as experiment_names=['income']."
        )


class UnknownOutputFormatError(InvalidInputError):
    """There is no such format of what a search returns."""

    def __init__(self, name: str, names: Iterable[str]) -> None:
        super().__init__(f"There is no output format {name!r}. {suggestion(str(name), names)}")


class UnknownFileTypeError(InvalidInputError):
    """The name of a file does not say in which format it is to be."""

    def __init__(self, path: str, endings: Iterable[str]) -> None:
        super().__init__(f"The file {path!r} has an unknown ending. End its name in {' or '.join(endings)}.")


class TooFewRunsError(InvalidInputError):
    """One run alone cannot be compared."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} run is given to compare. Name at least two: driftline compare RUN RUN.")


class NoDecidingMetricError(InvalidInputError):
    """Nobody has said which metric decides between the runs of an experiment."""

    code = "NO_DECIDING_METRIC"

    def __init__(self, experiment: str, keys: Iterable[str]) -> None:
        super().__init__(
            f"No metric decides between the runs of {experiment!r} yet. Name one of {listing(keys)}, or say it once "
            f"for all: driftline.set_experiment({experiment!r}, metric=..., direction='max')."
        )


class InvalidDirectionError(InvalidInputError):
    """A direction is neither max nor min."""

    def __init__(self, direction: str) -> None:
        super().__init__(f"The direction is {direction!r}. Say 'max' where a larger value is better, 'min' otherwise.")
