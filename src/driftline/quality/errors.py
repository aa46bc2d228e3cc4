"""The errors of the room `quality`."""

from driftline.datasets.errors import InvalidColumnError
from driftline.errors import InvalidInputError


class InvalidQualityRuleError(InvalidInputError):
    """A declared quality rule cannot be applied."""

    def __init__(self, rule: str, name: str, value: object, allowed: str) -> None:
        super().__init__(f"{rule} has {name}={value!r}. Give it {allowed}.")


def unfit_column(column: str, holds: str) -> InvalidColumnError:
    """Return the error where a range is asked of a column that holds neither numbers nor times."""
    return InvalidColumnError(
        f"The column {column!r} holds {holds}, and a range is one of numbers or times. Convert the column with astype, "
        "or declare AcceptedValues."
    )


def unfit_bound(column: str, holds: str, bound: object) -> InvalidColumnError:
    """Return the error where the bound of a range cannot be compared with the values of a column."""
    return InvalidColumnError(
        f"The column {column!r} holds {holds}, which cannot be compared with the bound {bound!r}. Declare numbers for "
        "numbers, and times with a zone for times with a zone."
    )


def no_time(column: str) -> InvalidColumnError:
    """Return the error where no row has a time that could be new."""
    return InvalidColumnError(f"No row has a time in the column {column!r}. Look whether the source still delivers.")


def no_event_time() -> InvalidColumnError:
    """Return the error where freshness is asked of rows without an event time."""
    return InvalidColumnError("Freshness names no column, and a table has no event time. Declare its column.")
