"""One comparison of a search as SQL: of a number, a text, a param or a tag."""

import operator
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, not_, or_, select, true
from sqlmodel import SQLModel

from driftline.filters import Comparison, Membership, Operator, Presence, Value
from driftline.ingest import LONGEST_TEXT

Column = ColumnElement[Any]
Leaf = Comparison | Membership | Presence

COMPARED: dict[Operator, Callable[[Any, Any], Any]] = {
    Operator.EQUAL: operator.eq,
    Operator.NOT_EQUAL: operator.ne,
    Operator.LESS: operator.lt,
    Operator.LESS_OR_EQUAL: operator.le,
    Operator.GREATER: operator.gt,
    Operator.GREATER_OR_EQUAL: operator.ge,
}
_NEGATED = {Operator.NOT_LIKE: Operator.LIKE, Operator.NOT_ILIKE: Operator.ILIKE}


@cache
def table(name: str, use: str = "met") -> Any:
    """Return a table under a name for one use of it, so that a statement may use it for several; made once."""
    return SQLModel.metadata.tables[name].alias(f"{use}_{name}")


def exists(*conditions: Column) -> Column:
    """Return whether there is a row that meets all conditions."""
    return select(1).where(*conditions).exists()


def is_range(condition: Leaf) -> bool:
    """Return whether an index on the field leads to just the rows that meet a condition."""
    match condition:
        case Presence(is_missing=is_missing):
            return not is_missing
        case Membership(is_negated=is_negated):
            return not is_negated
        case Comparison(operator=compared):
            return compared in COMPARED and compared is not Operator.NOT_EQUAL


def number_meets(column: Column, condition: Leaf) -> Column:
    """Return whether a value of a metric meets a condition; NULL is one that is not finite, and unequal to all."""
    match condition:
        case Presence():
            return column.is_not(None)
        case Membership(values=values, is_negated=is_negated):
            return or_(column.not_in(values), column.is_(None)) if is_negated else column.in_(values)
        case Comparison(operator=Operator.NOT_EQUAL, value=value):
            return or_(column != value, column.is_(None))
        case Comparison(operator=compared, value=value):
            return COMPARED[compared](column, value)  # type: ignore[no-any-return]


def text_meets(column: Column, condition: Leaf, dialect: str) -> Column:
    """Return whether a text or a time meets a condition."""
    match condition:
        case Presence():
            return column.is_not(None)
        case Membership(values=values, is_negated=is_negated):
            return column.not_in(values) if is_negated else column.in_(values)
        case Comparison(operator=compared, value=value) if compared in COMPARED:
            return COMPARED[compared](column, value)  # type: ignore[no-any-return]
        case Comparison(operator=compared, value=value):
            like = _like(column, _NEGATED.get(compared, compared), str(value), dialect)
            return not_(like) if compared in _NEGATED else like


def param_meets(row: Any, condition: Leaf, dialect: str) -> Column:
    """Return whether a row of `param` meets a condition: numbers are compared as such, texts as they are written."""
    match condition:
        case Comparison(operator=Operator.EQUAL, value=value):
            return _equal_param(row, value)
        case Comparison(operator=Operator.NOT_EQUAL, value=value):
            return not_(func.coalesce(_equal_param(row, value), false()))
        case Comparison(operator=compared, value=float() as value):
            return COMPARED[compared](row.c.number, value)  # type: ignore[no-any-return]
        case Comparison(operator=compared, value=value) if compared in COMPARED:
            return and_(row.c.number.is_(None), COMPARED[compared](row.c.text, _start(value)))
        case Membership(values=values, is_negated=is_negated):
            equal = or_(*(_equal_param(row, value) for value in values))
            return not_(func.coalesce(equal, false())) if is_negated else equal
    return text_meets(row.c.text, condition, dialect)


def tag_meets(row: Any, condition: Leaf, dialect: str) -> Column:
    """Return whether a row of `tag` meets a condition."""
    match condition:
        case Comparison(operator=Operator.EQUAL | Operator.NOT_EQUAL as compared, value=value):
            equal = _equal_tag(row, str(value))
            return equal if compared is Operator.EQUAL else not_(equal)
        case Membership(values=values, is_negated=is_negated):
            equal = or_(*(_equal_tag(row, str(value)) for value in values))
            return not_(equal) if is_negated else equal
        case Comparison(operator=compared, value=value) if compared in COMPARED:
            return COMPARED[compared](row.c.text, _start(value))  # type: ignore[no-any-return]
    return text_meets(row.c.text, condition, dialect)


def logged_ranges(row: Any, condition: Leaf) -> Iterator[Column]:
    """Give ranges of the indexes of `param` or `tag`, within a key, in which all rows lie that meet a condition."""
    if not is_range(condition):
        return
    match condition:
        case Presence():
            yield true()
        case Membership(values=values):
            numbers = [value for value in values if isinstance(value, float)]
            texts = [_start(value) for value in values if not isinstance(value, float)]
            if numbers:
                yield row.c.number.in_(numbers)
            if texts:
                yield row.c.text.in_(texts)
        case Comparison(operator=compared, value=float() as value):
            yield COMPARED[compared](row.c.number, value)
        case Comparison(operator=compared, value=value):
            yield COMPARED[compared](row.c.text, _start(value))


def holds_text(texts: Sequence[str], condition: Leaf) -> bool:
    """Return whether any of the spellings of one thing meets a condition, or none does, where it is negated."""
    match condition:
        case Membership(values=values, is_negated=is_negated):
            return any(text in values for text in texts) is not is_negated
        case Comparison(operator=Operator.EQUAL | Operator.NOT_EQUAL as compared, value=value):
            return (value in texts) is (compared is Operator.EQUAL)
        case Comparison(operator=compared, value=value) if compared in COMPARED:
            return any(COMPARED[compared](text, value) for text in texts)
        case Comparison(operator=compared, value=value):
            capitals = re.NOFLAG if _NEGATED.get(compared, compared) is Operator.LIKE else re.IGNORECASE
            parts = (re.escape(part).replace("_", ".") for part in str(value).split("%"))
            pattern = re.compile(".*".join(parts), capitals | re.DOTALL)
            return any(map(pattern.fullmatch, texts)) is (compared not in _NEGATED)
    return True


def _equal_param(row: Any, value: Value) -> Column:
    if isinstance(value, bool):
        return and_(row.c.number == float(value), row.c.text == str(value))
    if isinstance(value, float):
        return row.c.number == value  # type: ignore[no-any-return]
    text = str(value)
    start = row.c.text == _start(text)
    return and_(start, row.c.value == text) if len(text) >= LONGEST_TEXT else start


def _equal_tag(row: Any, text: str) -> Column:
    start = row.c.text == _start(text)
    return and_(start, row.c.rest == text[LONGEST_TEXT:]) if len(text) >= LONGEST_TEXT else start


def _start(value: Value) -> str:
    """Return what stands of a value in the column `text`."""
    return str(value)[:LONGEST_TEXT]


def _like(column: Column, compared: Operator, pattern: str, dialect: str) -> Column:
    """Return whether a text matches: but for % and _ each character of a pattern means itself."""
    if dialect != "sqlite":
        return column.like(pattern, escape="") if compared is Operator.LIKE else column.ilike(pattern, escape="")
    if compared is Operator.ILIKE:
        return column.like(pattern)  # which minds no capitals of ASCII there
    glob = re.sub(r"[*?[]", r"[\g<0>]", pattern).replace("%", "*").replace("_", "?")
    return column.op("GLOB", is_comparison=True)(glob)
