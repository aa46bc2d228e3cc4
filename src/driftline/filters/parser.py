"""The grammar: from the text of a filter to its tree, and from clauses to an order."""

from collections.abc import Iterator, Sequence
from typing import NoReturn

from driftline.errors import listing
from driftline.filters.errors import InvalidFilterError, InvalidOrderError, SearchTextError, WordError
from driftline.filters.fields import MANY_PER_RUN, NEVER_MISSING, ValueKind, field_named, kind_of
from driftline.filters.text import field_text
from driftline.filters.tokens import Kind, Token, tokens
from driftline.filters.tree import (
    And,
    Attribute,
    Comparison,
    Condition,
    Field,
    Membership,
    Not,
    Operator,
    Or,
    Order,
    OrderBy,
    Presence,
    Value,
)
from driftline.filters.values import OPERATORS, value_of

DEEPEST = 20  # parentheses within each other; each is a handful of frames of Python and of the database
MOST_TERMS = 200  # comparisons of a filter; SQLite allows a depth of a thousand
MOST_VALUES = 1000  # of all lists of a filter
_RESERVED = {"AND", "OR", "NOT", "IN", "LIKE", "ILIKE", "IS", "NULL", "TRUE", "FALSE", "BETWEEN"}
_INSTEAD = {
    "BETWEEN": "Write two comparisons: metrics.auc >= 0.8 AND metrics.auc <= 0.9.",
    "CONTAINS": "Write LIKE '%text%'.",
    "STARTSWITH": "Write LIKE 'text%'.",
    "MATCHES": "Write LIKE with % for any characters and _ for one.",
    "RLIKE": "Write LIKE with % for any characters and _ for one.",
}


def parse_filter(text: str) -> Condition:
    """Return the tree of a filter; an empty one means every run.

    >>> parse_filter("params.lr < 0.1")
    Comparison(field=Param(key='lr'), operator=<Operator.LESS: '<'>, value=0.1)

    Raises:
        InvalidFilterError: the text is not a filter.
    """
    words = _Words(text, InvalidFilterError)
    _pass_ands(words)
    if words.at_end():
        return And(terms=())
    condition = _Grammar(words).either(0)
    if not words.at_end():
        _refuse_rest(words)
    return condition


def parse_order(clauses: str | Sequence[str]) -> Order:
    """Return the order that clauses such as "metrics.auc DESC" name; a text may hold several with commas between them.

    Raises:
        InvalidOrderError: a text is not such a clause, or two are of one field.
    """
    texts = [clauses] if isinstance(clauses, str) else clauses
    order: list[OrderBy] = []
    for text in texts:
        for position, clause in _clauses(_Words(text, InvalidOrderError)):
            if clause.field in [one.field for one in order]:
                fault = f"{field_text(clause.field)} is in the order twice"
                raise InvalidOrderError(text, position, fault, "Name each field once.")
            order.append(clause)
    return tuple(order)


class _Words:
    """The words of a text, one after the other."""

    def __init__(self, text: str, error: type[SearchTextError]) -> None:
        self._text, self._error = text, error
        self._rest = tokens(text, error)
        self.current = next(self._rest)

    def at_end(self) -> bool:
        """Return whether no word is left."""
        return self.current.kind is Kind.END

    def take(self) -> Token:
        """Return the current word and go on to the next."""
        taken = self.current
        if taken.kind is not Kind.END:
            self.current = next(self._rest)
        return taken

    def take_keyword(self, keyword: str) -> bool:
        """Go on where the current word is this keyword; return whether it was."""
        found = self.current.keyword == keyword
        if found:
            self.take()
        return found

    def take_mark(self, mark: str) -> bool:
        """Go on where the current word is this parenthesis or comma; return whether it was."""
        found = self.current.kind is Kind.MARK and self.current.text == mark
        if found:
            self.take()
        return found

    def refuse(self, token: Token, fault: str, hint: str) -> NoReturn:
        """Raise the error at a word."""
        raise self._error(self._text, token.position, fault, hint)

    def field(self) -> Field:
        """Take a field, or raise the error."""
        token = self.current
        if token.kind is not Kind.NAME or token.keyword in _RESERVED:
            self.refuse(token, f"Expected a field, found {_shown(token)}", _field_hint(token))
        try:
            field = field_named(token)
        except WordError as error:
            self.refuse(token, str(error), error.hint)
        self.take()
        return field


