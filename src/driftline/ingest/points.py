"""Points of metrics, and the summaries that grow with them: what is read does not grow with what was logged."""

from collections.abc import Sequence
from math import fsum, isfinite, isnan
from operator import itemgetter, le
from typing import Any

from driftline.ingest.blocks import unseal
from driftline.ingest.database import Transaction
from driftline.ingest.writer import Writer
from driftline.journal import Point

WRITER_BITS = 40  # a point's place in its run: the number of its writer above, its sequence below

_INSERT = "INSERT INTO {} (run, key, step, seq, at_us, value) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
_SUMMARY = (
    "run", "key", "count", "finite_count", "first", "first_step", "first_us", "last", "last_step", "last_us",
    "min", "min_step", "max", "max_step", "mean",
)  # fmt: skip


def _upsert() -> str:
    """Return the statement that adds a summary of new points to the one that is stored."""
    earlier = "(excluded.first_step, excluded.first_us) < (own.first_step, own.first_us)"
    later = "(excluded.last_step, excluded.last_us) >= (own.last_step, own.last_us)"
    smaller = "(own.min IS NULL OR (excluded.min, excluded.min_step) < (own.min, own.min_step))"
    larger = (
        "(own.max IS NULL OR excluded.max > own.max OR (excluded.max = own.max AND excluded.max_step < own.max_step))"
    )
    taken = {
        earlier: ("first", "first_step", "first_us"),
        later: ("last", "last_step", "last_us"),
        smaller: ("min", "min_step"),
        larger: ("max", "max_step"),
    }
    moved = [
        f"{name} = CASE WHEN {condition} THEN excluded.{name} ELSE own.{name} END"
        for condition, names in taken.items()
        for name in names
    ]
    # PostgreSQL refuses a product that is too small for a float: below 1e-290 a mean counts as 0.
    part = (
        "CASE WHEN ABS({0}.mean) < 1e-290 THEN 0.0 "
        "ELSE {0}.mean * (1.0 * {0}.finite_count / (own.finite_count + excluded.finite_count)) END"
    )
    mean = (
        "mean = CASE WHEN own.mean IS NULL THEN excluded.mean WHEN excluded.mean IS NULL THEN own.mean "
        f"ELSE {part.format('own')} + {part.format('excluded')} END"
    )
    counts = [f"{name} = own.{name} + excluded.{name}" for name in ("count", "finite_count")]
    return (
        f"INSERT INTO metric_summary AS own ({', '.join(_SUMMARY)}) VALUES ({', '.join('?' for _ in _SUMMARY)}) "  # noqa: S608
        f"ON CONFLICT (run, key) DO UPDATE SET {', '.join([*counts, *moved, mean])}"
    )


UPSERT = _upsert()
_PLACE, _VALUE = itemgetter(2, 4, 3), itemgetter(5)  # of a row
_HUGE = 1e300  # of which a sum may overflow


def add_points(transaction: Transaction, writer: Writer, points: Sequence[Point]) -> None:
    """Store points and count them in the summaries of their keys."""
    if not points:
        return
    ids = {key: transaction.key_id(key) for key in sorted({point.key for point in points})}
    run, above = writer.run, writer.number << WRITER_BITS
    rows = [
        (run, ids[key], step, above | sequence, at_us, None if isnan(value) else value)
        for sequence, key, step, at_us, value in points
    ]
    taken_back = _taken_back_from(transaction, writer)
    if taken_back is not None:
        transaction.many(_INSERT.format("superseded_point"), [row for row in rows if row[2] >= taken_back])
        rows = [row for row in rows if row[2] < taken_back]
    _insert(transaction, rows)
    _count(transaction, rows)


def _insert(transaction: Transaction, rows: Sequence[tuple[Any, ...]]) -> None:
    if transaction.is_sqlite or not rows:
        transaction.many(_INSERT.format("metric_point"), rows)
        return
    columns = [list(column) for column in zip(*rows, strict=True)]
    transaction.execute(
        "INSERT INTO metric_point (run, key, step, seq, at_us, value) SELECT * FROM unnest("
        "?::integer[], ?::integer[], ?::bigint[], ?::bigint[], ?::bigint[], ?::float8[]) ON CONFLICT DO NOTHING",
        columns,
    )


def _count(transaction: Transaction, rows: Sequence[tuple[Any, ...]]) -> None:
    of_key: dict[int, list[tuple[Any, ...]]] = {}
    for row in rows:
        own = of_key.get(row[1])
        if own is None:
            of_key[row[1]] = [row]
        else:
            own.append(row)
    transaction.many(UPSERT, [_summary(of_key[key]) for key in sorted(of_key)])


def _summary(rows: Sequence[tuple[Any, ...]]) -> tuple[Any, ...]:
    """Return the summary of new points of one key."""
    if len(rows) == 1:
        [(run, key, step, _, at_us, value)] = rows
        value, count = _finite(value), int(_finite(value) is not None)
        extremes = (value, step, value, step) if count else (None,) * 4
        return (run, key, 1, count, value, step, at_us, value, step, at_us, *extremes, value)
    run, key = rows[0][:2]
    places = list(map(_PLACE, rows))  # step, time, sequence
    if not all(map(le, places, places[1:])):
        rows = sorted(rows, key=_PLACE)
        places = list(map(_PLACE, rows))
    values = list(map(_VALUE, rows))
    (first_step, first_us, _), (last_step, last_us, _) = places[0], places[-1]
    ends = (_finite(values[0]), first_step, first_us, _finite(values[-1]), last_step, last_us)
    steps = [place[0] for place in places]
    if None in values or not isfinite(sum(values)):  # some are not finite, or they are huge
        finite = [(value, step) for value, step in zip(values, steps, strict=True) if _finite(value) is not None]
        if not finite:
            return (run, key, len(rows), 0, *ends, None, None, None, None, None)
        values, steps = [value for value, _ in finite], [step for _, step in finite]
    low, high, count = min(values), max(values), len(values)
    mean = fsum(values) / count if max(-low, high) < _HUGE else fsum(value / count for value in values)
    extremes = (low, steps[values.index(low)], high, steps[values.index(high)])
    return (run, key, len(rows), count, *ends, *extremes, mean)


def _finite(value: float | None) -> float | None:
    return value if value is not None and isfinite(value) else None


def _taken_back_from(transaction: Transaction, writer: Writer) -> int | None:
    """Return the first step that a later attempt has taken back; None where there is none."""
    if writer.is_first:
        return None
    row = transaction.one(
        "SELECT MIN(from_step) FROM run_writer WHERE run = ? AND attempt > ?", (writer.run, writer.attempt)
    )
    return None if row[0] is None else int(row[0])


def supersede(transaction: Transaction, run: int, from_step: int) -> None:
    """Take back all points of a run at and after a step; they are kept aside, and the summaries are made anew."""
    unseal(transaction, run)
    columns = "run, key, step, seq, at_us, value"
    transaction.execute(
        f"INSERT INTO superseded_point ({columns}) SELECT {columns} FROM metric_point WHERE run = ? AND step >= ?",  # noqa: S608
        (run, from_step),
    )
    transaction.execute("DELETE FROM metric_point WHERE run = ? AND step >= ?", (run, from_step))
    transaction.execute("DELETE FROM metric_summary WHERE run = ?", (run,))
    left = transaction.all(f"SELECT {columns} FROM metric_point WHERE run = ? ORDER BY key, step, at_us, seq", (run,))  # noqa: S608
    _count(transaction, left)
