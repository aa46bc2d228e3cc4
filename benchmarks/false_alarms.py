"""How often the default drift rules raise false alarms, and how soon they find drift: the tables of docs/drift.md.

Everything is seeded. Run from the root, ten minutes of an idle core, or a tenth of the repetitions:
python benchmarks/false_alarms.py [--quick]
"""

import argparse
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from rich.console import Console
from rich.progress import track
from simulated_drift import KINDS, SHIFTS, Shift, errors, joint, rows, rows_of, scored

from driftline.dossier import separate
from driftline.drift import (
    DataDrift,
    Finding,
    MultivariateDrift,
    PerformanceDrift,
    PredictionDrift,
    Verdict,
    e_detector,
    prediction_columns,
)
from driftline.drift.columns import column_findings
from driftline.drift.design_effect import design_effect
from driftline.drift.domain_classifier import multivariate_finding
from driftline.drift.performance import performance_finding
from driftline.drift.predictions import prediction_findings
from driftline.drift.window_verdict import WindowVerdict, window_verdict
from driftline.metrics import Measurement, Task, measure
from driftline.profiles import count_columns, profile_columns

WINDOWS, WINDOWS_OF_A_KIND = 50, 15  # of each reference
ERRORS, LABELS = 0.2, 10_000


def counted(work: Callable[[int], float], times: int, what: str) -> float:
    """Return the mean of `work` over its seeds."""
    seeds = track(range(times), description=what, console=Console(stderr=True), transient=True)
    return float(np.mean([work(seed) for seed in seeds]))


def raises_alarm(findings: Iterable[Finding]) -> bool:
    """Return whether any finding is drift."""
    return any(found.verdict is Verdict.DRIFT for found in findings)


def columns_ring(reference_rows: int, window_rows: int, seed: int, kind: str | None = None) -> float:
    """Return the share of the windows against one reference in which any column is named; `kind`: of all columns."""
    draw, count = (rows, WINDOWS) if kind is None else (rows_of(kind), WINDOWS_OF_A_KIND)
    profile = profile_columns(draw(reference_rows, np.random.default_rng([1, seed])))
    windows = (draw(window_rows, np.random.default_rng([2, seed, window])) for window in range(count))
    said = [column_findings(profile, count_columns(profile, window), DataDrift()) for window in windows]
    return float(np.mean([raises_alarm(findings) for findings in said]))


def predictions_ring(reference_rows: int, window_rows: int, seed: int, move: float = 0.0) -> float:
    """Return the share of the windows against one holdout in which predictions drift."""
    random = np.random.default_rng([6, seed, window_rows])

    def said(count: int, by: float) -> dict[str, np.ndarray]:
        logits = random.normal(-1.1 + by, 1.0, size=count)
        return prediction_columns(Task.BINARY, 1 / (1 + np.exp(-logits)), ("no", "yes"))

    profile = profile_columns(said(reference_rows, 0.0))
    windows = [count_columns(profile, said(window_rows, move)) for _ in range(WINDOWS)]
    return float(np.mean([raises_alarm(prediction_findings(profile, counts, PredictionDrift())) for counts in windows]))


def together_ring(count: int, seed: int, *, correlation: float = 0.0, moved: float = 0.0) -> bool:
    """Return whether all columns together drift in one window."""
    random = np.random.default_rng([7, seed, count])
    window = joint(count, random, correlation=correlation, moved_all=moved)
    return raises_alarm([multivariate_finding(joint(count, random), window, MultivariateDrift(), separate)])


def column_is_found(shift: Shift, window_rows: int, windows: int, seed: int) -> bool:
    """Return whether the shifted column is named in one of the windows."""
    draw = shift.draw or rows
    profile = profile_columns(draw(10_000, np.random.default_rng([3, seed % 10])))
    for window in range(windows):
        random = np.random.default_rng([4, seed, window, window_rows])
        columns = draw(window_rows, random)
        columns[shift.column] = shift.change(columns[shift.column], random)
        findings = column_findings(profile, count_columns(profile, columns), DataDrift())
        if raises_alarm(found for found in findings if found.name == shift.column):
            return True
    return False


