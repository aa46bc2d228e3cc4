"""Which values the databases keep: the same on SQLite, which would take more, and on PostgreSQL."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Engine, String, event
from sqlalchemy.types import TypeDecorator

from driftline.storable_text import is_storable, storable_prose
from driftline.store.errors import unstorable_value

CHECKED = "driftline_checked"  # an option of a statement whose values are known to be storable
_LARGEST = 2**63  # of a signed integer of 64 bits, one more


class Prose(TypeDecorator[str]):
    """Text that is to be read, such as a traceback.

    It holds no secret of a URL, and what no database keeps in it is written as an escape.
    """

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: object) -> str | None:
        """Return the text as it is stored."""
        if value is None:
            return None
        return storable_prose(value)


def refuse_unstorable(engine: Engine) -> None:
    """Let no statement reach the database whose values it would not keep: names, ids, and what is asked for."""

    @event.listens_for(engine, "before_cursor_execute")
    def check(
        _connection: object, _cursor: object, _statement: str, parameters: object, context: Any, _many: object
    ) -> None:
        if context is None or not context.execution_options.get(CHECKED):
            _check(parameters)


def _check(value: object) -> None:
    """Refuse a value, or one of those in the rows of a statement."""
    if isinstance(value, Mapping | list | tuple):
        for part in value.values() if isinstance(value, Mapping) else value:
            _check(part)
    elif isinstance(value, str):
        if not is_storable(value):
            raise unstorable_value(value, "it holds NUL or half of a character")
    elif isinstance(value, int):
        if not -_LARGEST <= value < _LARGEST:
            raise unstorable_value(f"{value:.4e}", "it has more than 64 bits")
    elif type(value).__module__ == "numpy" and not isinstance(value, float):  # SQLite would take its bytes
        raise unstorable_value(repr(value), "it is a number of numpy: pass int(value)")
