"""What the numerics cost: data drift of 1M rows x 30 columns, and 365 daily AUROCs with intervals over 1M predictions.

The reference of each is the same arithmetic by a library, column by column and day by day, in the same run: scipy's
two-sample Kolmogorov-Smirnov test, and scikit-learn's AUROC, which has no interval. Run from the root:
python benchmarks/drift_speed.py
"""

import time
import tracemalloc
from collections.abc import Callable

import numpy as np
from scipy.stats import ks_2samp
from sklearn.metrics import roc_auc_score

from driftline.drift import DataDrift, column_findings, count_columns, profile_columns
from driftline.evaluation import Task, measure

ROWS, NUMERIC, TEXT, DAYS = 1_000_000, 24, 6, 365
KINDS = np.array(["oak", "pine", "elm", "fir", "ash", "yew", "larch", "birch"], dtype=object)


def columns(seed: int) -> dict[str, np.ndarray]:
    """Return 24 numeric and 6 text columns."""
    random = np.random.default_rng(seed)
    numbers = {f"x{i}": random.normal(size=ROWS) for i in range(NUMERIC)}
    return numbers | {f"kind{i}": KINDS[random.integers(len(KINDS), size=ROWS)] for i in range(TEXT)}


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


def main() -> None:
    """Print the table."""
    reference, analysis = columns(1), columns(2)
    profile = profile_columns(reference)
    ours = timed(lambda: column_findings(profile, count_columns(profile, analysis), DataDrift()))
    theirs = timed(lambda: [ks_2samp(reference[f"x{i}"], analysis[f"x{i}"], method="asymp") for i in range(NUMERIC)])
    random = np.random.default_rng(3)
    truth = (random.random(ROWS) < 0.2).astype(int)
    scores = np.clip(random.normal(0.4 + 0.2 * truth, 0.2), 0, 1)
    our_days = timed(lambda: daily(truth, scores, lambda t, s: measure("auroc", Task.BINARY, t, s)))
    their_days = timed(lambda: daily(truth, scores, roc_auc_score))
    print("| 1,000,000 rows | CPU s | MB above the data |\n|---|---|---|")
    for name, (seconds, peak) in (
        ("drift of 30 columns against a stored profile, all checks", ours),
        ("scipy: Kolmogorov-Smirnov of the 24 numeric ones alone", theirs),
        ("365 daily AUROCs with DeLong's intervals", our_days),
        ("scikit-learn: 365 AUROCs without", their_days),
    ):
        print(f"| {name} | {seconds:.2f} | {peak:.0f} |")


if __name__ == "__main__":
    main()
