"""Long histories of runs that have ended lie in blocks, which are read ten times as fast as rows."""

from array import array
from collections.abc import Sequence
from math import isnan, nan
from typing import Any

from driftline.ingest.database import RunDatabase, Transaction

BLOCK = 4096  # points of one block; shorter histories stay rows


def seal(database: RunDatabase, run: int) -> None:
    """Move the points of long histories of a run into blocks, one metric after the other."""
    with database.transaction() as transaction:
        long = transaction.all("SELECT key FROM metric_summary WHERE run = ? AND count >= ? ORDER BY key", (run, BLOCK))
    for [key] in long:
        with database.transaction() as transaction:
            _seal(transaction, run, key)


def _seal(transaction: Transaction, run: int, key: int) -> None:
    unseal(transaction, run, key)  # which may have come with points that were late
    rows = transaction.all(
        "SELECT step, seq, at_us, value FROM metric_point WHERE run = ? AND key = ? ORDER BY step, at_us, seq",
        (run, key),
    )
    blocks = (rows[start : start + BLOCK] for start in range(0, len(rows), BLOCK))
    transaction.many(
        "INSERT INTO metric_block (run, key, first_step, count, data) VALUES (?, ?, ?, ?, ?)",
        [(run, key, block[0][0], len(block), _packed(block)) for block in blocks],
    )
    transaction.execute("DELETE FROM metric_point WHERE run = ? AND key = ?", (run, key))


def _packed(rows: Sequence[Any]) -> bytes:
    steps, seqs, times, values = zip(*rows, strict=True)
    columns = (array("q", steps), array("q", seqs), array("q", times))
    return (
        b"".join(column.tobytes() for column in columns)
        + array("d", [nan if value is None else value for value in values]).tobytes()
    )


def unseal(transaction: Transaction, run: int, key: int | None = None) -> None:
    """Make rows again of the points that lie in blocks: of one metric, or of all of a run."""
    only = "" if key is None else " AND key = ?"
    of_key = (run,) if key is None else (run, key)
    for id_, own, data in transaction.all(f"SELECT id, key, data FROM metric_block WHERE run = ?{only}", of_key):  # noqa: S608
        transaction.many(
            "INSERT INTO metric_point (run, key, step, seq, at_us, value) VALUES (?, ?, ?, ?, ?, ?)",
            [(run, own, *point) for point in _unpacked(data)],
        )
        transaction.execute("DELETE FROM metric_block WHERE id = ?", (id_,))


def block_columns(data: bytes) -> "tuple[array[int], array[int], array[int], array[float]]":
    """Return the steps, seqs, times and values of a block."""
    size = len(data) // 4
    steps, seqs, times, values = array("q"), array("q"), array("q"), array("d")
    columns: tuple[array[Any], ...] = (steps, seqs, times, values)
    for number, column in enumerate(columns):
        column.frombytes(data[number * size : (number + 1) * size])
    return steps, seqs, times, values


def _unpacked(data: bytes) -> Sequence[tuple[int, int, int, float | None]]:
    steps, seqs, times, values = block_columns(data)
    return [
        (step, seq, at, None if isnan(value) else value)
        for step, seq, at, value in zip(steps, seqs, times, values, strict=True)
    ]
