"""The errors of the room `drift`."""

from collections.abc import Iterable

from driftline.errors import (
    InvalidInputError,
    suggestion,
)


class InvalidDriftRuleError(InvalidInputError):
    """A declared drift rule cannot be applied."""

    def __init__(self, rule: str, problem: str, remedy: str) -> None:
        super().__init__(f"{rule}: {problem}. {remedy}.")


class UnprofiledColumnError(InvalidInputError):
    """A drift rule names a column that the reference does not hold."""

    def __init__(self, column: str, known: Iterable[str]) -> None:
        super().__init__(f"The reference has no column {column!r}. {suggestion(column, known)}")
