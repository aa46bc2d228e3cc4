"""The values that fields are compared with, as they are written and as they are meant."""

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from driftline.clock import InvalidTimeError, parse_duration, parse_time
from driftline.errors import suggestion
from driftline.filters.errors import WordError
from driftline.filters.fields import ValueKind
from driftline.filters.tokens import Kind, Token
from driftline.filters.tree import Operator, Value

STATUSES = ("running", "finished", "failed", "killed", "lost")
_OF_MLFLOW = "scheduled"  # a status that no run has here
LONGEST_PATTERN = 1_000  # characters; SQLite reads 50,000 bytes
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BOOLEANS = {"TRUE": True, "FALSE": False}
_EXAMPLES = {
    ValueKind.NUMBER: "a number, such as 0.9",
    ValueKind.ANY: "a number, a text in quotes, true or false",
    ValueKind.TEXT: "a text in quotes, such as 'adam'",
    ValueKind.STATUS: "a status in quotes, such as 'finished'",
    ValueKind.TIME: "a time, as '2026-05-03', '2026-05-03T07:00:00Z' or milliseconds since 1970",
    ValueKind.DURATION: "seconds, or a text such as '30m'",
    ValueKind.BOOLEAN: "true or false",
}
PATTERNS = frozenset({Operator.LIKE, Operator.NOT_LIKE, Operator.ILIKE, Operator.NOT_ILIKE})
_EQUALITIES = frozenset({Operator.EQUAL, Operator.NOT_EQUAL})
_COMPARISONS = frozenset(Operator) - PATTERNS
OPERATORS = {
    ValueKind.NUMBER: _COMPARISONS,
    ValueKind.ANY: frozenset(Operator),
    ValueKind.TEXT: frozenset(Operator),
    ValueKind.STATUS: _EQUALITIES | PATTERNS,
    ValueKind.TIME: _COMPARISONS,
    ValueKind.DURATION: _COMPARISONS,
    ValueKind.BOOLEAN: _EQUALITIES,
}


def value_of(token: Token, kind: ValueKind, operator: Operator) -> Value:
    """Return the value that a word means for a field of this kind.

    Raises:
        WordError: the field cannot have it.
    """
    if operator in PATTERNS:
        return _pattern(token, kind)
    if kind is ValueKind.ANY:
        return _any(token, operator)
    return _READERS[kind](token, kind)


def _pattern(token: Token, kind: ValueKind) -> str:
    text = _text(token, ValueKind.TEXT)
    if len(text) > LONGEST_PATTERN:
        raise WordError(f"The pattern has {len(text)} characters", f"Write one of at most {LONGEST_PATTERN}.")
    return text.lower() if kind is ValueKind.STATUS else text


def _any(token: Token, operator: Operator) -> Value:
    if token.is_text:
        if operator not in _EQUALITIES and _is_number(token.text):
            hint = f"Without its quotes it is compared as one: {operator} {token.text}."
            raise WordError(f"{token.source} is a text and no number, so {operator} would go by its letters", hint)
        return token.text
    if token.keyword in _BOOLEANS:
        if operator not in _EQUALITIES:
            raise WordError(f"{token.source} cannot be compared by {operator}", "Write = or !=.")
        return _BOOLEANS[token.keyword]
    return _number(token, ValueKind.ANY)


def _number(token: Token, kind: ValueKind) -> float:
    if token.kind is not Kind.NUMBER:
        raise _expected(token, kind)
    number = float(token.text)
    if not math.isfinite(number):
        raise WordError("The number is larger than any float", "Write one between -1.79e308 and 1.79e308.")
    return number


def _text(token: Token, kind: ValueKind) -> str:
    if not token.is_text:
        raise _expected(token, kind)
    return token.text


def _status(token: Token, kind: ValueKind) -> str:
    status = _text(token, kind).lower()
    if status not in {*STATUSES, _OF_MLFLOW}:
        raise WordError(f"There is no status {token.source}", suggestion(status, STATUSES))
    return status


def _time(token: Token, kind: ValueKind) -> datetime:
    if token.is_text:
        try:
            return parse_time(token.text)
        except InvalidTimeError as error:
            fault, _, hint = str(error).partition(". ")
            raise WordError(fault, hint) from None
    milliseconds = _number(token, kind)
    try:
        return _EPOCH + timedelta(milliseconds=milliseconds)
    except OverflowError:
        hint = "Times are milliseconds since 1970, or a text such as '2026-05-03'."
        raise WordError(f"{token.source} milliseconds are a time outside of the years 1 to 9999", hint) from None


def _duration(token: Token, kind: ValueKind) -> float:
    if token.kind is Kind.NUMBER:
        return _number(token, kind)
    try:
        return parse_duration(token.text).total_seconds()
    except InvalidTimeError as error:
        fault, _, hint = str(error).partition(". ")
        raise WordError(fault, f"{hint} A number without a unit is in seconds.") from None


def _boolean(token: Token, kind: ValueKind) -> bool:
    if token.keyword not in _BOOLEANS:
        raise _expected(token, kind)
    return _BOOLEANS[token.keyword]


def _expected(token: Token, kind: ValueKind) -> WordError:
    """Return the error where a word of another kind stands."""
    found = "the end" if token.kind is Kind.END else token.source
    expected = "a value" if kind is ValueKind.ANY else _EXAMPLES[kind].partition(",")[0]
    hint = f"Write {_EXAMPLES[kind]}."
    if kind is ValueKind.NUMBER and token.is_text and _is_number(token.text):
        hint = f"Write it without quotes: {token.text}."
    elif kind in {ValueKind.TEXT, ValueKind.STATUS} and token.kind in {Kind.NAME, Kind.NUMBER}:
        hint = f"Write it in quotes: '{token.source}'."
    elif kind is ValueKind.ANY and token.kind is Kind.NAME:
        hint = f"A text stands in quotes: '{token.source}'."
    return WordError(f"Expected {expected}, found {found}", hint)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


_READERS: dict[ValueKind, Callable[[Token, ValueKind], Value]] = {
    ValueKind.NUMBER: _number,
    ValueKind.TEXT: _text,
    ValueKind.STATUS: _status,
    ValueKind.TIME: _time,
    ValueKind.DURATION: _duration,
    ValueKind.BOOLEAN: _boolean,
}
