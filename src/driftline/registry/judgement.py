"""The judgement: may a challenger take the champion's place? A pure function that names its rule and its values."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from driftline.declaration import Promote
from driftline.metrics import Comparison, Measurement, SliceComparison
from driftline.registry.slice_guard import SliceGuard, guard_slices
from driftline.sentences import decision_sentence


class JudgementRule(StrEnum):
    """The rules of a judgement; the first that applies decides."""

    SCORE_UNKNOWN = "score_unknown"
    CHAMPION_CANNOT_SCORE = "champion_cannot_score"
    FIRST_VERSION = "first_version"
    GAIN_UNKNOWN = "gain_unknown"
    TIE = "tie"
    GAIN_TOO_SMALL = "gain_too_small"
    NOT_TESTABLE = "not_testable"
    NOT_SIGNIFICANT = "not_significant"
    SLICE_WORSE = "slice_worse"
    SLICES_TOO_SMALL = "slices_too_small"
    BETTER = "better"
    SIGNIFICANTLY_BETTER = "significantly_better"


_PROMOTING = frozenset(
    {
        JudgementRule.CHAMPION_CANNOT_SCORE,
        JudgementRule.FIRST_VERSION,
        JudgementRule.BETTER,
        JudgementRule.SIGNIFICANTLY_BETTER,
    }
)


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What was decided about a challenger.

    Attributes:
        rule: that decided.
        details: the values that it decided on, as JSON can hold them.
    """

    rule: JudgementRule
    details: Mapping[str, Any]

    @property
    def promote(self) -> bool:
        """Return whether the challenger becomes champion."""
        return self.rule in _PROMOTING

    @property
    def reason(self) -> str:
        """Return rule and values as a sentence."""
        return decision_sentence(self.rule, self.details)


def judge(
    policy: Promote,
    challenger: Measurement,
    comparison: Comparison | None,
    *,
    champion_fault: str | None = None,
    slices: Sequence[SliceComparison] = (),
    tried: int = 1,
) -> Judgement:
    """Return whether the challenger becomes champion.

    Args:
        policy: how much better it must be, and how surely.
        challenger: its score on the holdout.
        comparison: with the champion on the same rows of the same holdout; None: there is no champion.
        champion_fault: why the champion cannot score these rows, where the policy promotes all the same.
        slices: the comparison on slices of the holdout; looked at where the policy has a margin for them.
        tried: models of which the challenger was chosen on the same holdout; the test is so many times as strict
            (Bonferroni), since the best of several looks better than it is.

    A missing or NaN score never wins. Without a champion the first valid challenger wins. A tie keeps the champion.
    """
    scored = {"metric": challenger.metric, "challenger_score": challenger.value}
    if challenger.value is None or not math.isfinite(challenger.value):
        unknown = {"metric": challenger.metric, "note": challenger.note or "not a number"}
        return Judgement(rule=JudgementRule.SCORE_UNKNOWN, details=unknown)
    if champion_fault is not None:
        return Judgement(rule=JudgementRule.CHAMPION_CANNOT_SCORE, details={**scored, "fault": champion_fault})
    if comparison is None:
        return Judgement(rule=JudgementRule.FIRST_VERSION, details=scored)
    if comparison.gain is None or not math.isfinite(comparison.gain):
        unknown = {"metric": challenger.metric, "note": comparison.note or "not a number"}
        return Judgement(rule=JudgementRule.GAIN_UNKNOWN, details=unknown)
    return _compared(policy, comparison, comparison.gain, guard_slices(policy, slices), tried)


def _compared(policy: Promote, comparison: Comparison, gain: float, guard: SliceGuard, tried: int) -> Judgement:
    details = _details(comparison) | ({"tried": tried} if tried > 1 else {})
    if gain == 0:
        return Judgement(rule=JudgementRule.TIE, details=details)
    if gain <= policy.min_gain:
        return Judgement(rule=JudgementRule.GAIN_TOO_SMALL, details={**details, "min_gain": policy.min_gain})
    if policy.confidence is None:
        return _guarded(JudgementRule.BETTER, details, guard)
    if comparison.p_value is None or math.isnan(comparison.p_value):
        note = comparison.note or "no p-value"
        return Judgement(rule=JudgementRule.NOT_TESTABLE, details={**details, "note": note})
    alpha = (1 - policy.confidence) / tried
    details |= {"p_value": comparison.p_value, "alpha": alpha}
    if comparison.p_value > alpha:
        return Judgement(rule=JudgementRule.NOT_SIGNIFICANT, details=details)
    return _guarded(JudgementRule.SIGNIFICANTLY_BETTER, details, guard)


def _guarded(rule: JudgementRule, details: Mapping[str, Any], guard: SliceGuard) -> Judgement:
    """Return the judgement by `rule`, unless a slice speaks against it."""
    if guard.worst is not None:
        return Judgement(rule=JudgementRule.SLICE_WORSE, details={**details, **guard.worst})
    untested = {"untested_slices": list(guard.untested)} if guard.untested else {}
    if guard.blocks:
        return Judgement(rule=JudgementRule.SLICES_TOO_SMALL, details={**details, **untested})
    return Judgement(rule=rule, details={**details, **untested})


def _details(comparison: Comparison) -> dict[str, Any]:
    return {
        "metric": comparison.metric,
        "champion_score": comparison.champion.value,
        "challenger_score": comparison.challenger.value,
        "gain": comparison.gain,
        "gain_low": comparison.ci_low,
        "gain_high": comparison.ci_high,
        "row_count": comparison.challenger.row_count,
    }
