"""A bandit between two versions: which share of keys the challenger answers for next, and when it is over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from driftline.predictions.errors import BanditRuleError
from driftline.rollout.posterior import Cohort, expected_loss, posterior, probability_greater


@dataclass(frozen=True, kw_only=True)
class BanditRule:
    """When a bandit shifts its shares and when it ends.

    Attributes:
        floor: the least share of either version; without one, the weaker could never show that it has recovered.
        certainty: the probability of being the better one that a winner needs.
        epsilon: the expected loss of mean reward that a winner must stay below.
        min_labels: rewards of both together before there is a winner.
        max_age: after this time the champion is kept.
    """

    floor: float = 0.1
    certainty: float = 0.99
    epsilon: float = 0.001
    min_labels: int = 5000
    max_age: timedelta = timedelta(days=30)

    def __post_init__(self) -> None:
        if not 0.0 < self.floor <= 0.5:
            raise BanditRuleError("floor", self.floor, "a share above 0 and not above 0.5")
        if not 0.5 < self.certainty < 1.0:
            raise BanditRuleError("certainty", self.certainty, "a probability between 0.5 and 1")
        if not 0.0 < self.epsilon < 1.0:
            raise BanditRuleError("epsilon", self.epsilon, "a loss between 0 and 1")
        if self.min_labels < 1:
            raise BanditRuleError("min_labels", self.min_labels, "1 or more")
        if self.max_age <= timedelta(0):
            raise BanditRuleError("max_age", self.max_age, "a time above zero")


@dataclass(frozen=True, kw_only=True)
class BanditStep:
    """What follows from the rewards so far.

    Attributes:
        verdict: go on, or end: promote the challenger or keep the champion.
        share: the keys that the challenger answers for next, in [floor, 1 - floor].
        probability: that the challenger is the better one.
        expected_loss: of mean reward, with the one that is more probably better.
        label_count: rewards of partitions for which both answered.
        reason: why, in words.
    """

    verdict: Literal["go_on", "promote", "keep"]
    share: float
    probability: float
    expected_loss: float
    label_count: int
    reason: str


def bandit_step(rule: BanditRule, cohorts: Sequence[Cohort], *, age: timedelta) -> BanditStep:
    """Return the next share of the challenger, or the end; the same rewards give the same answer.

    Args:
        rule: the policy.
        cohorts: partitions whose labels are due for both versions; else the one whose failures are known first loses.
        age: since when the bandit runs.

    Source: Thompson 1933; batches and delay: Chapelle & Li 2011, NeurIPS. Ours: the probability itself instead of a
    draw, and an end by probability and expected loss together, since looking again and again finds winners by chance.
    """
    known = posterior(cohorts)
    probability = probability_greater(known.challenger, known.champion)
    ahead = probability >= 0.5
    best, other = (known.challenger, known.champion) if ahead else (known.champion, known.challenger)
    loss = expected_loss(best, other)
    label_count = sum(one.row_count for one in cohorts if one.champion_count and one.challenger_count)
    said = f"P(challenger is better) = {probability:.4f}, expected loss {loss:.2g}, {label_count} labels"
    sure = max(probability, 1 - probability) > rule.certainty and loss < rule.epsilon
    verdict: Literal["go_on", "promote", "keep"] = "go_on"
    if sure and label_count >= rule.min_labels:
        verdict = "promote" if ahead else "keep"
        reason = f"{'Promote' if ahead else 'Keep'}: {said}."
    elif age >= rule.max_age:
        verdict, reason = "keep", f"Keep: no winner within {rule.max_age.days} days; {said}."
    else:
        reason = f"Go on: {said}."
    return BanditStep(
        verdict=verdict,
        share=min(max(probability, rule.floor), 1 - rule.floor),
        probability=probability,
        expected_loss=loss,
        label_count=label_count,
        reason=reason,
    )
