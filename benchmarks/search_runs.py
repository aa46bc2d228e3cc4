"""What a search for runs costs, beside plain SQL for the same answer: the table of docs/speed.md on searches.

    python benchmarks/search_runs.py [--runs 100000] [--folder /tmp/runs] [--postgresql postgresql://postgres@127.0.0.1/search]

Each run has 10 params, 20 metrics and 5 tags; half of them are of one experiment. A folder is filled once and used
again; so is a database of PostgreSQL, which has to be there. The reference is plain SQL by the database's own driver.
"""

import argparse
import json
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from driftline.filters import parse_filter, parse_order
from driftline.store import Database, open_database
from driftline.store.found_runs import found_runs
from driftline.store.run_order import Place
from driftline.store.run_search import Search, search

EXPERIMENTS = 20
PARAMS, METRICS, TAGS = 10, 20, 5
KEYS = [*(f"p{n}" for n in range(PARAMS)), *(f"m{n}" for n in range(METRICS)), *(f"t{n}" for n in range(TAGS))]
KEY = {name: number for number, name in enumerate(KEYS, start=1)}
START = datetime(2026, 1, 1, tzinfo=UTC)
PLAIN = """
SELECT s.run FROM metric_summary s WHERE s.key = ? AND s.last IS NOT NULL
AND EXISTS (SELECT 1 FROM metric_summary o WHERE o.run = s.run AND o.key = ? AND o.last > 0.5)
AND EXISTS (SELECT 1 FROM param p WHERE p.run = s.run AND p.key = ? AND p.number = 3)
AND EXISTS (SELECT 1 FROM run r WHERE r.id = s.run AND r.archived_at IS NULL)
ORDER BY s.last DESC, s.run DESC LIMIT 50
"""
CHUNK = 5_000  # runs
REPETITIONS = 25
SEARCHES = [
    ("a metric and a param, by another metric", "metrics.m1 > 0.5 AND params.p0 = 3", "metrics.m3 DESC", 50),
    ("the same at page 20", "metrics.m1 > 0.5 AND params.p0 = 3", "metrics.m3 DESC", 50),
    ("best 10 of an experiment", "experiment = 'half'", "metrics.m3 DESC", 10),
    ("best 10 of a small experiment", "experiment = 'e7'", "metrics.m3 DESC", 10),
    ("newest 50", "", "", 50),
    ("newest 50 with both filters", "metrics.m1 > 0.5 AND params.p0 = 3", "", 50),
    ("a filter of 1 in 10,000", "metrics.m2 > 0.9999", "metrics.m3 DESC", 50),
    ("a param of 1 in 1,000", "params.p2 = 'rare'", "metrics.m3 DESC", 50),
    ("OR, NOT, IN", "(metrics.m1 > 0.5 OR params.p0 IN (1, 2)) AND NOT tags.t0 = 'a'", "metrics.m3 ASC", 50),
    ("numbers of a param, by it", "params.p1 > 0.5", "params.p1 ASC", 50),
    ("both filters, by the largest value", "metrics.m1 > 0.5 AND params.p0 = 3", "metrics.m3.max DESC", 50),
    ("broad filters that meet in nothing", "metrics.m1 > 0.5 AND tags.t1 = 'low'", "metrics.m3 DESC", 50),
    ("by two metrics", "metrics.m1 > 0.5", "metrics.m3 DESC, metrics.m4 ASC", 50),
    ("by duration", "metrics.m1 > 0.5", "duration DESC", 50),
    ("a pattern of names, rare", "run_name LIKE '%-77777'", "metrics.m3 DESC", 50),
    ("the largest value, rare", "metrics.m2.max > 0.9999", "", 50),
]


