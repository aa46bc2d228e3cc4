"""The errors of the room `ground_truth`."""

from collections.abc import Iterable

from driftline.errors import (
    InvalidInputError,
)
from driftline.registry.errors import HistoryRewriteError


class InvalidLabelsError(InvalidInputError):
    """A delivery of labels cannot be taken; nothing of it was stored."""

    code = "INVALID_LABELS"


def empty_delivery(pipeline: str) -> InvalidLabelsError:
    """Return the error where a delivery of labels holds none."""
    return InvalidLabelsError(f"The delivery for {pipeline!r} has no rows. Check the query or the file it comes from.")


def missing_key(column: str, count: int, total: int) -> InvalidLabelsError:
    """Return the error where labels cannot be joined, since a part of their row key is missing."""
    return InvalidLabelsError(
        f"{count} of {total} labels have no value in the key column {column!r}. Correct them; nothing was stored."
    )


def conflicting_labels(count: int, keys: Iterable[str]) -> InvalidLabelsError:
    """Return the error where one delivery says two things about one row."""
    return InvalidLabelsError(
        f"{count} rows have different labels within one delivery, such as {'; '.join(keys)}. Keep one label for "
        "each row, or deliver a correction by itself; nothing was stored."
    )


def future_labels(count: int, total: int, latest: object, as_of: object) -> InvalidLabelsError:
    """Return the error where labels are about events that have not happened yet."""
    return InvalidLabelsError(
        f"{count} of {total} labels are about events more than 5 minutes ahead of {as_of}, up to {latest}. "
        "Check the clock and the time zone that they come from; nothing was stored."
    )


def other_model_labels(pipeline: str, count: int, total: int, named: Iterable[str]) -> InvalidLabelsError:
    """Return the error where labels name a model version that did not predict their rows."""
    return InvalidLabelsError(
        f"{count} of {total} labels name a version of {pipeline!r} that did not predict their rows: "
        f"{'; '.join(named)}. Send them to the model that they are for, or leave out model_version; "
        "nothing was stored."
    )


def unusable_label_file(path: object, fault: str) -> InvalidLabelsError:
    """Return the error where a file of labels cannot be read."""
    return InvalidLabelsError(
        f"The file {path} {fault}. Give a Parquet file as NAME.parquet, or a CSV file as NAME.csv."
    )


def unusable_label_value(column: str, value: object) -> InvalidLabelsError:
    """Return the error where a value of a label's key, or the label, is a list, an object or no whole text."""
    return InvalidLabelsError(f"The column {column!r} has the value {value!r}. Give a text, a number, true or false.")


def too_many_labels(count: int, most: int) -> InvalidLabelsError:
    """Return the error where one call has more labels than are accepted."""
    return InvalidLabelsError(
        f"{count:,} labels came in one call, at most {most:,} are taken. Send them in several calls, "
        "or a file with driftline truth add."
    )


def delivery_in_the_past(pipeline: str, last: object, as_of: object) -> HistoryRewriteError:
    """Return the error where a delivery would change what was known at a time that has been answered for."""
    return HistoryRewriteError(
        f"Labels of {pipeline!r} arrived at {last}; a delivery as of {as_of} would rewrite what was known between. "
        "Deliver as of a later time."
    )
