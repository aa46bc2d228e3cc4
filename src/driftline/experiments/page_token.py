"""Tokens that say where the next page of a search begins, for whoever asks for it later."""

import base64
import binascii
import hashlib
import json
from datetime import datetime
from typing import Any

from driftline.experiments.errors import InvalidPageTokenError
from driftline.filters import Condition, Order, filter_text, order_text
from driftline.store.run_order import Place

SEAL = 16  # characters


def token_of(place: Place, condition: Condition, order: Order) -> str:
    """Return the token of the page after a place in a search."""
    content = json.dumps([place.number, [_written(value) for value in place.values]])
    return base64.urlsafe_b64encode(f"{_seal(content, condition, order)}{content}".encode()).decode()


def place_of(token: str, condition: Condition, order: Order) -> Place:
    """Return the place that a token says.

    Raises:
        InvalidPageTokenError: it is not one, or is of another search.
    """
    try:
        sealed = base64.b64decode(token.encode(), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise InvalidPageTokenError(token) from None
    seal, content = sealed[:SEAL], sealed[SEAL:]
    if seal != _seal(content, condition, order):
        raise InvalidPageTokenError(token)
    number, values = json.loads(content)
    return Place(number=number, values=tuple(_read(value) for value in values))


def _seal(content: str, condition: Condition, order: Order) -> str:
    """Return what only the same search with the same place has; it is a check, and no secret."""
    search = "\n".join([content, filter_text(condition), order_text(order)])
    return hashlib.sha256(search.encode(errors="surrogatepass")).hexdigest()[:SEAL]


def _written(value: Any) -> Any:
    return {"time": value.isoformat()} if isinstance(value, datetime) else value


def _read(value: Any) -> Any:
    return datetime.fromisoformat(value["time"]) if isinstance(value, dict) else value
