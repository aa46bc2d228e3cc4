"""The errors of the room `tracking`."""

from collections.abc import Iterable

from driftline.errors import (
    ConflictError,
    InvalidInputError,
    NotFoundError,
    listing,
    suggestion,
)


class InvalidKeyError(InvalidInputError):
    """A key of a param, metric or artifact cannot be used."""

    def __init__(self, key: str) -> None:
        super().__init__(
            f"The key {key!r} is not a relative path of at most 250 characters. "
            "Name it like 'auroc', 'train/loss' or 'model/model.txt'."
        )


class InvalidParamError(InvalidInputError):
    """A param has a value that would come back as another."""

    def __init__(self, key: str, value: object) -> None:
        super().__init__(
            f"The param {key!r} is a {type(value).__name__}, {value!r}, which would come back as something else. "
            "Log str(value), which keeps every digit, or float(value)."
        )


class InvalidExperimentError(InvalidInputError):
    """A name cannot be that of an experiment."""

    def __init__(self, name: object) -> None:
        super().__init__(f"The experiment is named {name!r}. Give it a name of 1 to 250 characters, such as 'income'.")


class InvalidMetricError(InvalidInputError):
    """A metric has a value that is not a number."""

    def __init__(self, key: str, value: object) -> None:
        super().__init__(
            f"The metric {key!r} is a {type(value).__name__}, {value!r}, and a metric is a number. Log it as a param."
        )


class InvalidArtifactError(InvalidInputError):
    """The content of a file is not bytes."""

    def __init__(self, path: str, content: object) -> None:
        super().__init__(
            f"The file {path!r} is given as a {type(content).__name__}, and its content is bytes. Give text.encode() "
            "or Path(...).read_bytes()."
        )


class RunEndedError(ConflictError):
    """Something is logged to a run that has ended."""

    def __init__(self, run_id: str) -> None:
        super().__init__(f"The run {run_id} has ended, and what it logged stays as it is. Log to a run of its own.")


class InvalidStepError(InvalidInputError):
    """A metric is logged at something that is no step."""

    def __init__(self, step: object) -> None:
        super().__init__(f"The step {step!r} is no whole number of at most 64 bits. Log at step=0, 1, 2 and so on.")


class FrozenArtifactError(ConflictError):
    """A file belongs to a model version, which never changes."""

    def __init__(self, path: str) -> None:
        super().__init__(
            f"The file {path!r} cannot be logged: this run has registered a model, whose files never change. "
            "Register another model in a run of its own, or name the file outside of 'model/'."
        )


class UnknownStatusError(InvalidInputError):
    """There is no such status of a run."""

    def __init__(self, status: str, names: Iterable[str]) -> None:
        super().__init__(f"There is no status {status!r}. {suggestion(status, names)}")


class UnknownExperimentError(NotFoundError):
    """No run was ever logged under an experiment."""

    code = "UNKNOWN_EXPERIMENT"

    def __init__(self, name: str, names: Iterable[str]) -> None:
        super().__init__(f"There is no experiment {name!r}. {suggestion(name, names)}")


class UnknownRunError(NotFoundError):
    """An id names no run, or more than one."""

    code = "UNKNOWN_RUN"


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


def unknown_run(run_id: str) -> UnknownRunError:
    """Return the error where no run has an id."""
    return UnknownRunError(f"There is no run {run_id!r}. Ask for the list of runs and copy its whole runId.")
