"""What commands print: a table for people, JSON for scripts."""

import json
import re
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import zip_longest
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from driftline.json_values import finite

if TYPE_CHECKING:
    from rich.console import Console

# what a terminal would obey instead of show, or cannot be written at all: control characters, changes of the direction
# of writing, halves of surrogate pairs
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

GAP = 2  # characters between two columns
_BARS = "▁▂▃▄▅▆▇█"
WORD = 24  # characters that a column which is broken has at least, where there is room


def printable(text: str) -> str:
    r"""Return `text` as a terminal shows it: what it would obey is written as an escape.

    >>> print(printable("\x1b[31mred"))
    \x1b[31mred
    """
    return _UNPRINTABLE.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def print_json(value: Any) -> None:
    """Print `value` as JSON: times in ISO 8601; a number that is not finite is null, as over GraphQL."""
    sys.stdout.write(json.dumps(finite(value), indent=2, default=_plain, allow_nan=False) + "\n")


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> None:
    """Print rows under their columns, or the sentence `empty` where there are none.

    No word is broken: where there are too many columns for that, each row is a block of lines, and a word of the last
    column that is longer than a line, such as a digest, is left to the terminal, which copies it whole.
    """
    cells = [[printable(_cell(value)) for value in row] for row in rows]
    if not cells:
        print_text(empty)
        return
    if title:
        print_text(title)
    room = _console().width
    if len(columns) > 2 and sum(_longest_words(columns, cells)) + GAP * (len(columns) - 1) > room:
        for number, row in enumerate(cells):
            _print_grid(("", ""), [*([("", "")] if number else []), *zip(columns, row, strict=True)], room)
    else:
        _print_grid(columns, cells, room)


def _print_grid(columns: Sequence[str], cells: Sequence[Sequence[str]], room: int) -> None:
    widths = _widths(columns, cells, room=room)
    if any(columns):
        _print_row(columns, widths, style="bold")
    for row in cells:
        _print_row(row, widths)


def _print_row(row: Sequence[str], widths: Sequence[int], *, style: str = "") -> None:
    from rich.cells import cell_len
    from rich.text import Text

    broken = [_lines(text, width) for text, width in zip(row, widths, strict=True)]
    for parts in zip_longest(*broken, fillvalue=""):
        padded = (part + " " * (width - cell_len(part)) for part, width in zip(parts, widths, strict=True))
        line = (" " * GAP).join(padded).rstrip()
        _console().print(Text(line, style=style), soft_wrap=True)  # plain text: brackets are not markup


def _lines(text: str, width: int) -> list[str]:
    """Return the lines of a cell, each of whole words."""
    return [
        line
        for part in text.split("\n")
        for line in wrap(part, max(width, 1), break_long_words=False, break_on_hyphens=False) or [""]
    ]


def _longest_words(columns: Sequence[str], cells: Sequence[Sequence[str]]) -> list[int]:
    """Return the least width of each column; in the last one a word may be longer than its column."""
    longest = [
        max((len(word) for text in (column, *(row[place] for row in cells)) for word in text.split()), default=0)
        for place, column in enumerate(columns)
    ]
    return [*longest[:-1], min(longest[-1], WORD)]


def _widths(columns: Sequence[str], cells: Sequence[Sequence[str]], *, room: int) -> list[int]:
    """Return the widths of columns: the narrowest are not broken, as long as the others have room enough for words."""
    needed = _longest_words(columns, cells)
    texts = [[column, *(row[place] for row in cells)] for place, column in enumerate(columns)]
    whole = [max(len(line) for text in column for line in text.split("\n")) for column in texts]
    widths, left = list(needed), room - GAP * (len(columns) - 1)
    order = sorted(range(len(columns)), key=whole.__getitem__)
    for number, place in enumerate(order, start=1):
        others = sum(min(whole[other], max(needed[other], WORD)) for other in order[number:])
        widths[place] = max(needed[place], min(whole[place], left - others))
        left -= widths[place]
    return widths


def sparkline(values: Sequence[float]) -> str:
    """Return a bar for each finite value, from the lowest to the highest.

    >>> sparkline([1.0, 3.0, 2.0])
    '▁█▅'
    """
    low, high = min(values), max(values)
    return "".join(_BARS[round((value - low) / ((high - low) or 1.0) * (len(_BARS) - 1))] for value in values)


def print_text(text: str) -> None:
    """Print a line."""
    _console().print(printable(text), markup=False)


def _console() -> "Console":
    from rich.console import Console

    return Console(highlight=False)


def _cell(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, datetime):
        midnight = (value.hour, value.minute) == (0, 0)
        return f"{value:%Y-%m-%d}" if midnight else f"{value:%Y-%m-%d %H:%M}"
    return str(value)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
