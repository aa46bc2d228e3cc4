"""The errors of the room `evaluations`."""

from collections.abc import Iterable

from driftline.errors import (
    NotYetError,
    listing,
)
from driftline.registry.errors import IncomparableModelsError
from driftline.rows.errors import InvalidDatasetError


class NothingMeasuredError(NotYetError):
    """No partition of a window can be measured."""

    def __init__(self, pipeline: str, why: str) -> None:
        super().__init__(f"Nothing of {pipeline!r} can be measured in this window: {why}")


def duplicate_rows(pipeline: str, key: Iterable[str], count: int) -> InvalidDatasetError:
    """Return the error where rows of a stream cannot be told apart."""
    return InvalidDatasetError(
        f"{count} rows of {pipeline!r} share {listing(key)} with another row, so a label could belong to either. "
        "Declare entity=(...) with the columns that tell them apart, or remove the duplicates."
    )


def mixed_classes(pipeline: str, versions: Iterable[int]) -> IncomparableModelsError:
    """Return the error where the versions that served a window tell other classes apart."""
    return IncomparableModelsError(
        f"The versions {listing(map(str, versions))} of {pipeline!r} predict different classes, so their rows "
        "cannot be measured together. Choose a shorter window, or name one version."
    )
