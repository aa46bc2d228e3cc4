"""What a version would earn on all keys, from the rows that it answered for and how probable that was."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from driftline.metrics import GROUPS, Interval, resampled_weights
from driftline.rollout.errors import PropensityError

LEAST_EFFECTIVE = 100  # rows; below, an interval says more than the rows do


@dataclass(frozen=True, kw_only=True)
class OffPolicyValue:
    """The mean reward that a version would have on all rows.

    Attributes:
        value: the self-normalized estimate.
        interval: 95 %, of a bootstrap by key.
        effective_count: rows of equal weight that would be as sure.
        row_count: rows that the version answered for.
    """

    value: float
    interval: Interval
    effective_count: float
    row_count: int


def off_policy_value(
    rewards: npt.ArrayLike, propensities: npt.ArrayLike, keys: npt.ArrayLike, *, seed: int = 0
) -> OffPolicyValue:
    """Return the mean reward that a version would have, had it answered for all rows.

    Args:
        rewards: of the rows that it answered for, in [0, 1], shape (n_rows,).
        propensities: how probable it was for each row that this version answers, shape (n_rows,).
        keys: who each row is about, shape (n_rows,): rows of one key are drawn together.
        seed: the same seed gives the same interval.

    Raises:
        PropensityError: a reward or a propensity is missing or out of range, or fewer than 100 rows count.

    Source: Swaminathan & Joachims 2015, NeurIPS (SNIPS); Kish 1965 (effective number).
    """
    reward, propensity = np.asarray(rewards, dtype=float), np.asarray(propensities, dtype=float)
    unusable = int((~((propensity > 0) & (propensity <= 1))).sum())
    if unusable:
        raise PropensityError(f"{unusable} of {len(propensity)} rows have no propensity above 0 and up to 1")
    if not ((reward >= 0) & (reward <= 1)).all():
        raise PropensityError("a reward is missing or not in [0, 1]")
    weights = 1 / propensity
    effective = float(weights.sum() ** 2 / (weights**2).sum()) if len(weights) else 0.0
    if effective < LEAST_EFFECTIVE:
        raise PropensityError(f"the rows count as {effective:.0f}, fewer than {LEAST_EFFECTIVE}")
    return OffPolicyValue(
        value=float(weights @ reward / weights.sum()),
        interval=_interval(weights, reward, np.asarray(keys), seed),
        effective_count=effective,
        row_count=len(reward),
    )


def _interval(weights: np.ndarray, reward: np.ndarray, keys: np.ndarray, seed: int) -> Interval:
    """Return the 95 % interval of the estimate over draws of keys; many keys are drawn in random groups."""
    rng = np.random.default_rng(seed)
    _, key = np.unique(keys, return_inverse=True)
    key_count = int(key.max()) + 1
    group_count = min(key_count, GROUPS)
    group = rng.permutation(np.arange(key_count) % group_count)[key]
    weight_in = np.bincount(group, weights=weights, minlength=group_count)
    reward_in = np.bincount(group, weights=weights * reward, minlength=group_count)
    drawn = resampled_weights(rng, group_count)
    low, high = np.quantile((drawn @ reward_in) / (drawn @ weight_in), [0.025, 0.975])
    return Interval(low=float(low), high=float(high))
