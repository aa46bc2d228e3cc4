"""The errors of the room `retraining`."""

from collections.abc import Iterable

from driftline.errors import (
    InvalidInputError,
    NotFoundError,
)


class DatasetRefusedError(InvalidInputError):
    """A dataset did not pass its checks, so nothing is trained on it."""

    def __init__(self, pipeline: str, problems: Iterable[str]) -> None:
        super().__init__(
            f"The newest dataset of {pipeline!r} did not pass its checks: {' '.join(problems)} "
            f"Correct the source, then materialize {pipeline}/dataset again."
        )


class UnknownDecisionError(NotFoundError):
    """A pipeline has no decision of an id."""

    def __init__(self, pipeline: str, decision_id: int) -> None:
        super().__init__(
            f"The pipeline {pipeline!r} has no decision {decision_id}. Remove the run tag driftline/decision "
            "to train without one."
        )


class NoChallengerError(NotFoundError):
    """No trained version waits to be judged."""

    def __init__(self, pipeline: str) -> None:
        super().__init__(f"No challenger of {pipeline!r} waits to be judged. Materialize {pipeline}/model first.")
