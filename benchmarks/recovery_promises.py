"""What the default promises on the streams of benchmarks/recovery.py and what it keeps: a table of docs/recovery.md."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import ge, le

import numpy as np

from benchmarks.recovery_figures import NEVER, ORACLE, Figures

LOOKS = 52  # of a weekly schedule in a year
Seeds = Mapping[str, Sequence[Figures]]  # by policy


@dataclass(frozen=True, kw_only=True)
class Promise:
    """One promise: a value of the default that is at least, or at most, so much.

    Attributes:
        title: for people.
        value: of a stream, as the mean over its seeds.
        bound: that it must keep.
        at_most: whether the bound is the largest value, and not the smallest.
    """

    title: str
    value: Callable[[Seeds], float]
    bound: Callable[[Seeds], float]
    at_most: bool = False

    def line(self, stream: str, seeds: Seeds) -> str:
        """Return the promise, what was measured, and whether it is kept, as a row of a table."""
        value, bound = self.value(seeds), self.bound(seeds)
        kept = (le if self.at_most else ge)(round(value, 2), round(bound, 2))
        sign = "≤" if self.at_most else "≥"
        return f"| {stream} | {self.title} | {value:.2f} {sign} {bound:.2f} | {'kept' if kept else '**missed**'} |"


def _mean(policy: str, attribute: str) -> Callable[[Seeds], float]:
    return lambda seeds: float(np.mean([getattr(one, attribute) for one in seeds[policy]]))


def _over(policy: str, attribute: str, more: float) -> Callable[[Seeds], float]:
    return lambda seeds: _mean(policy, attribute)(seeds) + more


def _fixed(value: float) -> Callable[[Seeds], float]:
    return lambda _: value


def _accuracy(title: str, bound: Callable[[Seeds], float]) -> Promise:
    return Promise(title=title, value=_mean("default", "mean"), bound=bound)


def _looks(share: float, title: str) -> Promise:
    return Promise(
        title=f"at most {title} of weekly's looks",
        value=_mean("default", "looks"),
        bound=_fixed(share * LOOKS),
        at_most=True,
    )


def _at_most(bound: float, title: str, attribute: str) -> Promise:
    return Promise(title=title, value=_mean("default", attribute), bound=_fixed(bound), at_most=True)


def _better_of_both(seeds: Seeds) -> float:
    return max(_mean(NEVER, "mean")(seeds), _mean("weekly", "mean")(seeds)) - 0.3


THIRD, HALF, MOST = _looks(1 / 3, "a third"), _looks(1 / 2, "half"), _looks(3 / 4, "three quarters")
AS_WEEKLY = _accuracy("accuracy: at least weekly's", _mean("weekly", "mean"))
CALM = (
    _accuracy("accuracy: within .3 points of the better of never and weekly", _better_of_both),
    _at_most(1.0, "at most one false episode a year", "false_episodes"),
)
SOON = _at_most(2.0, "half of the loss regained within 2 weeks", "weeks")
ABRUPT = (
    Promise(
        title="last quarter: within 1 point of the oracle",
        value=_mean("default", "last"),
        bound=_over(ORACLE, "last", -1.0),
    ),
    SOON,
    THIRD,
)
NUMBERS = (
    Promise(
        title="last quarter: RMSE within .05 of the oracle",
        value=_mean("default", "last"),
        bound=_over(ORACLE, "last", 0.05),
        at_most=True,
    ),
    SOON,
    THIRD,
)
SLOW = (_accuracy("accuracy: within .5 points of weekly's", _over("weekly", "mean", -0.5)), HALF)
RETURNING = (
    _accuracy("accuracy: 8 points above weekly's", _over("weekly", "mean", 8.0)),
    Promise(title="half of the three returns recalled", value=_mean("default", "recalls"), bound=_fixed(1.5)),
    THIRD,
)
HARDER = (
    _at_most(10.0, "a lower level accepted within the training window and 2 weeks: weeks", "weeks_to_acceptance"),
    _at_most(0.0, "no look after that but by age", "later_looks"),
    _accuracy("accuracy: within .5 points of weekly's", _over("weekly", "mean", -0.5)),
)
PRICES = (
    _accuracy("accuracy: above never's", _mean(NEVER, "mean")),
    _at_most(80 * 364 / 900, "looks: as 80 in all 900 days", "looks"),
)
PROMISES: Mapping[str, Sequence[Promise]] = {
    **dict.fromkeys(("stationary", "season", "covariates"), CALM),
    **dict.fromkeys(("sudden", "mild", "classes", "rare_classes"), ABRUPT),
    "regression": NUMBERS,
    "gradual": (AS_WEEKLY, THIRD),
    **dict.fromkeys(("incremental", "hyperplane"), SLOW),
    "recurring": RETURNING,
    **dict.fromkeys(("sea", "agrawal", "rbf"), (AS_WEEKLY, MOST)),
    "harder": HARDER,
    **dict.fromkeys(("sudden_late", "gradual_late", "recurring_late", "incremental_late"), (AS_WEEKLY, THIRD)),
    **dict.fromkeys(("electricity_1", "electricity_2"), PRICES),
}
NEEDED = {NEVER, "weekly", "default"}


def promises(results: Mapping[str, Seeds]) -> str:
    """Return each promise about the streams of `results` with what was measured; nothing where a policy lacks."""
    lines = ["| stream | promised | measured | |", "|---|---|---|---|"]
    for stream, seeds in results.items():
        if set(seeds) >= NEEDED:
            lines += [promise.line(stream, seeds) for promise in PROMISES.get(stream, ())]
    every = {"default": [one for seeds in results.values() if set(seeds) >= NEEDED for one in seeds["default"]]}
    if every["default"]:
        title = "never said to be regained while more is lost than that"
        lines.append(_at_most(0.0, title, "false_all_clears").line("each stream", every))
    halves = [results[name] for name in ("electricity_1", "electricity_2") if set(results.get(name, ())) >= NEEDED]
    if len(halves) == 2:
        both = {"default": [*halves[0]["default"], *halves[1]["default"]]}
        lines.append(_accuracy("accuracy: at least 77.2", _fixed(77.2)).line("electricity, both halves", both))
    return "\n".join(lines)
