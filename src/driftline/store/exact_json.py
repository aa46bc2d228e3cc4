"""Single values that come back as they were stored: with their type, and every digit."""

import json
from typing import Any

from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator

_DECODER = json.JSONDecoder()


class ExactJson(TypeDecorator[Any]):
    """A value as JSON in a column of text, with NaN and the infinities as Python's json names them.

    A column of JSON would not do: SQLite gives it the affinity of numbers, so that 1.0 comes back as 1, and a whole
    number of 128 bits as a rounded float.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str:
        """Return the text of a value."""
        return json.dumps(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Return the value of a text; as it was made by `json.dumps`, no space has to be looked for."""
        return None if value is None else _DECODER.raw_decode(value)[0]
