"""What commands print: a table for people, JSON for scripts."""

import json
import re
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from driftline.json_values import finite

# what a terminal would obey instead of show, or cannot be written at all: control characters, changes of the direction
# of writing, halves of surrogate pairs
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

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
    """Print rows under their columns, or the sentence `empty` where there are none."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console, cells = Console(), [[printable(_cell(value)) for value in row] for row in rows]
    table = Table(title=Text(printable(title)), title_justify="left", header_style="bold", box=None, pad_edge=False)
    for column, whole in zip(columns, _kept_whole(columns, cells, room=console.width), strict=True):
        table.add_column(column, overflow="fold", no_wrap=whole)
    for row in cells:
        table.add_row(*map(Text, row))  # plain: brackets are not markup
    console.print(table if table.row_count else Text(printable(empty)))


def _kept_whole(columns: Sequence[str], cells: Sequence[Sequence[str]], *, room: int) -> list[bool]:
    """Return which columns are never broken: the narrowest ones, as long as the others have room enough for a word."""
    widths = [max(map(len, (column, *(row[place] for row in cells)))) for place, column in enumerate(columns)]
    whole, left = [False] * len(columns), room - 2 * len(columns)
    for place in sorted(range(len(columns)), key=widths.__getitem__):
        others = len(columns) - sum(whole) - 1
        whole[place] = widths[place] + others * WORD <= left
        left -= widths[place] if whole[place] else WORD
    return whole


def print_text(text: str) -> None:
    """Print a line."""
    from rich.console import Console

    Console(highlight=False).print(printable(text), markup=False)


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
