"""The errors of the room `starter`."""

from collections.abc import Iterable

from driftline.errors import ConflictError, InvalidInputError, StorageError, listing


class SourceTableError(InvalidInputError):
    """A file is no table that a model can be declared on."""

    code = "INVALID_TABLE"


class FolderInUseError(ConflictError):
    """A project is to be written where something is already."""

    def __init__(self, folder: object, present: Iterable[str]) -> None:
        super().__init__(
            f"The folder {folder} is not empty: it has {listing(sorted(present), most=5)}. Nothing was written; "
            "give the name of a new folder."
        )


class UnwritableFolderError(StorageError):
    """A project cannot be written where it was asked for."""

    def __init__(self, folder: object, cause: object) -> None:
        super().__init__(f"The project cannot be written to {folder}: {cause}. Give another place.")


class InvalidNameError(InvalidInputError):
    """A name cannot be that of a project and its pipeline."""


def unfit_name(name: str) -> InvalidNameError:
    """Return the error where a name cannot be that of a pipeline in Python."""
    return InvalidNameError(
        f"A pipeline cannot be named after {name!r}. Give a name of letters, digits and hyphens that begins with a "
        "letter and is no word of Python, such as 'churn'."
    )


def unreadable_table(path: object, cause: object) -> SourceTableError:
    """Return the error where a file cannot be read as a table."""
    return SourceTableError(
        f"{path} cannot be read: {cause}. Give a CSV file in UTF-8 whose first line names the columns, or "
        "a Parquet file."
    )


def too_few_rows(path: object, count: int, least: int) -> SourceTableError:
    """Return the error where there is too little to learn from and to measure on."""
    return SourceTableError(
        f"{path} has {count} rows with a target, and a model is trained and measured on {least} or "
        "more. Give more rows."
    )


def no_target(column: str, fault: str) -> SourceTableError:
    """Return the error where a column cannot be predicted."""
    return SourceTableError(f"The column {column!r} {fault}. Name another column with --target.")


def not_times(column: str, value: object) -> SourceTableError:
    """Return the error where a column does not hold times."""
    return SourceTableError(
        f"The column {column!r} holds {value!r}, which is not a time. Name a column of times such as 2026-05-03 or "
        "2026-05-03T07:00:00Z with --time, or leave --time out for a table without time."
    )


def ambiguous_times(column: str, value: object) -> SourceTableError:
    """Return the error where days and months cannot be told apart."""
    return SourceTableError(
        f"In the column {column!r}, {value!r} may begin with the day or with the month, and all values can be read "
        "either way. Write the times as 2026-05-03 first."
    )


def too_short_a_stream(column: str, span: object, least: int) -> SourceTableError:
    """Return the error where times lie too close together to train on some and to predict the others."""
    return SourceTableError(
        f"The times of the column {column!r} span {span}, which is less than {least} hours: too short to train on one "
        "part and to predict the next ones. Leave --time out to take the rows as a table without time."
    )
