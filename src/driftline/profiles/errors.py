"""The errors of the room `profiles`."""

from driftline.errors import InvalidInputError


class SchemaDriftError(InvalidInputError):
    """A column is gone or holds another kind of values than the reference: an error, not a drift verdict."""

    def __init__(self, column: str, problem: str) -> None:
        super().__init__(f"The column {column!r} {problem}. Correct its source, or train a champion on the new schema.")


class UnsupportedColumnError(InvalidInputError):
    """A column's values cannot be profiled for drift."""

    def __init__(self, column: str, kind: str) -> None:
        super().__init__(
            f"The column {column!r} holds values of {kind}, which have no drift profile. "
            "Give numbers, or text with None for missing; of a time, give its hour or weekday."
        )


class InvalidProfileError(InvalidInputError):
    """A drift profile cannot be read or compared."""


def bins_mismatch(first: str, second: str) -> InvalidProfileError:
    """Return the error where two counts were taken on different bins, so they can be neither added nor compared."""
    return InvalidProfileError(
        f"The counts of {first!r} and {second!r} stand on different bins. Count both with the profile of one reference."
    )


def unreadable_profile(problem: str) -> InvalidProfileError:
    """Return the error where a stored drift profile cannot be read."""
    return InvalidProfileError(f"The stored profile cannot be read: {problem}. Profile the reference again.")
