"""The errors of the room `store`."""

from driftline.errors import InvalidInputError, StorageError
from driftline.settings import InvalidSettingError


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
