"""The roots of all errors, and two helpers of their sentences; each room declares its own below them.

The first sentence of a message says what is wrong, with the value and the rule; the second what to do.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import ClassVar

from driftline.masking import mask_secrets

LONGEST_MESSAGE = 10_000  # characters; what was given may be megabytes
LONGEST_NAME = 200  # for which similar ones are looked for

# SQLite's words, also where its index of the log finds no space, and those of PostgreSQL.
_FULL = ("disk is full", "disk I/O error", "No space left")


class DriftlineError(Exception):
    """The root of the tree: catch it to catch all that driftline raises on purpose.

    Its message holds no secret of a URL, and what is too long is cut amid it.

    Attributes:
        code: what programs tell errors apart by, as over GraphQL. A class that a caller handles in the same way as its
            root keeps the root's code.
    """

    code: ClassVar[str]

    def __init__(self, message: str) -> None:
        shown, half = mask_secrets(message), LONGEST_MESSAGE // 2
        super().__init__(shown if len(shown) <= LONGEST_MESSAGE else f"{shown[:half]} … {shown[-half:]}")


class InvalidInputError(DriftlineError):
    """What was given breaks a rule; nothing was changed."""

    code = "INVALID_INPUT"


class NotFoundError(DriftlineError):
    """What was asked for does not exist."""

    code = "NOT_FOUND"


class StorageError(DriftlineError):
    """The database or the artifact store did not serve."""

    code = "STORAGE"


class NotYetError(DriftlineError):
    """The answer is not known yet; asking later helps."""

    code = "NOT_YET"


class ConflictError(DriftlineError):
    """Somebody else was first."""

    code = "CONFLICT"


class DagsterError(DriftlineError):
    """Dagster did not answer, refused, or failed."""

    code = "DAGSTER"


def listing(names: Iterable[str], *, most: int = 20) -> str:
    """Return `names` as one comma-separated line; "none" without any, the rest counted past `most`."""
    names = list(names)
    if not names:
        return "none"
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + rest


def suggestion(name: str, names: Iterable[str]) -> str:
    """Return "Did you mean …?" for the closest of `names`, or all of them where none is close."""
    names = sorted(names)
    close = get_close_matches(name, names, n=1) if len(name) <= LONGEST_NAME else []
    return f"Did you mean {close[0]!r}?" if close else f"Known: {listing(names)}."


class LibraryMissingError(StorageError):
    """A library cannot be loaded on this machine."""

    def __init__(self, library: str, cause: object, remedy: str) -> None:
        super().__init__(f"{library} cannot be loaded: {cause}. Install what it needs: {remedy}.")


class DatabaseUnavailableError(StorageError):
    """The database does not answer."""

    code = "DATABASE_UNAVAILABLE"

    def __init__(self, url: str, cause: object) -> None:
        reason = " ".join(str(cause).split()).rstrip(".?")  # PostgreSQL says it in two lines, the second a question
        is_full = any(words in reason for words in _FULL)
        remedy = "Free space on its disk" if is_full else "Check that it runs and that DRIFTLINE_DATABASE_URL names it"
        super().__init__(f"The database {url} does not serve: {reason}. {remedy}; nothing was written.")