def main() -> None:
    """Print the rows of the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--postgresql")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{options.runs}.db"
        databases = {"SQLite": (open_database(f"sqlite:///{file}"), lambda: sqlite3.connect(file))}
        if options.postgresql:
            import psycopg  # noqa: PLC0415  (where it is asked for)

            databases["PostgreSQL"] = (open_database(options.postgresql), lambda: psycopg.connect(options.postgresql))
        for database, connect in databases.values():
            fill(database, connect, options.runs)
        print(f"| {options.runs:,} runs | {' | '.join(f'{name}, ms' for name in databases)} |")
        for name, filter_, order, first in SEARCHES:
            skip = 20 * first if "page 20" in name else 0
            cells = [median(page(database, filter_, order, first, skip)) for database, _ in databases.values()]
            print(f"| {name} | {' | '.join(f'{one:.1f}' for one in cells)} |")
        _, filter_, order, first = SEARCHES[0]
        for name, (database, connect) in databases.items():
            ours, theirs = medians(page(database, filter_, order, first, 0), partial(plain, connect()))
            print(
                f"| {name}: the first of these beside plain SQL | {ours:.1f} | {theirs:.1f} | {ours / theirs:.1f} x |"
            )


def page(database: Database, filter_: str, order: str, first: int, skip: int) -> Callable[[], object]:
    """Return what finds a page of whole runs, from the text of its filter on, after so many runs before it."""
    place: Place | None = None
    if skip:
        with database.reading() as session:
            wanted = Search(condition=parse_filter(filter_), order=parse_order(order))
            place = search(session, wanted, first=skip)[-1]

    def find() -> object:
        wanted = Search(condition=parse_filter(filter_), order=parse_order(order))
        with database.reading() as session:
            return found_runs(session, [one.number for one in search(session, wanted, first=first, place=place)])

    return find


def median(call: Callable[[], object]) -> float:
    """Return the median milliseconds of a call."""
    return medians(call)[0]


def medians(*calls: Callable[[], object]) -> list[float]:
    """Return the median milliseconds of calls that are made in turn, after three to warm up."""
    taken: list[list[float]] = [[] for _ in calls]
    for repetition in range(REPETITIONS + 3):
        for call, times in zip(calls, taken, strict=True):
            begun = time.perf_counter()
            call()
            if repetition >= 3:
                times.append((time.perf_counter() - begun) * 1000)
    return [statistics.median(times) for times in taken]


def plain(connection: Any) -> list[Any]:
    """Return what the first search returns, by statements that somebody wrote for it."""
    mark = "?" if isinstance(connection, sqlite3.Connection) else "%s"
    cursor = connection.cursor()
    cursor.execute(PLAIN.replace("?", mark), (KEY["m3"], KEY["m1"], KEY["p0"]))
    numbers = [number for (number,) in cursor.fetchall()]
    listed = ", ".join([mark] * len(numbers))
    answer: list[Any] = []
    for columns, source in (
        ("run.*, e.name", "run JOIN experiment e ON e.id = run.experiment_id"),
        ("run, k.name, value", "param JOIN logged_key k ON k.id = key"),
        ("run, k.name, last", "metric_summary JOIN logged_key k ON k.id = key"),
        ("run, k.name, text", "tag JOIN logged_key k ON k.id = key"),
    ):
        number = "run.id" if source.startswith("run ") else "run"
        cursor.execute(f"SELECT {columns} FROM {source} WHERE {number} IN ({listed})", numbers)  # noqa: S608
        answer += cursor.fetchall()
    return answer


def fill(database: Database, connect: Callable[[], Any], runs: int) -> None:
    """Store runs where there are none yet."""
    with database.reading() as session:
        if session.connection().exec_driver_sql("SELECT 1 FROM run LIMIT 1").first():
            return
    connection = connect()
    insert = _insert_sqlite if isinstance(connection, sqlite3.Connection) else _copy_postgresql
    names = ["half", *(f"e{number}" for number in range(1, EXPERIMENTS))]
    created = START.replace(tzinfo=None).isoformat(" ", "microseconds")
    insert(connection, "experiment", "id, name, description, created_at", [
        (number, name, "", created) for number, name in enumerate(names, start=1)
    ])  # fmt: skip
    insert(connection, "logged_key", "id, name", [(number, name) for name, number in KEY.items()])
    chance = random.Random(0)  # noqa: S311
    for start in range(1, runs + 1, CHUNK):
        made = [_run(chance, number) for number in range(start, min(start + CHUNK, runs + 1))]
        for table, columns in _COLUMNS.items():
            insert(connection, table, columns, [row for one in made for row in one[table]])
    connection.commit()
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("ANALYZE")
    else:
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE")
    connection.close()


_COLUMNS = {
    "run": "id, run_id, experiment_id, name, status, user_name, started_at, ended_at",
    "param": "run, key, number, text, value",
    "metric_summary": "run, key, count, finite_count, first, first_step, first_us, last, last_step, last_us, "
    "min, min_step, max, max_step, mean",
    "tag": "run, key, text, rest",
}


def _run(chance: random.Random, number: int) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of one run, by table."""
    started = START.replace(tzinfo=None) + timedelta(seconds=37 * number)
    experiment = 1 if chance.random() < 0.5 else chance.randrange(2, EXPERIMENTS + 1)
    times = [
        one.isoformat(" ", "microseconds") for one in (started, started + timedelta(seconds=chance.random() * 900))
    ]
    values = [chance.random() for _ in range(METRICS)]
    params = [chance.randrange(7), chance.random(), "rare" if chance.random() < 0.001 else "often"]
    params += [chance.randrange(100) for _ in range(PARAMS - len(params))]
    tags = [chance.choice("abcde"), "low" if values[1] <= 0.5 else "high"]
    tags += [f"value {chance.randrange(1000)}" for _ in range(TAGS - len(tags))]
    return {
        "run": [(number, f"{chance.getrandbits(128):032x}", experiment, f"run-{number}", "finished", "ann", *times)],
        "param": [
            (number, KEY[f"p{n}"], None if isinstance(one, str) else float(one), str(one), json.dumps(one))
            for n, one in enumerate(params)
        ],
        "metric_summary": [
            (number, KEY[f"m{n}"], 10, 10, one / 2, 0, 0, one, 9, 9, one / 3, 1, (one + 1) / 2, 5, one / 1.5)
            for n, one in enumerate(values)
        ],
        "tag": [(number, KEY[f"t{n}"], one, "") for n, one in enumerate(tags)],
    }


def _insert_sqlite(connection: Any, table: str, columns: str, rows: Sequence[tuple[Any, ...]]) -> None:
    marks = ", ".join("?" for _ in columns.split(","))
    connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)  # noqa: S608


def _copy_postgresql(connection: Any, table: str, columns: str, rows: Sequence[tuple[Any, ...]]) -> None:
    with connection.cursor().copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


if __name__ == "__main__":
    main()
