"""The words of a filter or an order, each with its place."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from driftline.filters.errors import SearchTextError

LONGEST_TEXT = 100_000  # characters; a thousand run ids are 36,000


class Kind(Enum):
    """What a word is."""

    NAME = auto()  # a field or a keyword; a whole name in double quotes may be a text
    TEXT = auto()
    NUMBER = auto()
    OPERATOR = auto()
    MARK = auto()  # a parenthesis or a comma
    END = auto()


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of a name, as metrics. and "a b" are of metrics."a b"."""

    text: str
    is_quoted: bool


@dataclass(frozen=True, kw_only=True)
class Token:
    """One word.

    Attributes:
        kind: what it is.
        text: as it is meant: a text without its quotes.
        position: where it begins, from 0.
        source: as it is written.
        parts: of a name.
    """

    kind: Kind
    text: str
    position: int
    source: str
    parts: tuple[Part, ...] = ()

    @property
    def keyword(self) -> str:
        """Return the word in capitals where it can be a keyword, or ""."""
        is_bare = self.kind is Kind.NAME and len(self.parts) == 1 and not self.parts[0].is_quoted
        return self.text.upper() if is_bare else ""

    @property
    def is_text(self) -> bool:
        """Return whether it can be a text: one in single or in double quotes."""
        in_double_quotes = self.kind is Kind.NAME and len(self.parts) == 1 and self.source.startswith('"')
        return self.kind is Kind.TEXT or in_double_quotes


_SPACE = re.compile(r"\s*")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?(?![\w./:@-])")
_BARE = re.compile(r"\w[\w./:@-]*")
_MORE = re.compile(r"\.[\w./:@-]*")  # of a name, after a quoted part
_QUOTED = {
    "'": re.compile(r"'([^']*+(?:''[^']*+)*+)'"),
    '"': re.compile(r'"([^"]*+(?:""[^"]*+)*+)"'),
    "`": re.compile(r"`([^`]*+(?:``[^`]*+)*+)`"),
}
_OPERATOR = re.compile(r"[<>=!]=|<>|[<>=]")
_SPELLING = {"==": "=", "<>": "!="}
_HINTS = {
    "&": "Write AND.",
    "|": "Write OR.",
    "!": "Write NOT before a comparison, or != within one.",
    "~": "Write LIKE with % for any characters and _ for one; ILIKE ignores case.",
    ";": "A filter is one expression and ends without a semicolon.",
    "*": "Write LIKE with % for any characters.",
    "[": "Write a list in parentheses, as run_id IN ('a', 'b').",
    "{": "Write a list in parentheses, as run_id IN ('a', 'b').",
} | dict.fromkeys("“”„‘’‚«»´", "Write straight quotes: 'text'.")  # as word processors set them


def tokens(text: str, error: type[SearchTextError]) -> Iterator[Token]:
    """Give the words of a text; the last one is its end.

    Raises:
        SearchTextError: as `error`, where the text is too long, or the next word cannot be read.
    """
    if len(text) > LONGEST_TEXT:
        fault = f"The text has {len(text)} characters, and {LONGEST_TEXT} at most are read"
        raise error(text, LONGEST_TEXT, fault, "Search with several filters, each of a part.")
    position = _end(_SPACE, text, 0)
    while position < len(text):
        token = _token(text, position, error)
        yield token
        position = _end(_SPACE, text, position + len(token.source))
    yield Token(kind=Kind.END, text="", position=len(text), source="")


def _token(text: str, position: int, error: type[SearchTextError]) -> Token:
    if number := _NUMBER.match(text, position):
        return Token(kind=Kind.NUMBER, text=number[0], position=position, source=number[0])
    if operator := _OPERATOR.match(text, position):
        meant = _SPELLING.get(operator[0], operator[0])
        return Token(kind=Kind.OPERATOR, text=meant, position=position, source=operator[0])
    first = text[position]
    if first in "(),":
        return Token(kind=Kind.MARK, text=first, position=position, source=first)
    if first == "'":
        written, meant = _quoted(text, position, error)
        return Token(kind=Kind.TEXT, text=meant, position=position, source=written)
    if first in '"`' or _BARE.match(text, position):
        return _name(text, position, error)
    hint = _HINTS.get(first, "Quote a name with other characters than letters, digits and . _ - / : @ in backticks.")
    raise error(text, position, f"{first!r} cannot stand here", hint)


def _name(text: str, start: int, error: type[SearchTextError]) -> Token:
    """Return a name of one part or several, such as metrics."a b".max."""
    parts: list[Part] = []
    position = start
    while position < len(text):
        after_dot = bool(parts) and not parts[-1].is_quoted and parts[-1].text.endswith(".")
        if (text[position] in '"`' and (not parts or after_dot)) or (text[position] == "'" and after_dot):
            written, meant = _quoted(text, position, error)
            parts.append(Part(text=meant, is_quoted=True))
            position += len(written)
            continue
        bare = (_MORE if parts else _BARE).match(text, position)
        if bare is None or (parts and not parts[-1].is_quoted):
            break
        parts.append(Part(text=bare[0], is_quoted=False))
        position = bare.end()
    whole = "".join(part.text for part in parts)
    return Token(kind=Kind.NAME, text=whole, position=start, source=text[start:position], parts=tuple(parts))


def _quoted(text: str, position: int, error: type[SearchTextError]) -> tuple[str, str]:
    """Return what stands between quotes, as written and as meant: a quote within is written twice."""
    quote = text[position]
    match = _QUOTED[quote].match(text, position)
    if match is None:
        hint = f"Close it with another {quote}; within a text, {quote} is written twice."
        raise error(text, position, f"The quote {quote} is not closed", hint)
    return match[0], match[1].replace(quote * 2, quote)


def _end(pattern: re.Pattern[str], text: str, position: int) -> int:
    match = pattern.match(text, position)
    return match.end() if match else position
