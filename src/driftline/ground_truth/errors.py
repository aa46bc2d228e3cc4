"""The errors of the room `ground_truth`."""

from collections.abc import Iterable

from driftline.errors import (
    ConflictError,
    InvalidInputError,
)


class EmptyDeliveryError(InvalidInputError):
    """A delivery of labels holds none."""

    def __init__(self, pipeline: str) -> None:
        super().__init__(f"The delivery for {pipeline!r} has no rows. Check the query or the file it comes from.")


class MissingKeyError(InvalidInputError):
    """Labels cannot be joined, since a part of their row key is missing."""

    def __init__(self, column: str, count: int, total: int) -> None:
        super().__init__(
            f"{count} of {total} labels have no value in the key column {column!r}. Correct them; nothing was stored."
        )


class ConflictingLabelsError(InvalidInputError):
    """One delivery says two things about one row."""

    def __init__(self, count: int, keys: Iterable[str]) -> None:
        super().__init__(
            f"{count} rows have different labels within one delivery, such as {'; '.join(keys)}. Keep one label for "
            "each row, or deliver a correction by itself; nothing was stored."
        )


class FutureLabelsError(InvalidInputError):
    """Labels are about events that have not happened yet."""

    def __init__(self, count: int, total: int, latest: object, as_of: object) -> None:
        super().__init__(
            f"{count} of {total} labels are about events more than 5 minutes ahead of {as_of}, up to {latest}. "
            "Check the clock and the time zone that they come from; nothing was stored."
        )


class OtherModelLabelsError(InvalidInputError):
    """Labels name a model version that did not predict their rows."""

    def __init__(self, pipeline: str, count: int, total: int, named: Iterable[str]) -> None:
        super().__init__(
            f"{count} of {total} labels name a version of {pipeline!r} that did not predict their rows: "
            f"{'; '.join(named)}. Send them to the model that they are for, or leave out model_version; "
            "nothing was stored."
        )


class LabelFileError(InvalidInputError):
    """A file of labels cannot be read."""

    def __init__(self, path: object, fault: str) -> None:
        super().__init__(f"The file {path} {fault}. Give a Parquet file as NAME.parquet, or a CSV file as NAME.csv.")


class DeliveryOrderError(ConflictError):
    """A delivery would change what was known at a time that has been answered for."""

    def __init__(self, pipeline: str, last: object, as_of: object) -> None:
        super().__init__(
            f"Labels of {pipeline!r} arrived at {last}; a delivery as of {as_of} would rewrite what was known between. "
            "Deliver as of a later time."
        )
