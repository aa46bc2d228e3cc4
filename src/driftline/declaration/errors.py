"""The errors of the room `declaration`."""

from collections.abc import Iterable

from driftline.errors import (
    InvalidInputError,
    NotFoundError,
    suggestion,
)


class RuleValueError(InvalidInputError):
    """A part of a declaration, such as a policy or an alert, has a value that it cannot have."""

    def __init__(self, rule: str, name: str, value: object, allowed: str) -> None:
        super().__init__(f"{rule} has {name}={value!r}. Give it {allowed}.")


class DeclarationError(InvalidInputError):
    """The declaration of a pipeline breaks a rule."""

    def __init__(self, name: str, fault: str) -> None:
        super().__init__(f"The pipeline {name!r} cannot be built: {fault}. Correct its declaration.")


class UnknownPartitionError(NotFoundError):
    """A pipeline has no partition of a key."""

    code = "UNKNOWN_PARTITION"

    def __init__(self, key: str, partitions: object, example: str) -> None:
        super().__init__(f"There is no partition {key!r} in {partitions}. Write a key as {example}.")


class UnknownPipelineError(NotFoundError):
    """A project has no pipeline of a name, or none of it has run."""

    code = "UNKNOWN_PIPELINE"


class NotAStreamError(InvalidInputError):
    """Something was asked of a pipeline that only a stream can do."""

    code = "NOT_A_STREAM"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The pipeline {name!r} is a table: it declares no time partitions, and this goes through those of a "
            "stream. Choose a pipeline that declares them, as Daily(start)."
        )


class PartitionsError(InvalidInputError):
    """Partitions are declared that cannot be cut from time."""


def inverted_partitions(start: str, end: str) -> PartitionsError:
    """Return the error where partitions end before they start."""
    return PartitionsError(f"Partitions from {start!r} to {end!r} hold nothing. Let the end lie after the start.")


def unaligned_partitions(text: str, unit: str, timezone: str, hint: str) -> PartitionsError:
    """Return the error where partitions start or end amid a partition."""
    return PartitionsError(f"{text!r} is not the start of a whole {unit} in {timezone}. {hint}")


def unknown_timezone(name: object, closest: str | None) -> PartitionsError:
    """Return the error where there is no time zone of a name."""
    hint = "Write it as 'Europe/Zurich' or 'UTC'." if closest is None else f"Did you mean {closest!r}?"
    return PartitionsError(f"There is no time zone {name!r}. {hint}")


def uneven_timezone(timezone: str) -> PartitionsError:
    """Return the error where hours do not stay whole hours in a time zone."""
    return PartitionsError(
        f"Clocks in {timezone!r} are changed by a part of an hour, so its hours have no lasting keys. "
        "Declare Hourly in 'UTC', or Daily."
    )


def missing_training_window() -> PartitionsError:
    """Return the error where a stream does not say how much of it a model learns from."""
    return PartitionsError(
        "A stream goes on, and nothing says how much of it a model learns from. Declare training_window='30d'."
    )


def unknown_pipeline(name: str, names: Iterable[str]) -> UnknownPipelineError:
    """Return the error where a project declares no pipeline of a name."""
    return UnknownPipelineError(f"The project has no pipeline {name!r}. {suggestion(name, names)}")


def pipeline_without_run(name: str, names: Iterable[str]) -> UnknownPipelineError:
    """Return the error where a database knows no pipeline of a name: a project may declare it all the same."""
    return UnknownPipelineError(
        f"No pipeline {name!r} has run on this database yet. {suggestion(name, names)} "
        "It is known here once one of its assets is materialized."
    )
