"""The errors of the room `datasets`."""

from collections.abc import Iterable

from driftline.errors import InvalidInputError, StorageError, listing, suggestion


class MissingColumnError(InvalidInputError):
    """A table lacks columns that are asked for."""

    code = "MISSING_COLUMN"

    def __init__(self, missing: Iterable[str], present: Iterable[object]) -> None:
        missing, names = list(missing), [str(name) for name in present]
        what = (
            f"The column {missing[0]!r} is" if len(missing) == 1 else f"The columns {listing(map(repr, missing))} are"
        )
        hint = " ".join(suggestion(name, names) for name in missing[:3])
        super().__init__(f"{what} not in the table, which has {len(names)} columns. {hint}")


class ParquetError(InvalidInputError):
    """Bytes are not a Parquet file."""

    def __init__(self, cause: object) -> None:
        super().__init__(f"These bytes cannot be read as Parquet: {cause}. Store tables with to_parquet.")


class DownloadError(StorageError):
    """A public data set could not be downloaded."""

    def __init__(self, what: str, cause: object) -> None:
        super().__init__(
            f"{what} could not be downloaded: {cause}. Check the network, or set DRIFTLINE_DATA_DIR "
            "to a folder with a local copy."
        )


class InvalidColumnError(InvalidInputError):
    """A column has a name, a type or values that cannot be used."""

    code = "INVALID_COLUMN"


class InvalidTargetError(InvalidInputError):
    """The target column does not fit its task, or has rows without a value."""

    code = "INVALID_TARGET"


class TargetClassError(InvalidTargetError):
    """A class of the target does not fit what was declared or what a model knows."""

    def __init__(self, column: str, fault: str, labels: Iterable[object], remedy: str) -> None:
        super().__init__(f"The target column {column!r} {fault}; it holds {listing(map(repr, labels))}. {remedy}")


class HoldoutError(InvalidInputError):
    """A holdout rule cannot split a table."""


class EmptyWindowError(InvalidInputError):
    """A window of time holds nothing that can be asked for."""

    code = "EMPTY_WINDOW"


def unstorable_column(column: object, fault: str) -> InvalidColumnError:
    """Return the error where a column has a name or a type that a dataset cannot keep."""
    return InvalidColumnError(
        f"The column {column!r} {fault}. A dataset keeps integers, floats, booleans, text, categories of "
        "text and times: convert the column with astype or drop it."
    )


def duplicate_columns(names: Iterable[str]) -> InvalidColumnError:
    """Return the error where two columns of a table have one name."""
    return InvalidColumnError(f"Several columns are named {listing(map(repr, names))}. Rename or drop all but one.")


def not_a_time_column(column: object, fault: str) -> InvalidColumnError:
    """Return the error where a column cannot be read as times with a zone."""
    return InvalidColumnError(f"The column {column!r} {fault}. Convert it with pandas.to_datetime(column, utc=True).")


def too_many_slices(column: str, distinct: int, most: int) -> InvalidColumnError:
    """Return the error where a column has too many values to make slices of."""
    return InvalidColumnError(
        f"The slice column {column!r} has {distinct} values, and slices are made of at most {most}. "
        "Cut it into named groups in a column of its own, and slice by that."
    )


def missing_target(column: str, count: int, rows: Iterable[int]) -> InvalidTargetError:
    """Return the error where rows have no usable target."""
    first = listing((str(row) for row in rows), most=5)
    return InvalidTargetError(
        f"{count} rows have no finite value in the target column {column!r}, the first at "
        f"positions {first}. Drop these rows, or wait until their ground truth is there."
    )


def unknown_task(column: str, task: object, names: Iterable[str]) -> InvalidTargetError:
    """Return the error where a target is declared with a task that does not exist."""
    return InvalidTargetError(f"The target {column!r} has the task {task!r}. {suggestion(str(task), list(names))}")


def no_positive_class(column: str, positive_class: object, task: str) -> InvalidTargetError:
    """Return the error where a task has no positive class."""
    return InvalidTargetError(
        f"The target {column!r} has the positive class {positive_class!r} and the task {task!r}, which has none. "
        "Give one of them up."
    )


def unfit_target(column: str, dtype: str, task: str) -> InvalidTargetError:
    """Return the error where the target's type does not fit its task."""
    return InvalidTargetError(
        f"The target column {column!r} holds {dtype}, which does not fit the task {task}. "
        "Declare another task or positive_class in Target, or convert the column."
    )


def empty_split(rule: object, side: str, rows: int) -> HoldoutError:
    """Return the error where a holdout rule leaves one side without rows."""
    return HoldoutError(
        f"{rule} leaves the {side} side of {rows} rows empty. "
        "Choose another share, duration or value, or give more rows."
    )


def invalid_share(fault: str) -> HoldoutError:
    """Return the error where a number of a holdout rule is outside its range."""
    return HoldoutError(f"The holdout rule has {fault}. Give a share between 0 and 1, both excluded.")


def inverted_window(start: object, end: object) -> EmptyWindowError:
    """Return the error where a window ends before it starts, or is empty."""
    return EmptyWindowError(f"The window from {start} to {end} holds no time. Give an end that is after the start.")
