"""Params and tags: what they were logged as, and what searches compare."""

import json
import re
from collections.abc import Mapping, Sequence
from math import isnan
from typing import Any

from driftline.ingest.database import Transaction
from driftline.ingest.writer import Writer
from driftline.storable_text import storable

_json = json.JSONEncoder().encode
_NUMBER = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?", re.ASCII)
_BOOLEANS = {"True": True, "False": False}  # as Python writes them
LONGEST_TEXT = 500  # characters that are compared: an index of PostgreSQL takes 2,704 bytes


def set_params(transaction: Transaction, writer: Writer, logged: Sequence[Mapping[str, Any]], *, now_us: int) -> None:
    """Store params of a run in the order in which they were logged; of one that changes, the values before are kept."""
    if not logged:
        return
    ids = {name: transaction.key_id(name) for name in sorted({key for params in logged for key in params})}
    known = (
        {} if writer.is_first else dict(transaction.all("SELECT key, value FROM param WHERE run = ?", (writer.run,)))
    )
    before = dict(known)
    rows: dict[int, tuple[Any, ...]] = {}
    for params in logged:
        for name, value in params.items():
            key, text = ids[name], _json(value)
            if known.setdefault(key, text) != text:
                _keep_before(transaction, writer.run, key, known[key], now_us)
                known[key] = text
            if before.get(key) == text:
                rows.pop(key, None)
            else:
                rows[key] = (writer.run, key, _number(value), storable(_text(value)), text)
    transaction.many(
        "INSERT INTO param (run, key, number, text, value) VALUES (?, ?, ?, ?, ?) ON CONFLICT (run, key) "
        "DO UPDATE SET number = excluded.number, text = excluded.text, value = excluded.value",
        list(rows.values()),
    )


def _keep_before(transaction: Transaction, run: int, key: int, value: str, now_us: int) -> None:
    transaction.execute(
        "INSERT INTO param_change (run, key, number, value, replaced_at) SELECT ?, ?, COUNT(*), ?, ? "
        "FROM param_change WHERE run = ? AND key = ?",
        (run, key, value, transaction.time(now_us), run, key),
    )


def set_tags(transaction: Transaction, run: int, tags: Mapping[str, str | None]) -> None:
    """Set tags of a run; a key that is there gets the new value, and one without a value goes."""
    rows = []
    for key in sorted(tags):
        number, value = transaction.key_id(key), tags[key]
        if value is None:
            transaction.execute("DELETE FROM tag WHERE run = ? AND key = ?", (run, number))
        else:
            text = storable(str(value))
            rows.append((run, number, text[:LONGEST_TEXT], text[LONGEST_TEXT:]))
    transaction.many(
        "INSERT INTO tag (run, key, text, rest) VALUES (?, ?, ?, ?) ON CONFLICT (run, key) "
        "DO UPDATE SET text = excluded.text, rest = excluded.rest",
        rows,
    )


def _number(value: Any) -> float | None:
    """Return the number that a param is compared as, also one that was logged as text; None for what is none."""
    if isinstance(value, str):
        value = _BOOLEANS.get(value, float(value) if _NUMBER.fullmatch(value) else value)
    if not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:  # a whole number of more digits than a float has
        return None
    return None if isnan(number) else number


def _text(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value) if isinstance(value, list | dict) else str(value)
    return text[:LONGEST_TEXT]
