"""What a run costs beside plain SQL for the same rows, and how its history is read: the table of docs/speed.md on runs.

    python benchmarks/runs.py [--runs 300]

Everything lies in a folder of its own. Ratios are medians of pairs that alternate.
"""

import argparse
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path

PARAMS = {f"param_{number}": number * 0.5 for number in range(10)}
METRICS = {f"metric_{number}": number * 0.25 for number in range(20)}
TAGS = {f"tag_{number}": "value" for number in range(5)}
PAIRS = 7
POINTS = 40_000  # of eight processes, and of one
HISTORY = 100_000  # points


def main() -> None:
    """Print the rows of the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=300)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DRIFTLINE_HOME"] = folder
        whole_runs(Path(folder), runs)
        processes()
        history()
        starts()


def whole_runs(folder: Path, runs: int) -> None:
    """Print what a run of 10 params, 20 metrics and 5 tags costs, from its start until it is stored and finished."""
    log_runs(10)
    with closing(copied_tables(folder)) as plain:
        ratios, ours, theirs = [], [], []
        for _ in range(PAIRS):
            own, sql = cpu_us(log_runs, runs), cpu_us(lambda count: plain_runs(plain, count), runs)
            ours.append(own)
            theirs.append(sql)
            ratios.append(own / sql)
    own, sql = statistics.median(ours), statistics.median(theirs)
    print(f"| CPU us a run | {own:.0f} | plain SQL {sql:.0f} | {statistics.median(ratios):.2f} x |")


def log_runs(count: int) -> None:
    """Log whole runs."""
    import driftline  # noqa: PLC0415  (the home is set first)

    for _ in range(count):
        with driftline.start_run("benchmark", params=PARAMS, tags=TAGS) as run:
            run.log_metrics(METRICS)


def copied_tables(folder: Path) -> sqlite3.Connection:
    """Return a database with the same tables and indexes, and the names that are logged."""
    connection = sqlite3.connect(folder / "plain.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    with closing(sqlite3.connect(folder / "driftline.db")) as source:
        for (statement,) in source.execute(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND type IN ('table', 'index') "
            "AND name NOT LIKE 'sqlite_%'"
        ):
            connection.execute(statement)
    names = [(name,) for name in (*PARAMS, *METRICS, *TAGS)]
    connection.executemany("INSERT INTO logged_key (name) VALUES (?)", names)
    connection.execute("INSERT INTO experiment (name, description, created_at) VALUES ('benchmark', '', '')")
    return connection


def plain_runs(connection: sqlite3.Connection, count: int) -> None:
    """Insert the same rows, a transaction for each run."""
    for _ in range(count):
        connection.execute("BEGIN IMMEDIATE")
        row = connection.execute(
            "INSERT INTO run (run_id, experiment_id, name, status, user_name, started_at, ended_at, git_commit, "
            "command) "
            "VALUES (?, 1, 'run', 'finished', 'ada', ?, ?, ?, 'python train.py') RETURNING id",
            (uuid.uuid4().hex, "2026-01-01 00:00:00.000000", "2026-01-01 00:00:01.000000", "0" * 40),
        ).fetchone()
        run = row[0]
        connection.executemany(
            "INSERT INTO param (run, key, number, text, value) VALUES (?, ?, ?, ?, ?)",
            [(run, key, value, str(value), str(value)) for key, value in enumerate(PARAMS.values(), 1)],
        )
        connection.executemany(
            "INSERT INTO metric_point (run, key, step, seq, at_us, value) VALUES (?, ?, 0, ?, 1, ?)",
            [(run, key, key, value) for key, value in enumerate(METRICS.values(), 11)],
        )
        connection.executemany(
            "INSERT INTO metric_summary (run, key, count, finite_count, first, first_step, first_us, last, last_step, "
            "last_us, min, min_step, max, max_step, mean) VALUES (?, ?, 1, 1, ?, 0, 1, ?, 0, 1, ?, 0, ?, 0, ?)",
            [(run, key, *[value] * 5) for key, value in enumerate(METRICS.values(), 11)],
        )
        connection.executemany(
            "INSERT INTO tag (run, key, text, rest) VALUES (?, ?, ?, '')",
            [(run, key, value) for key, value in enumerate(TAGS.values(), 31)],
        )
        connection.execute("COMMIT")


def cpu_us(work: Callable[[int], None], count: int) -> float:
    """Return the microseconds of CPU that each of so many takes."""
    began = time.process_time()
    work(count)
    return (time.process_time() - began) / count * 1e6


def processes() -> None:
    """Print how long eight processes take to log into one store, beside one that logs as many points."""
    eight, one = together(8), together(1)
    print(f"| s, eight processes | {eight:.2f} | one process {one:.2f} | {eight / one:.2f} x |")


def together(count: int) -> float:
    """Return the seconds that some processes take to log all points, from when all of them are ready."""
    context = get_context("spawn")
    barrier = context.Barrier(count + 1)
    workers = [context.Process(target=log_points, args=(barrier, POINTS // count)) for _ in range(count)]
    for worker in workers:
        worker.start()
    barrier.wait()
    began = time.perf_counter()
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0, worker.exitcode  # noqa: S101
    return time.perf_counter() - began


def log_points(barrier: "object", count: int) -> None:
    """Log points in a process of its own, once all of them are ready."""
    import driftline  # noqa: PLC0415

    with driftline.start_run("processes", log_output=False) as run:
        run.flush()
        barrier.wait()  # type: ignore[attr-defined]
        for step in range(count):
            run.log_metric("loss", 0.5, step=step)


def history() -> None:
    """Print how long it takes to read a history down to 1,000 points, before and after its run has ended."""
    import driftline  # noqa: PLC0415
    from driftline.experiments import metric_history  # noqa: PLC0415

    workspace = driftline.open_workspace()
    with driftline.start_run("history", log_output=False) as run:
        for step in range(HISTORY):
            run.log_metric("loss", 1 / (step + 1), step=step)
        run.flush()
        going_on = milliseconds(lambda: metric_history(workspace, run.run_id, "loss", most=1000))
    sealed = milliseconds(lambda: metric_history(workspace, run.run_id, "loss", most=1000))
    print(f"| ms, {HISTORY:,} points to 1,000 | {sealed:.1f} once the run has ended | {going_on:.1f} before | |")


def milliseconds(work: Callable[[], object]) -> float:
    """Return the median milliseconds of a few times."""
    taken = []
    for _ in range(9):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)


def starts() -> None:
    """Print how long `import driftline` and the first `start_run` take in a new process."""
    code = (
        "import time; a = time.perf_counter(); import driftline; b = time.perf_counter(); "
        "run = driftline.start_run('start'); c = time.perf_counter(); run.end(); print(b - a, c - b)"
    )
    taken = [
        [float(word) for word in subprocess.check_output([sys.executable, "-c", code], text=True).split()]
        for _ in range(PAIRS)
    ]
    importing, starting = (statistics.median(column) for column in zip(*taken, strict=True))
    print(f"| s, `import driftline` | {importing:.3f} | `start_run` after it {starting:.3f} | |")


if __name__ == "__main__":
    main()
