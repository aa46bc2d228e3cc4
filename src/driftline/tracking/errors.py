"""The errors of the room `tracking`."""

from collections.abc import Iterable

from driftline.errors import (
    InvalidInputError,
    NotFoundError,
    listing,
    suggestion,
)


class InvalidKeyError(InvalidInputError):
    """A key of a param, metric or artifact cannot be used."""

    def __init__(self, key: str) -> None:
        super().__init__(
            f"The key {key!r} is not a relative path of at most 250 characters. "
            "Name it like 'auroc', 'train/loss' or 'model/model.txt'."
        )


class UnclearRunError(NotFoundError):
    """An id names no run, or more than one."""

    def __init__(self, run_id: str, matches: Iterable[str]) -> None:
        matches = list(matches)
        which = f"{len(matches)} runs start with {run_id!r}: {listing(matches)}" if matches else f"No run is {run_id!r}"
        super().__init__(f"{which}. List them: driftline runs.")


class UnknownStatusError(InvalidInputError):
    """There is no such status of a run."""

    def __init__(self, status: str, known: Iterable[str]) -> None:
        super().__init__(f"There is no status {status!r}. {suggestion(status, known)}")
