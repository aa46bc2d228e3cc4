"""Which of two versions is better, by the rewards of both: Beta posteriors, compared without a random draw."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from driftline.declaration.errors import RuleValueError

_POINTS = 256  # agree with the finite sum to 1e-9, from no reward to millions
_TAIL = 1e-15  # of the narrower posterior, left out at each end


@dataclass(frozen=True, kw_only=True)
class Cohort:
    """The rewards of one partition whose labels are due for both versions; each reward is in [0, 1].

    Attributes:
        champion_count: rows that the champion answered for.
        champion_reward: the sum of their rewards.
        challenger_count: rows that the challenger answered for.
        challenger_reward: the sum of their rewards.
    """

    champion_count: int
    champion_reward: float
    challenger_count: int
    challenger_reward: float

    def __post_init__(self) -> None:
        for name in ("champion", "challenger"):
            count, reward = getattr(self, f"{name}_count"), getattr(self, f"{name}_reward")
            if not 0.0 <= reward <= count:
                raise RuleValueError("The bandit", f"{name}_reward", reward, f"a sum of {count} rewards from 0 to 1")

    @property
    def row_count(self) -> int:
        """Return the rows of both."""
        return self.champion_count + self.challenger_count


@dataclass(frozen=True, kw_only=True)
class Beta:
    """What is known of a version's mean reward: a Beta distribution."""

    alpha: float
    beta: float

    @property
    def mean(self) -> float:
        """Return the mean, in (0, 1)."""
        return self.alpha / (self.alpha + self.beta)

    @property
    def variance(self) -> float:
        """Return the variance."""
        return self.mean * (1 - self.mean) / (self.alpha + self.beta + 1)


@dataclass(frozen=True, kw_only=True)
class Posterior:
    """What is known of both versions."""

    champion: Beta
    challenger: Beta


def posterior(cohorts: Sequence[Cohort]) -> Posterior:
    """Return what rewards say of both versions, from a uniform prior.

    Both are measured on the same mix of partitions: where shares and the ease of partitions change together, pooled
    rewards would mislead (Simpson's paradox). A partition counts as much as it can tell the two apart, by the harmonic
    mean of their rows; one for which only one version answered says nothing.

    Source: Thompson 1933, Biometrika 25; the weights of Mantel & Haenszel 1959, J. Natl. Cancer Inst. 22. Ours: so many
    rewards count as would make a plain mean as sure as the weighted one; with the same share in all partitions these
    are all rows.
    """
    both = [cohort for cohort in cohorts if cohort.champion_count and cohort.challenger_count]
    if not both:
        return Posterior(champion=Beta(alpha=1.0, beta=1.0), challenger=Beta(alpha=1.0, beta=1.0))
    weights = np.array([cohort.champion_count * cohort.challenger_count / cohort.row_count for cohort in both])
    weights /= weights.sum()
    return Posterior(
        champion=_standardized(weights, [(cohort.champion_count, cohort.champion_reward) for cohort in both]),
        challenger=_standardized(weights, [(cohort.challenger_count, cohort.challenger_reward) for cohort in both]),
    )


def _standardized(weights: np.ndarray, rewards: Sequence[tuple[int, float]]) -> Beta:
    counts, sums = np.array(rewards, dtype=float).T
    mean = float(weights @ (sums / counts))
    effective = float(1 / (weights**2 / counts).sum())
    return Beta(alpha=1 + mean * effective, beta=1 + (1 - mean) * effective)


def probability_greater(belief: Beta, other: Beta) -> float:
    """Return the probability that the mean of `belief` is greater than that of `other`, by quadrature.

    The density of the narrower one is integrated over the distribution of the wider one, which is smooth there.

    >>> round(probability_greater(Beta(alpha=2.0, beta=1.0), Beta(alpha=1.0, beta=1.0)), 9)
    0.666666667
    """
    if belief.variance <= other.variance:
        return _below(other, belief)
    return 1.0 - _below(belief, other)


def _below(wide: Beta, narrow: Beta) -> float:
    """Return the probability that `wide` is below `narrow`.

    The trapezoidal rule on the logit scale: there the density has no singularity at 0 and 1, and the sum over equal
    steps converges exponentially.
    """
    low = float(special.logit(special.betaincinv(narrow.alpha, narrow.beta, _TAIL)))
    high = -float(special.logit(special.betaincinv(narrow.beta, narrow.alpha, _TAIL)))
    at = np.linspace(low, high, _POINTS)
    log_density = narrow.alpha * special.log_expit(at) + narrow.beta * special.log_expit(-at)
    density = np.exp(log_density - log_density.max())
    below = density @ special.betainc(wide.alpha, wide.beta, special.expit(at))
    return float(np.clip(below / density.sum(), 0.0, 1.0))


def expected_loss(chosen: Beta, other: Beta) -> float:
    """Return how much mean reward is lost on average by choosing `chosen` where `other` is better; 0.0 is none."""
    more_other = Beta(alpha=other.alpha + 1, beta=other.beta)
    more_chosen = Beta(alpha=chosen.alpha + 1, beta=chosen.beta)
    gained = other.mean * probability_greater(more_other, chosen)
    given = chosen.mean * (1.0 - probability_greater(more_chosen, other))
    return max(0.0, gained - given)
