"""The language of searches: the text of a filter or an order becomes a tree, which is never evaluated."""

from driftline.filters.parser import parse_filter, parse_order

__all__ = ["parse_filter", "parse_order"]
