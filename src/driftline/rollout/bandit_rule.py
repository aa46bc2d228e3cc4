"""A bandit between two versions: which share of keys the challenger answers for next, and when it is over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from driftline.declaration.errors import RuleValueError
from driftline.rollout.posterior import Cohort, expected_loss, posterior, probability_greater
from driftline.sentences import decision_sentence

FEWEST_UNITS = 30  # of either version; with fewer, which keys fell to whom may be the whole difference


@dataclass(frozen=True, kw_only=True)
class BanditRule:
    """When a bandit shifts its shares and when it ends.

    Attributes:
        min_share: the least share of either version; without one, the weaker could never show that it has recovered.
        certainty: the probability of being the better one that a winner needs.
        epsilon: the expected loss of mean reward that a winner must stay below.
        min_labels: rewards of both together before there is a winner.
        max_age: after this time the champion is kept.
    """

    min_share: float = 0.1
    certainty: float = 0.99
    epsilon: float = 0.001
    min_labels: int = 5000
    max_age: timedelta = timedelta(days=30)

    def __post_init__(self) -> None:
        if not 0.0 < self.min_share <= 0.5:
            raise RuleValueError("The bandit", "min_share", self.min_share, "a share above 0 and not above 0.5")
        if not 0.5 < self.certainty < 1.0:
            raise RuleValueError("The bandit", "certainty", self.certainty, "a probability between 0.5 and 1")
        if not 0.0 < self.epsilon < 1.0:
            raise RuleValueError("The bandit", "epsilon", self.epsilon, "a loss between 0 and 1")
        if self.min_labels < 1:
            raise RuleValueError("The bandit", "min_labels", self.min_labels, "1 or more")
        if self.max_age <= timedelta(0):
            raise RuleValueError("The bandit", "max_age", self.max_age, "a time above zero")


class BanditVerdict(StrEnum):
    """What follows from the rewards: the bandit goes on, or it ends in a decision."""

    GO_ON = "go_on"
    PROMOTE = "promote"
    KEEP = "keep"


class BanditStepRule(StrEnum):
    """Which rule decided."""

    GO_ON = "bandit_goes_on"
    WINNER = "bandit_winner"
    EXPIRED = "bandit_expired"
    TOO_FEW_UNITS = "bandit_too_few_units"


@dataclass(frozen=True, kw_only=True)
class BanditStep:
    """What follows from the rewards so far.

    Attributes:
        verdict: go on, or end: promote the challenger or keep the champion.
        share: the keys that the challenger answers for next, in [min_share, 1 - min_share].
        probability: that the challenger is the better one.
        expected_loss: of mean reward, with the one that is more probably better.
        label_count: rewards of partitions for which both answered.
        rule: that decided.
        details: the values that it decided on, as JSON can hold them.
    """

    verdict: BanditVerdict
    share: float
    probability: float
    expected_loss: float
    label_count: int
    rule: BanditStepRule
    details: Mapping[str, Any]

    @property
    def reason(self) -> str:
        """Return rule and values as a sentence."""
        return decision_sentence(self.rule, self.details)


def bandit_step(
    rule: BanditRule, cohorts: Sequence[Cohort], *, age: timedelta, unit_count: int | None = None
) -> BanditStep:
    """Return the next share of the challenger, or the end; the same rewards give the same answer.

    Args:
        rule: the policy.
        cohorts: partitions whose labels are due for both versions; else the one whose failures are known first loses.
        age: since when the bandit runs.
        unit_count: different units of that version whose rewards are of fewer; below 30 no challenger wins. None: not
            asked.

    Source: Thompson 1933; batches and delay: Chapelle & Li 2011, NeurIPS. Ours: the probability itself instead of a
    draw, and an end by probability and expected loss together, since looking again and again finds winners by chance.
    """
    beliefs = posterior(cohorts)
    probability = probability_greater(beliefs.challenger, beliefs.champion)
    ahead = probability >= 0.5
    best, other = (beliefs.challenger, beliefs.champion) if ahead else (beliefs.champion, beliefs.challenger)
    loss = expected_loss(best, other)
    label_count = sum(cohort.row_count for cohort in cohorts if cohort.champion_count and cohort.challenger_count)
    is_certain = max(probability, 1 - probability) > rule.certainty and loss < rule.epsilon
    step_rule, verdict = BanditStepRule.GO_ON, BanditVerdict.GO_ON
    if is_certain and label_count >= rule.min_labels:
        step_rule, verdict = BanditStepRule.WINNER, BanditVerdict.PROMOTE if ahead else BanditVerdict.KEEP
    elif age >= rule.max_age:
        step_rule, verdict = BanditStepRule.EXPIRED, BanditVerdict.KEEP
    if verdict is BanditVerdict.PROMOTE and unit_count is not None and unit_count < FEWEST_UNITS:
        step_rule = BanditStepRule.TOO_FEW_UNITS
        verdict = BanditVerdict.KEEP if age >= rule.max_age else BanditVerdict.GO_ON
    return BanditStep(
        verdict=verdict,
        share=min(max(probability, rule.min_share), 1 - rule.min_share),
        probability=probability,
        expected_loss=loss,
        label_count=label_count,
        rule=step_rule,
        details={
            "verdict": verdict.value,
            "probability": probability,
            "expected_loss": loss,
            "label_count": label_count,
            "max_age_days": rule.max_age.days,
            "fewest_units": FEWEST_UNITS,
        },
    )
