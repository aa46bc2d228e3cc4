"""The errors of the room `ingest`."""

from driftline.errors import InvalidInputError


class InvalidBatchError(InvalidInputError):
    """What was sent is no batch of events."""


def invalid_batch(fault: str) -> InvalidBatchError:
    """Return the error where events that were sent cannot be read."""
    return InvalidBatchError(
        f"The events that were sent cannot be read: {fault}. Send them with the driftline of the server's version."
    )
