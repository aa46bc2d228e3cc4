"""The errors of the room `models`."""

from collections.abc import Iterable

from driftline.errors import InvalidInputError, StorageError, listing

LONGEST_FAULT = 300  # characters of what a reader of files says


class UntrustedModelError(InvalidInputError):
    """A stored model holds types that are not trusted."""

    def __init__(self, types: Iterable[str]) -> None:
        types = list(types)
        super().__init__(
            f"The model holds types that are not trusted: {listing(types)}. If you know where they come from, "
            f"declare Sklearn(estimator, trusted={tuple(types)!r}), and name them in load_model(..., trusted=), too."
        )


class ModelFilesError(StorageError):
    """The files of a stored model are incomplete or of another format."""

    def __init__(self, fault: str) -> None:
        super().__init__(f"These files are not a model: {fault}. Give the files that to_files wrote, all of them.")


class ScoringError(InvalidInputError):
    """A model cannot score these rows."""


class TrainingError(InvalidInputError):
    """A model cannot be trained on these rows, or with these parameters."""


def unfit_column_type(column: str, expected: str, dtype: str) -> ScoringError:
    """Return the error where a column of the input has another type than the model was trained on."""
    return ScoringError(
        f"The column {column!r} holds {dtype}, the model was trained on {expected}. "
        "Convert it before scoring; only integers and booleans are taken as floats, and whole floats as integers."
    )


def not_for_task(question: str, task: str) -> ScoringError:
    """Return the error where a question does not fit the model's task."""
    return ScoringError(f"{question} is not defined for a model whose task is {task}. Ask predict or score instead.")


def scoring_failure(flavor: str, cause: Exception) -> ScoringError:
    """Return the error where a model's estimator raises on rows that keep its signature."""
    return ScoringError(
        f"The {flavor} model cannot score these rows: {type(cause).__name__}: {cause}. Look at their values, "
        "or roll back to a version that scores them."
    )


def untrainable_rows(fault: str, remedy: str) -> TrainingError:
    """Return the error where a model cannot be trained on these rows."""
    return TrainingError(f"A model cannot be trained: {fault}. {remedy}")


def invalid_trainer(trainer: str, fault: str) -> TrainingError:
    """Return the error where a trainer is given a parameter that it does not take."""
    return TrainingError(f"{trainer} {fault}. See the trainer's docstring for what it takes.")
