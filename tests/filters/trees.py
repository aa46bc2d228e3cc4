"""Trees of filters, and orders, of any shape, for round trips."""

from datetime import UTC

from hypothesis import strategies as st

from driftline.filters.fields import _OF_TAGS, MANY_PER_RUN, NEVER_MISSING, ValueKind, kind_of
from driftline.filters.tree import (
    Aggregate,
    And,
    Attribute,
    Comparison,
    Membership,
    Metric,
    Not,
    Operator,
    Or,
    OrderBy,
    Param,
    Presence,
    Tag,
)
from driftline.filters.values import OPERATORS, PATTERNS, STATUSES, _is_number

TEXTS = st.text(max_size=12) | st.sampled_from(["it's", 'a "b"', "`", "AND", "日本", "a.max", "max", "-", "1e3"])
KEYS = TEXTS.filter(bool)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
VALUES = {
    ValueKind.NUMBER: FLOATS,
    ValueKind.ANY: FLOATS | TEXTS | st.booleans(),
    ValueKind.TEXT: TEXTS,
    ValueKind.STATUS: st.sampled_from(STATUSES),
    ValueKind.TIME: st.datetimes(timezones=st.just(UTC)),
    ValueKind.DURATION: FLOATS,
    ValueKind.BOOLEAN: st.booleans(),
}
FIELDS = (
    st.builds(Metric, key=KEYS, aggregate=st.sampled_from(Aggregate))
    | st.builds(Param, key=KEYS)
    | st.builds(Tag, key=KEYS.filter(lambda key: key not in _OF_TAGS))
    | st.sampled_from(Attribute)
)


@st.composite
def comparisons(draw):
    field = draw(FIELDS)
    kind = kind_of(field)
    if field not in NEVER_MISSING and draw(st.integers(0, 4)) == 0:
        return Presence(field=field, is_missing=draw(st.booleans()))
    if kind is not ValueKind.BOOLEAN and draw(st.integers(0, 4)) == 0:
        values = draw(st.lists(VALUES[kind], min_size=1, max_size=4))
        return Membership(field=field, values=tuple(values), is_negated=draw(st.booleans()))
    operator = draw(st.sampled_from(sorted(OPERATORS[kind])))
    if kind is ValueKind.BOOLEAN:
        return Comparison(field=field, operator=Operator.EQUAL, value=draw(st.booleans()))
    if operator in PATTERNS:
        return Comparison(field=field, operator=operator, value=draw(TEXTS).lower())
    value = draw(VALUES[kind])
    if kind is ValueKind.ANY and operator not in {Operator.EQUAL, Operator.NOT_EQUAL}:
        value = draw(FLOATS | TEXTS.filter(lambda text: not _is_number(text)))
    return Comparison(field=field, operator=operator, value=value)


def joined(kind):
    """`kind` with its terms: no term of an And is an And, none of an Or an Or, as the parser leaves them."""
    return lambda terms: kind(terms=tuple(term for term in terms if not isinstance(term, kind)))


def combinations(terms):
    several = st.lists(terms, min_size=2, max_size=4)
    made = several.map(joined(And)) | several.map(joined(Or))
    negated = terms.filter(lambda term: not isinstance(term, Not)).map(lambda term: Not(term=term))
    return made.filter(lambda one: len(one.terms) > 1) | negated


CONDITIONS = st.recursive(comparisons(), combinations, max_leaves=12)
ORDERS = st.lists(
    st.builds(OrderBy, field=FIELDS.filter(lambda field: field not in MANY_PER_RUN), is_descending=st.booleans()),
    max_size=4,
    unique_by=lambda one: one.field,
).map(tuple)
