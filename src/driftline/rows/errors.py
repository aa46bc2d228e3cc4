"""The errors of the room `rows`."""

from driftline.datasets.errors import EmptyWindowError, InvalidColumnError
from driftline.errors import InvalidInputError, NotFoundError


class InvalidDatasetError(InvalidInputError):
    """The rows that a dataset function gave cannot be used."""

    code = "INVALID_DATASET"


class NotMaterializedError(NotFoundError):
    """What an asset needs was not materialized before."""

    code = "NOT_MATERIALIZED"


def no_partition_between(name: str, start: object, end: object, first: object, last: object) -> EmptyWindowError:
    """Return the error where a range of days holds no partition that is over."""
    return EmptyWindowError(
        f"No partition of {name!r} lies between {start} and {end}. Available: {first} (inclusive) to "
        f"{last} (exclusive)."
    )


def dataset_function_fault(pipeline: str, window: object, fault: str) -> InvalidDatasetError:
    """Return the error where the dataset function of a pipeline gives nothing that can be used."""
    where = "" if window is None else f" for {window}"
    return InvalidDatasetError(
        f"The dataset function of {pipeline!r} {fault}{where}. Correct it, or its source, and materialize again; "
        "nothing was stored."
    )


def rows_ahead(pipeline: str, count: int, total: int, last: object, minutes: int) -> InvalidDatasetError:
    """Return the error where rows of a stream lie in the future."""
    return InvalidDatasetError(
        f"{count} of {total} rows of {pipeline!r} lie more than {minutes} minutes ahead of now, "
        f"the last at {last}. Correct the clock or the time zone at the source, and materialize again."
    )


def no_dataset(pipeline: str) -> NotMaterializedError:
    """Return the error where no dataset of a pipeline was read yet."""
    return NotMaterializedError(
        f"No dataset of {pipeline!r} has passed its checks yet. Materialize {pipeline}/dataset first."
    )


def unfit_key_type(column: str, dtype: str, expected: str) -> InvalidColumnError:
    """Return the error where a key column of labels has another type than that of the rows."""
    return InvalidColumnError(
        f"The key column {column!r} holds {dtype}, in the dataset it is {expected}, so no label would find its "
        "row. Convert it with astype; nothing was stored."
    )