def judged(drop: float, window_rows: int, windows: int, seed: int) -> list[WindowVerdict]:
    """Return what each of some windows says by itself after the AUROC of .85 has fallen."""
    rule, random = PerformanceDrift("auroc"), np.random.default_rng([5, seed, window_rows])
    reference = measure("auroc", Task.BINARY, *scored(0.85, 4000, random))
    return [
        window_verdict(rule, reference, measure("auroc", Task.BINARY, *scored(0.85 - drop, window_rows, random)))
        for _ in range(windows)
    ]


def performance_is_found(windows: Sequence[WindowVerdict]) -> bool:
    """Return whether performance has drifted after one of the windows: 2 of the last 3 are worse."""
    rule = PerformanceDrift("auroc")
    return raises_alarm(performance_finding(rule, windows[: number + 1]) for number in range(len(windows)))


def detector_alarms(alike: bool, seed: int) -> int:  # noqa: FBT001
    """Return how often the e-detector raises an alarm in 10,000 labels without drift."""
    series = errors(np.full(LABELS, ERRORS), np.random.default_rng([8, seed]), alike=alike)
    return len(e_detector(series, reference=ERRORS, arl=10_000).alarms)


def errors_are_found(rate: float, labels: int, seed: int) -> bool:
    """Return whether the e-detector raises an alarm within so many labels after the rate of errors has risen."""
    rates = np.repeat([ERRORS, rate], [3000, labels])
    path = e_detector(errors(rates, np.random.default_rng([9, seed])), reference=ERRORS, arl=10_000)
    return bool((path.alarms >= 3000).any())


def alike_windows(seed: int, *, counts_effect: bool = True, later: float = ERRORS) -> list[bool]:
    """Return for each of 40 windows whether accuracy drifts; the errors are alike, 20 windows came before."""
    rule, random = PerformanceDrift("accuracy", correlated_rows=True), np.random.default_rng([10, seed])
    reference = accuracy(errors(np.full(4000, ERRORS), random))
    series = errors(np.repeat([ERRORS, later], [20 * 200, 40 * 200]), random, alike=True)
    windows = [accuracy(window) for window in np.split(series, 60)]
    effect = (design_effect(windows[:20]) or 1.0) if counts_effect else 1.0
    said = [window_verdict(rule, reference, window, design_effect=effect) for window in windows]
    return [raises_alarm([performance_finding(rule, said[end - 3 : end])]) for end in range(21, 61)]


def accuracy(series: np.ndarray) -> Measurement:
    """Return the accuracy of rows with these errors."""
    return measure("accuracy", Task.BINARY, series.astype(int), np.zeros(len(series)))


