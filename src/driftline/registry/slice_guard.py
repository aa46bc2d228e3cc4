"""The guard of slices: a challenger must not be worse than the champion on any of them by more than a margin."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import erfc, sqrt

from driftline.declaration import Promote
from driftline.drift import holm_adjusted
from driftline.metrics import Comparison, SliceComparison

USUAL_CONFIDENCE = 0.95  # where the policy asks for none of the whole


@dataclass(frozen=True, kw_only=True)
class Guard:
    """What the slices say.

    Attributes:
        fault: why the challenger must not be promoted; None where nothing speaks against it.
        warning: what people should know beside a promotion, as a sentence after a space; empty for nothing.
    """

    fault: str | None = None
    warning: str = ""


def guard_slices(policy: Promote, slices: Sequence[SliceComparison]) -> Guard:
    """Return whether a challenger is surely not worse than the champion, by more than the margin, on every slice.

    "Not significantly worse" would pass every small slice; here each must be shown to be good enough, by a one-sided
    test, adjusted by Holm over the slices. A slice that is too small for a test is named, or blocks.
    """
    if policy.slice_margin is None:
        return Guard()
    tested = [(one, p) for one in slices if (p := _p_value(one.comparison, policy.slice_margin)) is not None]
    alpha = 1.0 - (policy.confidence or USUAL_CONFIDENCE)
    adjusted = holm_adjusted([p for _, p in tested])
    failing = [(one, p) for (one, _), p in zip(tested, adjusted, strict=True) if p > alpha]
    if failing:
        worst, p = max(failing, key=lambda pair: pair[1])
        return Guard(fault=_failing(worst, p, policy.slice_margin))
    untested = [one for one in slices if all(one is not known for known, _ in tested)]
    if not untested:
        return Guard()
    named = ", ".join(f"{one.column}={one.value} ({_why(one)})" for one in untested)
    if policy.on_small_slice == "block":
        return Guard(fault=f"these slices are too small to tell: {named}")
    return Guard(warning=f" Slices too small to tell: {named}.")


def _p_value(comparison: Comparison | None, margin: float) -> float | None:
    """Return the one-sided p-value of the hypothesis that the gain is at most minus the margin."""
    if comparison is None or comparison.gain is None or comparison.standard_error is None:
        return None
    distance = comparison.gain + margin
    if comparison.standard_error == 0.0:
        return 0.0 if distance > 0.0 else 1.0
    return erfc(distance / comparison.standard_error / sqrt(2.0)) / 2.0


def _failing(one: SliceComparison, p: float, margin: float) -> str:
    gain = one.comparison.gain if one.comparison else None
    rows = one.comparison.challenger.row_count if one.comparison else 0
    return (
        f"where {one.column} is {one.value!r} it is not sure to be less than {margin:g} worse: gain {gain:+.4f} on "
        f"{rows} rows, p = {p:.3g}"
    )


def _why(one: SliceComparison) -> str:
    return one.too_small or (one.comparison.note if one.comparison else None) or "no test"
