"""The errors of the room `retraining`."""

from collections.abc import Iterable

from driftline.errors import (
    NotFoundError,
)
from driftline.rows.errors import InvalidDatasetError, NotMaterializedError


class UnknownDecisionError(NotFoundError):
    """A pipeline has no decision of an id."""

    def __init__(self, pipeline: str, decision_id: int) -> None:
        super().__init__(
            f"The pipeline {pipeline!r} has no decision {decision_id}. Remove the run tag driftline/decision "
            "to train without one."
        )


def failed_checks(pipeline: str, problems: Iterable[str]) -> InvalidDatasetError:
    """Return the error where a dataset did not pass its checks, so nothing is trained on it."""
    return InvalidDatasetError(
        f"The newest dataset of {pipeline!r} did not pass its checks: {' '.join(problems)} "
        f"Correct the source, then materialize {pipeline}/dataset again."
    )


def no_first_champion(pipeline: str, reason: str) -> NotMaterializedError:
    """Return the error where the first model of a pipeline is not good enough to serve."""
    return NotMaterializedError(
        f"The first model of {pipeline!r} does not serve: {reason} Correct what is read or declared, and retrain."
    )


def no_challenger(pipeline: str) -> NotMaterializedError:
    """Return the error where no trained version waits to be judged."""
    return NotMaterializedError(
        f"No challenger of {pipeline!r} waits to be judged. Materialize {pipeline}/model first."
    )
