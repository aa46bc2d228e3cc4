"""The language of searches: the text of a filter or an order becomes a tree, which is never evaluated."""

from driftline.filters.fields import NEVER_MISSING
from driftline.filters.parser import parse_filter, parse_order
from driftline.filters.text import filter_text, order_text
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
    Operator,
    Or,
    Order,
    OrderBy,
    Param,
    Presence,
    Tag,
    Value,
    fields_of,
    terms_of,
)

__all__ = [
    "NEVER_MISSING",
    "Aggregate",
    "And",
    "Attribute",
    "Comparison",
    "Condition",
    "Field",
    "Membership",
    "Metric",
    "Not",
    "Operator",
    "Or",
    "Order",
    "OrderBy",
    "Param",
    "Presence",
    "Tag",
    "Value",
    "fields_of",
    "filter_text",
    "order_text",
    "parse_filter",
    "parse_order",
    "terms_of",
]
