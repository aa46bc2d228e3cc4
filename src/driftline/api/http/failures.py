"""What a response says of an error: all of what was raised on purpose, and a reference for the rest."""

import logging
import traceback
import uuid
from collections.abc import Iterable

from graphql import GraphQLError

from driftline.errors import DriftlineError
from driftline.masking import mask_secrets

_log = logging.getLogger("driftline.api")


def shown(errors: Iterable[GraphQLError]) -> list[GraphQLError]:
    """Return what a client may see of `errors`; what is not raised on purpose is logged once and becomes a `ref`."""
    refs: dict[int, str] = {}  # by the identity of a cause: one failed batch is the cause of many fields' errors
    return [_shown(error, refs) for error in errors]


def _shown(error: GraphQLError, refs: dict[int, str]) -> GraphQLError:
    cause = error.original_error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    if cause is None:
        return error
    if isinstance(cause, DriftlineError):
        return _with(error, error.message, {"code": cause.code})
    if id(cause) not in refs:
        refs[id(cause)] = uuid.uuid4().hex[:12]
        told = mask_secrets("".join(traceback.format_exception(cause)))
        _log.error("%s in the field %s\n%s", refs[id(cause)], error.path, told)
    ref = refs[id(cause)]
    message = f"An unexpected error. The server's log has it under {ref}."
    return _with(error, message, {"code": "INTERNAL_ERROR", "ref": ref})


def _with(error: GraphQLError, message: str, extensions: dict[str, object]) -> GraphQLError:
    return GraphQLError(
        message,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions=extensions,
    )