def print_rings(share: int) -> None:
    """Print how often the rules raise an alarm without drift."""
    print("| no drift | reports | with an alarm |\n|---|---|---|")
    for reference, window in ((2_000, 300), (10_000, 500), (10_000, 1_000), (10_000, 5_000)):
        found = counted(lambda seed, r=reference, w=window: columns_ring(r, w, seed), 20 // share, f"{window} rows")
        print_line(f"30 columns, {window:,} rows against {reference:,}", 20 // share * WINDOWS, found)
    for kind in KINDS:
        for reference in (10_000, 300):
            found = counted(lambda seed, r=reference, k=kind: columns_ring(r, 1_000, seed, k), 20 // share, kind)
            print_line(f"30 columns: {kind}, 1,000 rows against {reference:,}", 20 // share * WINDOWS_OF_A_KIND, found)
    for reference, window in ((500, 200), (5_000, 1_000)):
        found = counted(lambda seed, r=reference, w=window: predictions_ring(r, w, seed), 20 // share, "predictions")
        print_line(f"predictions, {window:,} rows against {reference:,}", 20 // share * WINDOWS, found)
    for count in (1_000, 2_000):
        found = counted(lambda seed, n=count: together_ring(n, seed), 60 // share, "all columns together")
        print_line(f"all of 30 columns together, {count:,} rows a side", 60 // share, found)
    for effect, name in ((False, "taken as independent"), (True, "with `correlated_rows`")):
        found = counted(lambda s, e=effect: np.mean(alike_windows(s, counts_effect=e)), 200 // share, "correlated rows")
        print_line(f"accuracy of 200 correlated rows, 2 of 3 windows, {name}", 200 // share * 40, found)
    print("\n| no drift | labels | alarms per 10,000 |\n|---|---|---|")
    for alike, name in ((False, "independent errors"), (True, "correlated errors")):
        found = counted(lambda seed, a=alike: detector_alarms(a, seed), 200 // share, "errors one by one")
        print(f"| errors one by one, `arl=10_000`, {name} | {200 // share * LABELS:,} | {found:.2f} |")


def print_line(name: str, reports: int, share: float) -> None:
    """Print one row of the table of reports."""
    print(f"| {name} | {reports:,} | {100 * share:.2f} % |")


def print_delays(share: int) -> None:
    """Print for each drift in which delay it is promised to be found, and in which share of the streams it is."""
    print("\n| drift | promised within | found |\n|---|---|---|")
    for shift in SHIFTS:
        within = f"{shift.windows} {'window' if shift.windows == 1 else 'windows'} of {shift.rows:,} rows"
        found = counted(lambda seed, s=shift: column_is_found(s, s.rows, s.windows, seed), 100 // share, shift.name)
        print(f"| one of 30 columns: {shift.name} | {within} | {found:.2f} |")
    found = counted(lambda seed: predictions_ring(5_000, 1_000, seed, move=0.2), 10, "predictions")
    print(f"| predictions: logit + 0.2 sd | 1 window of 1,000 rows | {found:.2f} |")
    for name, change in (
        ("two of 30 columns: correlation 0 to .8", {"correlation": 0.8}),
        ("+ 0.1 sd in each", {"moved": 0.1}),
    ):
        found = counted(lambda seed, c=change: together_ring(2_000, seed, **c), 60 // share, name)
        print(f"| all columns together: {name} | 1 window of 2,000 rows a side | {found:.2f} |")
    for drop, labels, windows in ((0.05, 1_000, 6), (0.10, 500, 3), (0.10, 1_000, 3)):
        found = counted(
            lambda s, d=drop, n=labels, w=windows: performance_is_found(judged(d, n, w, s)), 300 // share, "auroc"
        )
        print(f"| AUROC .85 falls by {drop:.2f} | {windows} windows of {labels:,} labels | {found:.2f} |")
    found = counted(lambda seed: any(alike_windows(seed, later=0.4)[:20]), 200 // share, "correlated rows")
    print(f"| errors .20 to .40, correlated, with `correlated_rows` | 20 windows of 200 labels | {found:.2f} |")
    for rate, labels in ((0.25, 1_000), (0.30, 400), (0.40, 150)):
        found = counted(lambda seed, r=rate, n=labels: errors_are_found(r, n, seed), 200 // share, "errors")
        print(f"| errors one by one: .20 to {rate:.2f} | {labels:,} labels | {found:.2f} |")


def print_power(share: int) -> None:
    """Print what one window finds."""
    print("\n| one of 30 columns shifted, reference of 10,000 rows | 500 rows | 5,000 rows |\n|---|---|---|")
    for shift in SHIFTS:
        found = [
            counted(lambda seed, s=shift, n=size: column_is_found(s, n, 1, seed), 60 // share, shift.name)
            for size in (500, 5_000)
        ]
        print(f"| {shift.name} | {found[0]:.2f} | {found[1]:.2f} |")
    print("\n| AUROC of .85 falls by | labels of a window | a window is worse | 2 of 3 are: drift |\n|---|---|---|---|")
    for drop in (0.0, 0.02, 0.05, 0.10):
        for labels in (500, 1_000):
            streams = [judged(drop, labels, 3, seed) for seed in range(300 // share)]
            worse = np.mean([bool(window.worse) for stream in streams for window in stream])
            found = np.mean([performance_is_found(stream) for stream in streams])
            print(f"| {drop:.2f} | {labels:,} | {worse:.3f} | {found:.3f} |")


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the repetitions")
    share = 10 if parser.parse_args(arguments).quick else 1
    print_rings(share)
    print_delays(share)
    print_power(share)


if __name__ == "__main__":
    main()
