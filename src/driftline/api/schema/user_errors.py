"""Errors as a part of a mutation's result: why it changed nothing, with a code for programs."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import strawberry

from driftline import errors

Payload = TypeVar("Payload")


@strawberry.interface(description="Why something was not done; nothing has changed.")
class UserError:
    """Why something was not done."""

    code: str = strawberry.field(description="A code for programs, such as INVALID_LABELS.")
    message: str = strawberry.field(description="What is wrong, and what to do.")


@strawberry.type(description="What was given breaks a rule.")
class InvalidInputError(UserError):
    """What was given breaks a rule."""


@strawberry.type(description="What was named does not exist.")
class NotFoundError(UserError):
    """What was named does not exist."""


@strawberry.type(description="Somebody else was first; asking again helps.")
class ConflictError(UserError):
    """Somebody else was first."""


@strawberry.type(description="Dagster did not answer, or refused.")
class DagsterError(UserError):
    """Dagster did not answer, or refused."""


async def invalid_or_missing(
    work: Callable[[], Awaitable[Payload]],
) -> Payload | InvalidInputError | NotFoundError:
    """Return what `work` gives, or the error that it raised on purpose about what was given."""
    try:
        return await work()
    except errors.InvalidInputError as error:
        return InvalidInputError(code=error.code, message=str(error))
    except errors.NotFoundError as error:
        return NotFoundError(code=error.code, message=str(error))
