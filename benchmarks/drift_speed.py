"""What the numerics cost: data drift of 1M rows x 30 columns, a window of 365 days, and 365 daily AUROCs.

The reference of each is the same arithmetic by a library, column by column and day by day, in the same run: scipy's
two-sample Kolmogorov-Smirnov test, and scikit-learn's AUROC, which has no interval. Run from the root:
python benchmarks/drift_speed.py [--rows 1000000] [--evidently PYTHON]

`--evidently` names the interpreter of another environment, for a comparison with its DataDriftPreset on the same rows:
python -m venv /tmp/evidently && /tmp/evidently/bin/pip install evidently 'pandas<3' pyarrow
"""

import argparse
import subprocess
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from scipy.stats import ks_2samp
from sklearn.metrics import roc_auc_score

from driftline.drift import DataDrift
from driftline.drift.columns import column_findings
from driftline.metrics import Task, measure
from driftline.profiles import count_columns, profile_columns, total_counts

NUMERIC, TEXT, DAYS = 24, 6, 365
KINDS = np.array(["oak", "pine", "elm", "fir", "ash", "yew", "larch", "birch"], dtype=object)
EVIDENTLY = """
import sys, time
import pandas as pd
from evidently import Report
from evidently.presets import DataDriftPreset
reference, analysis = (pd.read_parquet(path) for path in sys.argv[1:])
start = time.process_time()
Report([DataDriftPreset()]).run(analysis, reference).dict()
print("seconds", time.process_time() - start)
"""


def columns(seed: int, rows: int) -> dict[str, np.ndarray]:
    """Return 24 numeric and 6 text columns."""
    random = np.random.default_rng(seed)
    numbers = {f"x{i}": random.normal(size=rows) for i in range(NUMERIC)}
    return numbers | {f"kind{i}": KINDS[random.integers(len(KINDS), size=rows)] for i in range(TEXT)}


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Return the CPU seconds of `work`, and the MB it allocates at most in a second call."""
    start = time.process_time()
    work()
    taken = time.process_time() - start
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return taken, peak / 1e6


def daily(truth: np.ndarray, scores: np.ndarray, score: Callable[[np.ndarray, np.ndarray], object]) -> None:
    """Score each day."""
    for day in zip(np.array_split(truth, DAYS), np.array_split(scores, DAYS), strict=True):
        score(*day)


def evidently(python: str, reference: dict[str, np.ndarray], analysis: dict[str, np.ndarray]) -> float:
    """Return the CPU seconds of evidently's DataDriftPreset in another interpreter, without reading the rows."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [str(Path(folder) / f"{name}.parquet") for name in ("reference", "analysis")]
        for path, side in zip(paths, (reference, analysis), strict=True):
            pq.write_table(pa.table(side), path)
        command = [python, "-W", "ignore", "-c", EVIDENTLY, *paths]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return float(said.split("seconds")[-1])


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument(
        "--evidently", metavar="PYTHON", help="interpreter of an environment with evidently and pandas<3"
    )
    asked = parser.parse_args()
    rows = asked.rows
    reference, analysis = columns(1, rows), columns(2, rows)
    profiled = timed(lambda: profile_columns(reference))
    profile = profile_columns(reference)
    ours = timed(lambda: column_findings(profile, count_columns(profile, analysis), DataDrift()))
    theirs = timed(lambda: [ks_2samp(reference[f"x{i}"], analysis[f"x{i}"], method="asymp") for i in range(NUMERIC)])
    split = {name: np.array_split(values, DAYS) for name, values in analysis.items()}
    days = [count_columns(profile, {name: parts[day] for name, parts in split.items()}) for day in range(DAYS)]
    window = timed(lambda: [total_counts([day[name] for day in days]) for name in profile.names])
    random = np.random.default_rng(3)
    truth = (random.random(rows) < 0.2).astype(int)
    scores = np.clip(random.normal(0.4 + 0.2 * truth, 0.2), 0, 1)
    our_days = timed(lambda: daily(truth, scores, lambda t, s: measure("auroc", Task.BINARY, t, s)))
    their_days = timed(lambda: daily(truth, scores, roc_auc_score))
    print(f"| {rows:,} rows | CPU s | MB above the data |\n|---|---|---|")
    for name, (seconds, peak) in (
        ("drift of 30 columns against a stored profile, all checks", ours),
        ("the profile of the reference, once for each version", profiled),
        ("scipy: Kolmogorov-Smirnov of the 24 numeric ones alone", theirs),
        ("a window of 365 days from the counts of each day, 30 columns", window),
        ("365 daily AUROCs with DeLong's intervals", our_days),
        ("scikit-learn: 365 AUROCs without", their_days),
    ):
        print(f"| {name} | {seconds:.3f} | {peak:.0f} |")
    if asked.evidently:
        seconds = evidently(asked.evidently, reference, analysis)
        print(f"| evidently: DataDriftPreset | {seconds:.1f} | |\n")
        print(f"ratio: {seconds / ours[0]:.0f}, with the profile {seconds / (ours[0] + profiled[0]):.0f}")


if __name__ == "__main__":
    main()
