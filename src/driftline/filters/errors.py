"""The errors of the room `filters`: each points at the place in the text."""

import unicodedata

from driftline.errors import InvalidInputError

BEFORE, AFTER = 50, 30  # characters that are shown around a place in a long text
_WIDE = {"W", "F"}  # East Asian characters that take two columns


class WordError(ValueError):
    """A word does not mean what its place asks for; the parser, which knows the place, makes the error of it.

    Attributes:
        hint: what to write instead.
    """

    def __init__(self, fault: str, hint: str) -> None:
        super().__init__(fault)
        self.hint = hint


class SearchTextError(InvalidInputError):
    """The text of a search cannot be read.

    Attributes:
        text: what was given.
        position: where in it, from 0.
    """

    code = "INVALID_SEARCH"

    def __init__(self, text: str, position: int, fault: str, hint: str) -> None:
        self.text, self.position = text, position
        super().__init__(f"{fault} (character {position + 1}).\n{pointed(text, position)}\n{hint}")


class InvalidFilterError(SearchTextError):
    """A filter cannot be read."""

    code = "INVALID_FILTER"


class InvalidOrderError(SearchTextError):
    """An order cannot be read."""

    code = "INVALID_ORDER"


def pointed(text: str, position: int) -> str:
    """Return the line of `text` around a position, and below it a caret under that character.

    >>> print(pointed("metrics.auc > high", 14))
      metrics.auc > high
                    ^
    """
    start = max(text.rfind("\n", 0, position) + 1, position - BEFORE)
    end = min(text.find("\n", position) % (len(text) + 1), position + AFTER)
    head = ("… " if start and text[start - 1] != "\n" else "") + "".join(map(_shown, text[start:position]))
    rest = "".join(map(_shown, text[position:end])) + (" …" if end < len(text) and text[end] != "\n" else "")
    return f"  {head}{rest}\n  {' ' * sum(map(_width, head))}^"


def _shown(character: str) -> str:
    """Return a character, or a space for one that would move what follows it."""
    return " " if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} else character


def _width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in _WIDE else 1