class _Grammar:
    """Reads a filter by going down: OR, AND, NOT, a comparison."""

    def __init__(self, words: _Words) -> None:
        self._words = words
        self._terms = self._values = 0

    def either(self, depth: int) -> Condition:
        """Read terms with OR between them."""
        terms = [self._all(depth)]
        while self._words.take_keyword("OR"):
            terms.append(self._all(depth))
        parts = [part for term in terms for part in (term.terms if isinstance(term, Or) else (term,))]
        return terms[0] if len(terms) == 1 else Or(terms=tuple(parts))

    def _all(self, depth: int) -> Condition:
        words, terms = self._words, [self._term(depth)]
        while words.current.keyword == "AND":
            _pass_ands(words)
            if words.at_end():
                break
            terms.append(self._term(depth))
        parts = [part for term in terms for part in (term.terms if isinstance(term, And) else (term,))]
        return terms[0] if len(terms) == 1 else And(terms=tuple(parts))

    def _term(self, depth: int) -> Condition:
        words, is_negated = self._words, False
        while words.take_keyword("NOT"):
            is_negated = not is_negated
        opening = words.current
        if not words.take_mark("("):
            term = self._comparison()
        elif depth == DEEPEST:
            words.refuse(opening, f"More than {DEEPEST} parentheses are open", "Take out those that change nothing.")
        else:
            term = self.either(depth + 1)
            if not words.take_mark(")"):
                words.refuse(
                    words.current,
                    f"Expected ), found {_shown(words.current)}",
                    f"The one at character {opening.position + 1} is open.",
                )
        if not is_negated:
            return term
        return term.term if isinstance(term, Not) else Not(term=term)

    def _comparison(self) -> Condition:
        words, start = self._words, self._words.current
        self._terms += 1
        if self._terms > MOST_TERMS:
            words.refuse(
                start, f"The filter has more than {MOST_TERMS} comparisons", "Write a list, as run_id IN (...)."
            )
        field = words.field()
        if words.take_keyword("IS"):
            is_missing = not words.take_keyword("NOT")
            if not words.take_keyword("NULL"):
                words.refuse(
                    words.current, f"Expected NULL, found {_shown(words.current)}", "Write IS NULL or IS NOT NULL."
                )
            if field in NEVER_MISSING:
                words.refuse(start, f"Every run has {field_text(field)}", "Leave this comparison out.")
            return Presence(field=field, is_missing=is_missing)
        if field is Attribute.ARCHIVED and words.current.kind is not Kind.OPERATOR:
            return Comparison(field=field, operator=Operator.EQUAL, value=True)
        is_negated = words.take_keyword("NOT")
        if words.current.keyword == "IN" and kind_of(field) is not ValueKind.BOOLEAN:
            words.take()
            return Membership(field=field, values=self._list(field), is_negated=is_negated)
        operator = self._operator(field, is_negated=is_negated)
        value = self._value(field, operator)
        if field is Attribute.ARCHIVED:
            return Comparison(field=field, operator=Operator.EQUAL, value=value is (operator is Operator.EQUAL))
        return Comparison(field=field, operator=operator, value=value)

    def _operator(self, field: Field, *, is_negated: bool) -> Operator:
        token = self._words.take()
        written = f"NOT {token.keyword}" if is_negated else token.keyword or token.text
        is_operator = (token.kind is Kind.OPERATOR and not is_negated) or token.keyword in {"LIKE", "ILIKE"}
        if not is_operator:
            hint = _INSTEAD.get(token.keyword, "Write one of = != < <= > >= IN LIKE ILIKE, IS NULL or IS NOT NULL.")
            self._words.refuse(token, f"Expected an operator after {field_text(field)}, found {_shown(token)}", hint)
        operator = Operator(written)
        allowed = OPERATORS[kind_of(field)]
        if operator not in allowed:
            hint = f"It can be compared by {listing(one for one in Operator if one in allowed)} and IN."
            self._words.refuse(token, f"{field_text(field)} has no {operator}", hint)
        return operator

    def _value(self, field: Field, operator: Operator) -> Value:
        token = self._words.current
        try:
            value = value_of(token, kind_of(field), operator)
        except WordError as error:
            self._words.refuse(token, str(error), error.hint)
        self._words.take()
        return value

    def _list(self, field: Field) -> tuple[Value, ...]:
        words, values = self._words, list[Value]()
        if not words.take_mark("("):
            words.refuse(words.current, f"Expected (, found {_shown(words.current)}", "Write a list as ('a', 'b').")
        while not (values and words.take_mark(")")):
            if values and not words.take_mark(","):
                words.refuse(
                    words.current, f"Expected , or ), found {_shown(words.current)}", "Write a list as ('a', 'b')."
                )
            self._values += 1
            if self._values > MOST_VALUES:
                words.refuse(
                    words.current, f"The filter lists more than {MOST_VALUES} values", "Search with several filters."
                )
            values.append(self._value(field, Operator.EQUAL))
        return tuple(values)


def _clauses(words: _Words) -> Iterator[tuple[int, OrderBy]]:
    """Give the clauses of an order with their places."""
    while not words.at_end():
        start = words.current
        field = words.field()
        if field in MANY_PER_RUN:
            words.refuse(start, f"A run may have many of {field_text(field)}", "Order by a field of which it has one.")
        is_descending = words.take_keyword("DESC")
        if not is_descending:
            words.take_keyword("ASC")
        yield start.position, OrderBy(field=field, is_descending=is_descending)
        if words.take_mark(","):
            if words.at_end():
                words.refuse(words.current, "Expected a field after the comma, found the end", "Take out the comma.")
        elif not words.at_end():
            hint = "Write DESC for the largest first, and a comma before another field."
            words.refuse(words.current, f"Expected ASC, DESC or a comma, found {_shown(words.current)}", hint)


def _pass_ands(words: _Words) -> None:
    """Go past AND, once or more often: MLflow takes a filter that begins or ends with it, or has two in a row."""
    while words.take_keyword("AND"):
        pass


def _refuse_rest(words: _Words) -> NoReturn:
    token = words.current
    if token.kind is Kind.MARK and token.text == ")":
        words.refuse(token, "This ) closes nothing", "Take it out, or open a parenthesis before.")
    words.refuse(token, f"Expected AND, OR or the end, found {_shown(token)}", "Write AND between two comparisons.")


def _field_hint(token: Token) -> str:
    if token.kind is Kind.TEXT:
        return "Names are quoted in backticks or double quotes, as metrics.`val loss`; single quotes are for values."
    if token.kind is Kind.NAME:
        return f"{token.keyword} is a word of the language: a field follows here, as metrics.auc > 0.9."
    return "A comparison begins with its field, as metrics.auc > 0.9."


def _shown(token: Token) -> str:
    return "the end" if token.kind is Kind.END else token.source
