"""The errors of the room `declaration`."""

from collections.abc import Iterable

from driftline.errors import (
    InvalidInputError,
    NotFoundError,
    suggestion,
)


class DeclarationError(InvalidInputError):
    """The declaration of a pipeline breaks a rule."""

    def __init__(self, name: str, fault: str) -> None:
        super().__init__(f"The pipeline {name!r} cannot be built: {fault}.")


class PolicyError(InvalidInputError):
    """A policy has a value that makes no sense."""

    def __init__(self, field: str, value: object, rule: str) -> None:
        super().__init__(f"The policy's {field} {value!r} cannot be used: {rule}.")


class PartitionsError(InvalidInputError):
    """Partitions end before they start."""

    def __init__(self, start: str, end: str) -> None:
        super().__init__(f"Partitions from {start!r} to {end!r} hold nothing. Let the end lie after the start.")


class TrainingWindowError(InvalidInputError):
    """A stream does not say how much of it a model learns from."""

    def __init__(self) -> None:
        super().__init__(
            "A stream goes on, and nothing says how much of it a model learns from. Declare training_window='30d'."
        )


class UnalignedPartitionsError(InvalidInputError):
    """Partitions start or end amid a partition."""

    def __init__(self, text: str, unit: str, timezone: str, hint: str) -> None:
        super().__init__(f"{text!r} is not the start of a whole {unit} in {timezone}. {hint}")


class UnknownTimezoneError(InvalidInputError):
    """There is no time zone of a name."""

    def __init__(self, name: object, closest: str | None) -> None:
        hint = "Write it as 'Europe/Zurich' or 'UTC'." if closest is None else f"Did you mean {closest!r}?"
        super().__init__(f"There is no time zone {name!r}. {hint}")


class UnevenTimezoneError(InvalidInputError):
    """Hours do not stay whole hours in a time zone."""

    def __init__(self, timezone: str) -> None:
        super().__init__(
            f"Clocks in {timezone!r} are changed by a part of an hour, so its hours have no lasting keys. "
            "Declare Hourly in 'UTC', or Daily."
        )


class UnknownPartitionError(NotFoundError):
    """A pipeline has no partition of a key."""

    def __init__(self, key: str, partitions: object, example: str) -> None:
        super().__init__(f"There is no partition {key!r} in {partitions}. Write a key as {example}.")


class UnknownPipelineError(NotFoundError):
    """A project has no pipeline of a name."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(f"The project has no pipeline {name!r}. {suggestion(name, known)}")


class NotAStreamError(InvalidInputError):
    """Something was asked of a pipeline that only a stream can do."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The pipeline {name!r} declares no time partitions, so it has no days to go through. "
            "Choose one that declares partitions, as Daily(start)."
        )


class GroundTruthRuleError(InvalidInputError):
    """A pipeline's ground truth is declared with a value that it cannot have."""

    def __init__(self, name: str, value: object, allowed: str) -> None:
        super().__init__(f"GroundTruth has {name}={value!r}. Give it {allowed}.")


class AlertRuleError(InvalidInputError):
    """An alert is declared with a value that it cannot have."""

    def __init__(self, name: str, value: object, allowed: str) -> None:
        super().__init__(f"An alert has {name}={value!r}. Give it {allowed}.")
