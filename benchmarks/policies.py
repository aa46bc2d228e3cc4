"""Retraining policies on the electricity stream: the table of docs/backtest.md, with a sweep and both halves.

Run it from the project's folder: `python benchmarks/policies.py` (about five minutes; --quick: without the sweep).
"""

import argparse
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import product
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from assets.electricity import electricity
from driftline import Retrain, RetrainTrigger
from driftline.backtest import DEFAULT_POLICIES, PolicyOutcome, backtest
from driftline.backtest.outcome import WindowValue
from driftline.backtest.policies import Policy, named_policy

NAMED = (*DEFAULT_POLICIES, "accuracy<0.65:2d", "accuracy<0.7:2d", "accuracy<0.75:2d")
LENGTHS = ("1d", "2d", "3d", "4d", "7d")
REFERENCES = (2, 4, 6)
CONFIDENCES = (0.90, 0.95)


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    outcome: PolicyOutcome
    halves: tuple[float, float]
    retrained: tuple[int, int]


def swept() -> Iterator[Policy]:
    """Give the default trigger with other windows, numbers of reference windows, and confidences."""
    for length, references, confidence in product(LENGTHS, REFERENCES, CONFIDENCES):
        trigger = RetrainTrigger(window=length, reference_windows=references, confidence=confidence)
        name = f"{length}, {references} reference windows, {confidence:.0%}"
        yield Policy(name=name, retrain=Retrain(trigger=trigger, choice=None))


def replayed(policy: Policy) -> Row:
    """Return what a policy makes of the stream, by halves too: accuracy adds up over days."""
    found = backtest(electricity, [policy], metric_name="accuracy", length="1d")
    outcome = found.policies[0]
    middle = found.window.start + (found.window.end - found.window.start) / 2
    early = [day for day in outcome.windows if day.window.start < middle]
    late = [day for day in outcome.windows if day.window.start >= middle]
    later = sum(one.at >= middle for one in outcome.retrainings)
    return Row(
        outcome=outcome,
        halves=(_accuracy(early), _accuracy(late)),
        retrained=(len(outcome.retrainings) - later, later),
    )


def _accuracy(days: list[WindowValue]) -> float:
    right = sum(day.value * day.label_count for day in days if day.value is not None)
    return right / sum(day.label_count for day in days)


def main() -> None:
    """Print the table as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="only the named policies")
    quick = parser.parse_args().quick
    policies = [*(named_policy(name, electricity) for name in NAMED), *([] if quick else swept())]
    print("| policy | accuracy | AUROC | retrained | promoted | CPU s | first half | second half |")
    print("|---|---|---|---|---|---|---|---|")
    with ProcessPoolExecutor(2) as workers:
        for row in workers.map(replayed, policies):
            one, (first, second), (early, late) = row.outcome, row.halves, row.retrained
            told = f"{one.value('accuracy'):.4f} | {one.value('auroc'):.4f} | {len(one.retrainings)} | {one.promotions}"
            print(
                f"| {one.policy} | {told} | {one.cpu_s:.1f} | {first:.4f} / {early} | {second:.4f} / {late} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
