"""The errors of the room `models`."""

from collections.abc import Iterable

from driftline.errors import InvalidInputError, StorageError, listing


class ColumnTypeError(InvalidInputError):
    """A column of the input has another type than the model was trained on."""

    def __init__(self, column: str, expected: str, found: str) -> None:
        super().__init__(
            f"The column {column!r} holds {found}, the model was trained on {expected}. "
            "Convert it before scoring; only integers and booleans are taken as floats."
        )


class TrainingDataError(InvalidInputError):
    """A model cannot be trained on these rows."""

    def __init__(self, fault: str, remedy: str) -> None:
        super().__init__(f"A model cannot be trained: {fault}. {remedy}")


class TrainerParamError(InvalidInputError):
    """A trainer is given a parameter that it does not take."""

    def __init__(self, trainer: str, fault: str) -> None:
        super().__init__(f"{trainer} {fault}. See the trainer's docstring for what it takes.")


class UntrustedModelError(InvalidInputError):
    """A stored model holds types that are not trusted."""

    def __init__(self, types: Iterable[str]) -> None:
        types = list(types)
        super().__init__(
            f"The model holds types that are not trusted: {listing(types)}. If you know where it comes from, "
            f"name them: trusted={tuple(types)!r}."
        )


class TaskMismatchError(InvalidInputError):
    """A question does not fit the model's task."""

    def __init__(self, question: str, task: str) -> None:
        super().__init__(f"{question} is not known of a model whose task is {task}. Ask predict or score instead.")


class ModelFilesError(StorageError):
    """The files of a stored model are incomplete or of another format."""

    def __init__(self, fault: str) -> None:
        super().__init__(f"These files are no model: {fault}. Give the files that to_files wrote, all of them.")


class ScoringError(InvalidInputError):
    """A model's estimator raises on rows that keep its signature."""

    def __init__(self, flavor: str, cause: Exception) -> None:
        super().__init__(
            f"The {flavor} model cannot score these rows: {type(cause).__name__}: {cause}. Look at their values, "
            "or roll back to a version that scores them."
        )
