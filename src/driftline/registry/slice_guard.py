"""The guard of slices: a challenger must not be worse than the champion on any of them by more than a margin."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import erfc, sqrt
from typing import Any

from driftline.declaration import Promote
from driftline.drift import holm_adjusted
from driftline.metrics import Comparison, SliceComparison

USUAL_CONFIDENCE = 0.95  # where the policy asks for none of the whole


@dataclass(frozen=True, kw_only=True)
class SliceGuard:
    """What the slices say.

    Attributes:
        worst: the slice that speaks most against the challenger, with its values; None: none does.
        untested: the slices that are too small for a test: `column`, `value` and `reason` of each.
        blocks: whether those keep the champion.
    """

    worst: Mapping[str, Any] | None = None
    untested: tuple[Mapping[str, Any], ...] = ()
    blocks: bool = False


def guard_slices(policy: Promote, slices: Sequence[SliceComparison]) -> SliceGuard:
    """Return whether a challenger is surely not worse than the champion, by more than the margin, on every slice.

    "Not significantly worse" would pass every small slice; here each must be shown to be good enough, by a one-sided
    test, adjusted by Holm over the slices. A slice that is too small for a test is named, or blocks.
    """
    margin = policy.slice_margin
    if margin is None:
        return SliceGuard()
    tested = [(part, p) for part in slices if (p := _p_value(part.comparison, margin)) is not None]
    alpha = 1.0 - (policy.confidence or USUAL_CONFIDENCE)
    adjusted = holm_adjusted([p for _, p in tested])
    failing = [(part, p) for (part, _), p in zip(tested, adjusted, strict=True) if p > alpha]
    if failing:
        worst, p_value = max(failing, key=lambda pair: pair[1])
        return SliceGuard(worst=_details(worst, p_value, margin))
    small = [part for part in slices if all(part is not other for other, _ in tested)]
    untested = tuple({"column": part.column, "value": part.value, "reason": _reason(part)} for part in small)
    return SliceGuard(untested=untested, blocks=bool(untested) and policy.on_small_slice == "block")


def _p_value(comparison: Comparison | None, margin: float) -> float | None:
    """Return the one-sided p-value of the hypothesis that the gain is at most minus the margin."""
    if comparison is None or comparison.gain is None or comparison.standard_error is None:
        return None
    distance = comparison.gain + margin
    if comparison.standard_error == 0.0:
        return 0.0 if distance > 0.0 else 1.0
    return erfc(distance / comparison.standard_error / sqrt(2.0)) / 2.0


def _details(part: SliceComparison, p_value: float, margin: float) -> dict[str, Any]:
    return {
        "slice_column": part.column,
        "slice_value": part.value,
        "slice_margin": margin,
        "slice_gain": part.comparison.gain if part.comparison else None,
        "slice_row_count": part.comparison.challenger.row_count if part.comparison else 0,
        "slice_p_value": p_value,
    }


def _reason(part: SliceComparison) -> str:
    return part.too_small or (part.comparison.note if part.comparison else None) or "no test"
