"""The errors of the room `datasets`."""

from collections.abc import Iterable

from driftline.errors import InvalidInputError, StorageError, listing, suggestion


class MissingColumnError(InvalidInputError):
    """A table lacks columns that are asked for."""

    def __init__(self, missing: Iterable[str], found: Iterable[object]) -> None:
        missing, names = list(missing), [str(name) for name in found]
        what = (
            f"The column {missing[0]!r} is" if len(missing) == 1 else f"The columns {listing(map(repr, missing))} are"
        )
        hint = " ".join(suggestion(name, names) for name in missing[:3])
        super().__init__(f"{what} not in the table, which has {len(names)} columns. {hint}")


class UnstorableColumnError(InvalidInputError):
    """A column has a name or a type that a dataset cannot keep."""

    def __init__(self, column: object, fault: str) -> None:
        super().__init__(
            f"The column {column!r} {fault}. A dataset keeps integers, floats, booleans, text, categories of "
            "text and times: convert the column with astype or drop it."
        )


class DuplicateColumnError(InvalidInputError):
    """Two columns of a table have one name."""

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__(f"Several columns are named {listing(map(repr, names))}. Rename or drop all but one.")


class ParquetError(InvalidInputError):
    """Bytes are no Parquet file."""

    def __init__(self, cause: object) -> None:
        super().__init__(f"These bytes cannot be read as Parquet: {cause}. Store tables with to_parquet.")


class MissingTargetError(InvalidInputError):
    """Rows have no usable target."""

    def __init__(self, column: str, count: int, rows: Iterable[int]) -> None:
        first = listing((str(row) for row in rows), most=5)
        super().__init__(
            f"{count} rows have no finite value in the target column {column!r}, the first at "
            f"positions {first}. Drop these rows, or wait until their ground truth is there."
        )


class TargetClassError(InvalidInputError):
    """A class of the target does not fit what was declared or what a model knows."""

    def __init__(self, column: str, fault: str, found: Iterable[object], remedy: str) -> None:
        super().__init__(f"The target column {column!r} {fault}; it holds {listing(map(repr, found))}. {remedy}")


class TargetTypeError(InvalidInputError):
    """The target's type does not fit its task."""

    def __init__(self, column: str, found: str, task: str) -> None:
        super().__init__(
            f"The target column {column!r} holds {found}, which does not fit the task {task}. "
            "Declare another task or positive_class in Target, or convert the column."
        )


class WindowOrderError(InvalidInputError):
    """A window ends before it starts, or is empty."""

    def __init__(self, start: object, end: object) -> None:
        super().__init__(f"The window from {start} to {end} holds no time. Give an end that is after the start.")


class TimeColumnError(InvalidInputError):
    """A column cannot be read as times with a zone."""

    def __init__(self, column: object, fault: str) -> None:
        super().__init__(f"The column {column!r} {fault}. Convert it with pandas.to_datetime(column, utc=True).")


class EmptySplitError(InvalidInputError):
    """A holdout rule leaves one side without rows."""

    def __init__(self, rule: object, side: str, rows: int) -> None:
        super().__init__(
            f"{rule} leaves the {side} side of {rows} rows empty. "
            "Choose another share, duration or value, or give more rows."
        )


class HoldoutRuleError(InvalidInputError):
    """A number of a holdout rule is outside its range."""

    def __init__(self, fault: str) -> None:
        super().__init__(f"The holdout rule has {fault}. Give a share between 0 and 1, both excluded.")


class DownloadError(StorageError):
    """A public data set could not be downloaded."""

    def __init__(self, what: str, cause: object) -> None:
        super().__init__(
            f"{what} could not be downloaded: {cause}. Check the network, or set DRIFTLINE_DATA_DIR "
            "to a folder with a local copy."
        )


class SliceColumnError(InvalidInputError):
    """A column has too many values to make slices of."""

    def __init__(self, column: str, distinct: int, most: int) -> None:
        super().__init__(
            f"The slice column {column!r} has {distinct} values, and slices are made of at most {most}. "
            "Cut it into named groups in a column of its own, and slice by that."
        )
