"""Trees and orders as text again, in one spelling: what is parsed from it is the same tree."""

import re
from datetime import datetime

from driftline.filters.tree import (
    Aggregate,
    And,
    Attribute,
    Comparison,
    Condition,
    Field,
    Membership,
    Metric,
    Not,
    Or,
    Order,
    Param,
    Presence,
    Tag,
    Value,
)

_BARE_KEY = re.compile(r"[\w./:@-]+")


def filter_text(condition: Condition) -> str:
    """Return a filter as text; "" for one that every run meets.

    >>> filter_text(Presence(field=Metric(key="val loss"), is_missing=False))
    'metrics.`val loss` IS NOT NULL'
    """
    match condition:
        case And(terms=terms):
            return " AND ".join(f"({filter_text(one)})" if isinstance(one, Or) else filter_text(one) for one in terms)
        case Or(terms=terms):
            return " OR ".join(filter_text(one) for one in terms)
        case Not(term=term):
            return f"NOT ({filter_text(term)})" if isinstance(term, And | Or) else f"NOT {filter_text(term)}"
    return _comparison_text(condition)


def _comparison_text(condition: Comparison | Membership | Presence) -> str:
    name = field_text(condition.field)
    match condition:
        case Presence(is_missing=is_missing):
            return f"{name} IS NULL" if is_missing else f"{name} IS NOT NULL"
        case Membership(values=values, is_negated=is_negated):
            return f"{name} {'NOT IN' if is_negated else 'IN'} ({', '.join(map(_value_text, values))})"
        case Comparison(operator=operator, value=value):
            return f"{name} {operator} {_value_text(value)}"


def order_text(order: Order) -> str:
    """Return an order as text; "" for none."""
    return ", ".join(f"{field_text(one.field)} {'DESC' if one.is_descending else 'ASC'}" for one in order)


def field_text(field: Field) -> str:
    """Return the name of a field."""
    match field:
        case Metric(key=key, aggregate=Aggregate.LAST):
            name, _, tail = key.rpartition(".")
            return f"metrics.{_key(key, is_bare=not (name and tail in set(Aggregate)))}"
        case Metric(key=key, aggregate=aggregate):
            return f"metrics.{_key(key)}.{aggregate}"
        case Param(key=key):
            return f"params.{_key(key)}"
        case Tag(key=key):
            return f"tags.{_key(key)}"
        case Attribute():
            return str(field)


def _key(key: str, *, is_bare: bool = True) -> str:
    return key if is_bare and _BARE_KEY.fullmatch(key) else "`" + key.replace("`", "``") + "`"


def _value_text(value: Value) -> str:
    match value:
        case bool():
            return str(value).lower()
        case float():
            return repr(value).removesuffix(".0")
        case datetime():
            return f"'{value.isoformat()}'"
        case str():
            return "'" + value.replace("'", "''") + "'"
