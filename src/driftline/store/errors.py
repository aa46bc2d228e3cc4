"""The errors of the room `store`."""

from driftline.errors import InvalidInputError, StorageError
from driftline.settings import InvalidSettingError

# SQLite's words, also where its index of the log finds no space, and those of PostgreSQL.
_FULL = ("disk is full", "disk I/O error", "No space left")


class DatabaseUnavailableError(StorageError):
    """The database does not answer."""

    code = "DATABASE_UNAVAILABLE"

    def __init__(self, url: str, cause: object) -> None:
        reason = " ".join(str(cause).split()).rstrip(".?")  # PostgreSQL says it in two lines, the second a question
        is_full = any(words in reason for words in _FULL)
        remedy = "Free space on its disk" if is_full else "Check that it runs and that DRIFTLINE_DATABASE_URL names it"
        super().__init__(f"The database {url} does not serve: {reason}. {remedy}; nothing was written.")


class UnstorableValueError(InvalidInputError):
    """A value is none that a database keeps."""


class NewerDatabaseError(StorageError):
    """A newer driftline has migrated this database."""

    def __init__(self, revision: str, newest: str) -> None:
        super().__init__(
            f"The database has schema revision {revision}, this driftline knows up to {newest}. "
            "Upgrade driftline: pip install --upgrade driftline."
        )


def invalid_database_url(url: str, fault: str) -> InvalidSettingError:
    """Return the error where a database URL cannot be used."""
    return InvalidSettingError(
        f"The database URL {url!r} {fault}. Set DRIFTLINE_DATABASE_URL to "
        "sqlite:////path/to/file.db in an existing folder or to postgresql://user@host/name."
    )


def unstorable_value(value: object, fault: str) -> UnstorableValueError:
    """Return the error where a value can be neither stored nor asked for."""
    return UnstorableValueError(f"The value {value!r} cannot be stored or asked for: {fault}. Give another one.")


def out_of_range(cause: object) -> UnstorableValueError:
    """Return the error where the database refuses a value, which it does not name."""
    return UnstorableValueError(f"The database takes no such value: {' '.join(str(cause).split())}. Give another one.")
