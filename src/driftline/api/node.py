"""From a row of the store to the node of the graph that shows it."""

from dataclasses import fields
from typing import Any, TypeVar

from driftline.api.scalars import finite

Node = TypeVar("Node")


def from_row(kind: type[Node], row: Any, **given: Any) -> Node:
    """Return the node of `kind` with what is given, or `row` has under the same names.

    A float that is not finite is None.
    """
    named = (field.name for field in fields(kind) if field.init)  # type: ignore[arg-type]  # a strawberry type is a dataclass
    return kind(**{name: given[name] if name in given else finite(getattr(row, name)) for name in named})
