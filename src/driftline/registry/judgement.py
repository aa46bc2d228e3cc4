"""The judgement: may a challenger take the champion's place? A pure function with its reason in words."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from driftline.declaration import Promote
from driftline.metrics import Comparison, Measurement, SliceComparison
from driftline.registry.slice_guard import Guard, guard_slices


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What was decided about a challenger, and why."""

    promote: bool
    reason: str


def judge(  # noqa: PLR0911  (each return is a rule; the first that speaks decides)
    policy: Promote,
    challenger: Measurement,
    comparison: Comparison | None,
    *,
    champion_fault: str | None = None,
    slices: Sequence[SliceComparison] = (),
) -> Judgement:
    """Return whether the challenger becomes champion.

    Args:
        policy: how much better it must be, and how surely.
        challenger: its score on the holdout.
        comparison: with the champion on the same rows of the same holdout; None: there is no champion.
        champion_fault: why the champion cannot score these rows, where the policy promotes all the same.
        slices: the comparison on slices of the holdout; looked at where the policy has a margin for them.

    A missing or NaN score never wins. Without a champion the first valid challenger wins. A tie keeps the champion.
    """
    name = challenger.metric
    if challenger.value is None or not math.isfinite(challenger.value):
        return _keep(f"the challenger's {name} is not known ({challenger.note or 'not a number'})")
    if champion_fault is not None:
        return Judgement(
            promote=True,
            reason=f"Promoted without a comparison, {name} {challenger.value:.4f}. {champion_fault}",
        )
    if comparison is None:
        return Judgement(promote=True, reason=f"Promoted: the first valid version, {name} {challenger.value:.4f}.")
    if comparison.gain is None or not math.isfinite(comparison.gain):
        return _keep(f"the gain in {name} is not known ({comparison.note or 'not a number'})")
    said, guard = _said(comparison), guard_slices(policy, slices)
    if comparison.gain == 0:
        return _keep(f"{said} is a tie, and a tie keeps the champion")
    if comparison.gain <= policy.min_gain:
        return _keep(f"{said} is not a gain of more than {policy.min_gain:g}")
    if policy.confidence is None:
        return _unless(guard, f"{said}; the policy asks for no confidence")
    alpha = 1 - policy.confidence
    if comparison.p_value is None or math.isnan(comparison.p_value):
        return _keep(f"{said} cannot be tested ({comparison.note or 'no p-value'})")
    if comparison.p_value > alpha:
        return _keep(f"{said} is not sure enough, p = {comparison.p_value:.3g} > {alpha:.3g}")
    return _unless(guard, f"{said}, p = {comparison.p_value:.3g} <= {alpha:.3g}")


def _unless(guard: Guard, said: str) -> Judgement:
    if guard.fault is not None:
        return _keep(f"{said}, but {guard.fault}")
    return Judgement(promote=True, reason=f"Promoted: {said}.{guard.warning}")


def _keep(why: str) -> Judgement:
    return Judgement(promote=False, reason=f"Kept: {why}.")


def _said(comparison: Comparison) -> str:
    champion, challenger = comparison.champion.value, comparison.challenger.value
    interval = ""
    if comparison.ci_low is not None and comparison.ci_high is not None:
        interval = f" [{comparison.ci_low:+.4f}, {comparison.ci_high:+.4f}]"
    return (
        f"{comparison.metric} {_number(challenger)} against {_number(champion)} of the champion, "
        f"gain {comparison.gain:+.4f}{interval} on {comparison.challenger.row_count} holdout rows"
    )


def _number(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.4f}"
