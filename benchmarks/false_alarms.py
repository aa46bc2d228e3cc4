"""How often the default drift rules ring without drift, and how often they find one: the tables of docs/drift.md.

Everything is seeded. Columns: 8 normal, 8 lognormal, 4 rounded, 4 of 70 % zeros and 6 categorical ones, 5 % missing
each. Run from the root: python benchmarks/false_alarms.py
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from rich.console import Console
from rich.progress import track
from scipy.special import ndtr, ndtri

from driftline.drift import (
    DataDrift,
    PerformanceDrift,
    Verdict,
    column_findings,
    count_columns,
    performance_finding,
    profile_columns,
    window_verdict,
)
from driftline.evaluation import Task, measure

Columns = dict[str, np.ndarray]
REFERENCES, WINDOWS = 20, 50
SHARES = np.array([0.40, 0.30, 0.15, 0.10, 0.05])
NAMES = np.array(["oak", "pine", "elm", "fir", "ash"], dtype=object)


@dataclass(frozen=True, kw_only=True)
class Shift:
    """A change of one column of the thirty."""

    name: str
    column: str
    change: Callable[[np.ndarray, np.random.Generator], np.ndarray]


def rows(count: int, random: np.random.Generator) -> Columns:
    """Return thirty columns of `count` rows, 5 % missing each."""
    columns: Columns = {f"normal{i}": random.normal(size=count) for i in range(8)}
    columns |= {f"lognormal{i}": random.lognormal(size=count) for i in range(8)}
    columns |= {f"rounded{i}": np.round(random.normal(scale=3, size=count)) for i in range(4)}
    columns |= {f"zeros{i}": np.where(random.random(count) < 0.7, 0.0, random.gamma(2, size=count)) for i in range(4)}
    columns |= {f"kind{i}": random.choice(NAMES, size=count, p=SHARES) for i in range(6)}
    for values in columns.values():
        values[random.random(count) < 0.05] = None if values.dtype == object else np.nan
    return columns


def moved(share: float) -> Callable[[np.ndarray, np.random.Generator], np.ndarray]:
    """Return the change that adds `share` standard deviations to a normal column."""
    return lambda values, _: values + share


def swapped(values: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Return categories of which five points went from the second to the first."""
    return np.where((values == "pine") & (random.random(len(values)) < 1 / 6), "oak", values)


SHIFTS = (
    Shift(name="mean + 0.2 sd", column="normal0", change=moved(0.2)),
    Shift(name="mean + 0.5 sd", column="normal0", change=moved(0.5)),
    Shift(name="variance x 1.5", column="normal0", change=lambda values, _: values * np.sqrt(1.5)),
    Shift(
        name="3 % of rows + 6 sd",
        column="normal0",
        change=lambda values, random: values + 6 * (random.random(len(values)) < 0.03),
    ),
    Shift(name="category .40 to .45", column="kind0", change=swapped),
    Shift(
        name="missing 5 % to 10 %",
        column="normal0",
        change=lambda values, random: np.where(random.random(len(values)) < 0.0526, np.nan, values),
    ),
    Shift(
        name="unseen category, 2 %",
        column="kind0",
        change=lambda values, random: np.where(random.random(len(values)) < 0.02, "yew", values),
    ),
)


def ringing(reference_rows: int, window_rows: int) -> float:
    """Return the share of reports without drift in which any column is named."""
    rang = 0
    console = Console(stderr=True)
    for seed in track(range(REFERENCES), description=f"no drift, {window_rows} rows", console=console, transient=True):
        profile = profile_columns(rows(reference_rows, np.random.default_rng([1, seed])))
        for window in range(WINDOWS):
            counts = count_columns(profile, rows(window_rows, np.random.default_rng([2, seed, window])))
            rang += any(found.verdict is Verdict.DRIFT for found in column_findings(profile, counts, DataDrift()))
    return rang / (REFERENCES * WINDOWS)


def finding(shift: Shift, reference_rows: int, window_rows: int, *, windows: int = 60) -> float:
    """Return the share of windows in which the shifted column is named."""
    found = 0
    profile = profile_columns(rows(reference_rows, np.random.default_rng([3, reference_rows])))
    for window in range(windows):
        random = np.random.default_rng([4, window, window_rows])
        columns = rows(window_rows, random)
        columns[shift.column] = shift.change(columns[shift.column], random)
        findings = column_findings(profile, count_columns(profile, columns), DataDrift())
        found += any(one.name == shift.column and one.verdict is Verdict.DRIFT for one in findings)
    return found / windows


def performance(drop: float, window_rows: int, *, streams: int = 300) -> tuple[float, float]:
    """Return the share of single windows that are worse, and of streams in which 2 of 3 windows are."""
    rule, worse, rang = PerformanceDrift("auroc"), 0, 0
    for stream in range(streams):
        random = np.random.default_rng([5, stream, window_rows])
        reference = measure("auroc", Task.BINARY, *scored(0.85, 4000, random))
        verdicts = [
            window_verdict(rule, reference, measure("auroc", Task.BINARY, *scored(0.85 - drop, window_rows, random)))
            for _ in range(3)
        ]
        worse += sum(bool(verdict.worse) for verdict in verdicts)
        rang += performance_finding(rule, verdicts).verdict is Verdict.DRIFT
    return worse / (3 * streams), rang / streams


def scored(auroc: float, count: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return labels, a quarter of them positive, and binormal scores of this AUROC as probabilities."""
    truth = (random.random(count) < 0.25).astype(int)
    return truth, ndtr(random.normal(size=count) + np.sqrt(2) * ndtri(auroc) * truth)


def main() -> None:
    """Print the tables."""
    print("| reference rows | window rows | reports | that ring without drift |\n|---|---|---|---|")
    for reference_rows, window_rows in ((2_000, 300), (10_000, 500), (10_000, 1_000), (10_000, 5_000)):
        share = ringing(reference_rows, window_rows)
        print(f"| {reference_rows:,} | {window_rows:,} | {REFERENCES * WINDOWS:,} | {100 * share:.1f} % |")
    print("\n| one of 30 columns shifted, reference of 10,000 rows | 500 rows | 5,000 rows |\n|---|---|---|")
    for shift in SHIFTS:
        print(f"| {shift.name} | {finding(shift, 10_000, 500):.2f} | {finding(shift, 10_000, 5_000):.2f} |")
    print("\n| AUROC of .85 falls by | labels of a window | a window is worse | 2 of 3 are: drift |\n|---|---|---|---|")
    for drop in (0.0, 0.02, 0.05, 0.10):
        for window_rows in (500, 1_000):
            one, two = performance(drop, window_rows)
            print(f"| {drop:.2f} | {window_rows:,} | {one:.3f} | {two:.3f} |")


if __name__ == "__main__":
    main()
