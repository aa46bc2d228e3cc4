"""The errors of the room `drift_reports`."""

from driftline.errors import InvalidInputError
from driftline.rows.errors import NotMaterializedError


class InvalidLevelError(InvalidInputError):
    """A level cannot be accepted or set as it was asked for."""

    code = "INVALID_LEVEL"


def no_report(name: str, partition: str) -> NotMaterializedError:
    """Return the error where a partition has no drift report."""
    return NotMaterializedError(
        f"{name!r} has no drift report of {partition!r}. List those that there are: driftline drift {name}."
    )


def no_health(name: str) -> NotMaterializedError:
    """Return the error where no report keeps the health of a pipeline."""
    return NotMaterializedError(
        f"No drift report says how {name!r} stands against a level yet. Materialize {name}/drift of a stream whose "
        "retraining has the rule Recovery."
    )
