"""What logging a metric costs, beside plain SQL for the same rows: the table of docs/speed.md on tracking.

    python benchmarks/log_metrics.py [--points 100000]

Everything lies in a folder of its own; the thread that stores the points is at work all the while.
"""

import argparse
import os
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from driftline.tracking import ActiveRun

KEYS = [f"metric_{number}" for number in range(20)]
STEP_S = 0.0005  # of a training loop, about


def main() -> None:
    """Print the rows of the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=100_000)
    points = parser.parse_args().points
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DRIFTLINE_HOME"] = folder
        call(points)
        plain, logged = plain_sql(Path(folder), points), all_points(points)
        print(f"| CPU us a point, stored | {logged:.1f} | plain SQL {plain:.1f} | {logged / plain:.1f} x |")
        idle, busy = loop(lambda _: None), logged_loop()
        print(f"| a training loop, ms a step | {busy:.3f} | without {idle:.3f} | {busy / idle:.2f} x |")


def call(points: int) -> None:
    """Print how long `log_metric` takes to return."""
    with started() as run:
        taken = []
        for step in range(points):
            begun = time.perf_counter_ns()
            run.log_metric(KEYS[step % len(KEYS)], 0.5, step=step)
            taken.append((time.perf_counter_ns() - begun) / 1000)
    taken.sort()
    p50, p99 = (taken[int(share * len(taken))] for share in (0.5, 0.99))
    print(f"| `log_metric` returns, us | {p50:.1f} at the median, {p99:.1f} at the 99th percentile | | |")


def all_points(points: int) -> float:
    """Return the microseconds of CPU that a point costs from the call until it is stored."""
    begun = time.process_time()
    with started() as run:
        for step in range(points):
            run.log_metric(KEYS[step % len(KEYS)], 0.5, step=step)
    return (time.process_time() - begun) / points * 1e6


def plain_sql(folder: Path, points: int) -> float:
    """Return the same for SQL that inserts the same rows, 1,000 at a time."""
    with closing(sqlite3.connect(folder / "plain.db")) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(
            "CREATE TABLE metric_point (run_id TEXT, key TEXT, step INTEGER, logged_at TEXT, value REAL, "
            "PRIMARY KEY (run_id, key, step, logged_at))"
        )
        begun, waiting = time.process_time(), []
        for step in range(points):
            waiting.append(("run", KEYS[step % len(KEYS)], step, f"2026-01-01 00:00:00.{step:06}", 0.5))
            if len(waiting) == 1000:
                connection.executemany("INSERT INTO metric_point VALUES (?, ?, ?, ?, ?)", waiting)
                connection.commit()
                waiting = []
        return (time.process_time() - begun) / points * 1e6


def loop(log: Callable[[int], object], *, steps: int = 4000) -> float:
    """Return the median milliseconds of a step that computes for half a millisecond and then logs."""
    matrix = np.random.default_rng(0).normal(size=(120, 120))
    once = min(_product(matrix, 1) for _ in range(200))
    repetitions, taken = max(round(STEP_S / once), 1), []
    for step in range(steps):
        begun = time.perf_counter()
        _product(matrix, repetitions)
        log(step)
        taken.append((time.perf_counter() - begun) * 1000)
    return statistics.median(taken)


def logged_loop() -> float:
    """Return the same with twenty metrics logged at each step."""
    with started() as run:
        return loop(lambda step: run.log_metrics(dict.fromkeys(KEYS, 0.5), step=step))


def _product(matrix: np.ndarray, repetitions: int) -> float:
    begun = time.perf_counter()
    for _ in range(repetitions):
        matrix @ matrix
    return time.perf_counter() - begun


@contextmanager
def started() -> Iterator["ActiveRun"]:
    """Start a run in the folder of this benchmark."""
    from driftline import start_run  # noqa: PLC0415  (the home is set first)

    with start_run("benchmark") as run:
        yield run


if __name__ == "__main__":
    main()
