"""Why a person acts: kept with the decision, so that it can be asked months later."""

from driftline.registry.errors import MissingReasonError


def stated(reason: str) -> str:
    """Return a reason without the blanks around it.

    Raises:
        MissingReasonError: nothing is left of it.
    """
    if not reason.strip():
        raise MissingReasonError
    return reason.strip()
