"""The errors of the room `rows`."""

from driftline.errors import InvalidInputError, NotFoundError


class DatasetFunctionError(InvalidInputError):
    """The dataset function of a pipeline gives nothing that can be used."""

    def __init__(self, pipeline: str, window: object, fault: str) -> None:
        where = "" if window is None else f" for {window}"
        super().__init__(
            f"The dataset function of {pipeline!r} {fault}{where}. Correct it, or its source, and materialize again; "
            "nothing was stored."
        )


class NoDatasetError(NotFoundError):
    """No dataset of a pipeline was read yet."""

    def __init__(self, pipeline: str) -> None:
        super().__init__(f"No dataset of {pipeline!r} has passed its checks yet. Materialize {pipeline}/dataset first.")


class EmptyRangeError(InvalidInputError):
    """A range of days holds no partition that is over."""

    def __init__(self, name: str, start: object, end: object, first: object, last: object) -> None:
        super().__init__(
            f"No partition of {name!r} lies between {start} and {end}. It has those from {first} up to, but without, "
            f"{last}."
        )


class FutureRowsError(InvalidInputError):
    """Rows of a stream lie in the future."""

    def __init__(self, pipeline: str, count: int, total: int, last: object, minutes: int) -> None:
        super().__init__(
            f"{count} of {total} rows of {pipeline!r} lie more than {minutes} minutes ahead of now, "
            f"the last at {last}. Correct the clock or the time zone at the source, and materialize again."
        )


class LabelKeyTypeError(InvalidInputError):
    """A key column of labels has another type than that of the rows."""

    def __init__(self, column: str, found: str, expected: str) -> None:
        super().__init__(
            f"The key column {column!r} holds {found}, in the dataset it is {expected}, so no label would find its "
            "row. Convert it with astype; nothing was stored."
        )
