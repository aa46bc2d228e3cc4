"""Fields that a method resolves."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import strawberry

Resolver = TypeVar("Resolver", bound=Callable[..., Any])


def field(description: str) -> Callable[[Resolver], Resolver]:
    """Return the decorator of a resolver; to a type checker, unlike strawberry's own, the method stays what it is."""
    return cast("Callable[[Resolver], Resolver]", strawberry.field(description=description))
