"""The errors of the room `evaluations`."""

from collections.abc import Iterable

from driftline.errors import (
    InvalidInputError,
    NotYetError,
    listing,
)


class DuplicateRowError(InvalidInputError):
    """Rows of a stream cannot be told apart."""

    def __init__(self, pipeline: str, key: Iterable[str], count: int) -> None:
        super().__init__(
            f"{count} rows of {pipeline!r} share {listing(key)} with another row, so a label could belong to either. "
            "Declare entity=(...) with the columns that tell them apart, or remove the duplicates."
        )


class MixedClassesError(InvalidInputError):
    """The versions that served a window tell other classes apart."""

    def __init__(self, pipeline: str, versions: Iterable[int]) -> None:
        super().__init__(
            f"The versions {listing(map(str, versions))} of {pipeline!r} tell other classes apart, so their rows "
            "cannot be measured together. Choose a shorter window, or name one version."
        )


class NothingMeasuredError(NotYetError):
    """No partition of a window can be measured."""

    def __init__(self, pipeline: str, why: str) -> None:
        super().__init__(f"Nothing of {pipeline!r} can be measured in this window: {why}")
