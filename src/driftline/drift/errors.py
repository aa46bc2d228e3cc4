"""The errors of the room `drift`."""

from collections.abc import Iterable

from driftline.errors import (
    InvalidInputError,
    suggestion,
)


class InvalidDriftRuleError(InvalidInputError):
    """A declared drift rule cannot be applied."""


def unusable_rule(rule: str, problem: str, remedy: str) -> InvalidDriftRuleError:
    """Return the error where a declared drift rule cannot be applied."""
    return InvalidDriftRuleError(f"{rule}: {problem}. {remedy}.")


def unprofiled_column(column: str, names: Iterable[str]) -> InvalidDriftRuleError:
    """Return the error where a drift rule names a column that the reference does not hold."""
    return InvalidDriftRuleError(f"The reference has no column {column!r}. {suggestion(column, names)}")
