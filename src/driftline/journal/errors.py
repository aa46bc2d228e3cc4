"""The errors of the room `journal`."""

from driftline.errors import StorageError


class JournalError(StorageError):
    """A journal cannot be written or read."""


def unwritable_journal(path: object, cause: object) -> JournalError:
    """Return the error where an event cannot be appended."""
    return JournalError(
        f"The journal {path} cannot be written: {cause}. Free space on its disk, or set DRIFTLINE_HOME to "
        "another place."
    )


def no_journal(path: object, fault: str) -> JournalError:
    """Return the error where a file is not a journal of this version."""
    return JournalError(f"{path} is no journal that this version reads: {fault}. Install the version that wrote it.")


class NewerJournalError(JournalError):
    """A newer driftline has written a journal."""


def newer_journal(path: object, kind: int) -> NewerJournalError:
    """Return the error where a journal holds an event of a kind that this version does not know."""
    return NewerJournalError(
        f"The journal {path} holds an event of kind {kind}, which this version does not know. Upgrade driftline here: "
        "pip install --upgrade driftline. Nothing of it was delivered or removed."
    )
