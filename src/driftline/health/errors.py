"""The errors of the room `health`."""

from driftline.errors import InvalidInputError


class InvalidRecoveryError(InvalidInputError):
    """A rule of recovery, or a level, makes no sense."""

    code = "INVALID_RECOVERY"


def invalid_recovery(name: str, value: object, remedy: str) -> InvalidRecoveryError:
    """Return the error of a value that breaks its rule."""
    return InvalidRecoveryError(f"{name} of Recovery is {value!r}. Give {remedy}.")
