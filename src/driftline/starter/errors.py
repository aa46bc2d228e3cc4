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


def doubled_column(path: object, name: str) -> SourceTableError:
    """Return the error where the name of the target or the time is that of two columns."""
    return SourceTableError(f"{path} has several columns named {name!r}. Rename all but one of them.")


def no_names(column: str, path: object, first: Iterable[str]) -> SourceTableError:
    """Return the error where a column is not there, and the first line of the file seems to hold values."""
    return SourceTableError(
        f"The column {column!r} is not in {path}, whose first line holds {listing(map(repr, first), most=4)}. "
        "The first line must name the columns: write one above the rows."
    )


def reserved_columns(names: Iterable[str]) -> SourceTableError:
    """Return the error where columns have names that driftline keeps for its own."""
    return SourceTableError(
        f"The table has the column {listing(map(repr, names))}; names that begin with 'driftline_' are driftline's "
        "own. Rename it."
    )


def too_few_of_a_class(column: str, label: str, count: int, least: int) -> SourceTableError:
    """Return the error where one of two classes hardly occurs."""
    return SourceTableError(
        f"The column {column!r} has {count} {'row' if count == 1 else 'rows'} of {label}, and a model of two classes "
        f"is trained and measured on {least} or more of each. Give more rows, or name another column with --target."
    )


def too_few_rows(path: object, target: str, count: int, least: int) -> SourceTableError:
    """Return the error where there is too little to learn from and to measure on."""
    return SourceTableError(
        f"{path} has {count} {'row' if count == 1 else 'rows'} with a value in {target!r}, and a model is trained and "
        f"measured on {least} or more. Give more rows."
    )


def no_target(column: str, fault: str) -> SourceTableError:
    """Return the error where a column cannot be predicted."""
    return SourceTableError(f"The column {column!r} {fault}. Name another column with --target.")


def not_numbers(column: str, value: object) -> SourceTableError:
    """Return the error where most texts of a column are numbers, and some cannot be read as such."""
    return SourceTableError(
        f"The column {column!r} holds numbers that are written as text, and {value!r} cannot be read as a number. "
        "Write them as 1234.5 and leave unknown ones empty, or name another column with --target."
    )


def not_times(column: str, value: object) -> SourceTableError:
    """Return the error where a column does not hold times."""
    return SourceTableError(
        f"The column {column!r} holds {value!r}, which cannot be read as a time. Name a column of times such as "
        "2026-05-03 or 2026-05-03T07:00:00Z with --time, or leave --time out for a table without time."
    )


def times_ahead(column: str, first: object) -> SourceTableError:
    """Return the error where all times lie in the future."""
    return SourceTableError(
        f"All times of the column {column!r} lie ahead of now, the first at {first}. Correct the times, or leave "
        "--time out for a table without time."
    )


def no_first_model(column: str, least: int) -> SourceTableError:
    """Return the error where no beginning of a stream has the labels that a first model needs."""
    return SourceTableError(
        f"No beginning of the stream by {column!r} has {least} rows with a target, of which the older and the newer "
        "ones hold at least two different values. Give more rows, or leave --time out for a table without time."
    )


def too_rare_rows(column: str, months: int) -> SourceTableError:
    """Return the error where not even the longest partitions follow each other."""
    return SourceTableError(
        f"By the column {column!r} there are rows once in {months} months, and the longest partitions of a stream are "
        "months. Leave --time out to take the rows as a table without time."
    )


def target_as_time(column: str) -> SourceTableError:
    """Return the error where one column is named for two things."""
    return SourceTableError(f"The column {column!r} is named as --target and as --time. Name two columns.")


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
