"""Two-sided confidence intervals."""

from dataclasses import dataclass
from math import exp, log, sqrt

from scipy.special import ndtri, stdtrit


@dataclass(frozen=True, kw_only=True)
class Interval:
    """Both ends of a two-sided confidence interval, in the unit of what they enclose."""

    low: float
    high: float


def normal_quantile(confidence: float) -> float:
    """Return how many standard errors a two-sided normal interval of `confidence` reaches.

    >>> round(normal_quantile(0.95), 4)
    1.96
    """
    return float(ndtri(0.5 + confidence / 2.0))


def wilson(successes: int, trials: int, *, confidence: float = 0.95) -> Interval:
    """Return Wilson's interval of a proportion; it stays in [0, 1] and works at 0 and at `trials` successes.

    Args:
        successes: from 0 to `trials`.
        trials: at least 1.
        confidence: two-sided, in (0, 1).

    >>> wilson(0, 10)
    Interval(low=0.0, high=0.2775...)

    Source: Wilson 1927.
    """
    z = normal_quantile(confidence)
    share = successes / trials
    shrink = 1.0 + z * z / trials
    middle = (share + z * z / (2.0 * trials)) / shrink
    half = z * sqrt(share * (1.0 - share) / trials + z * z / (4.0 * trials * trials)) / shrink
    return Interval(
        low=0.0 if successes == 0 else max(0.0, middle - half),
        high=1.0 if successes == trials else min(1.0, middle + half),
    )


def mean_interval(mean: float, standard_error: float, row_count: int, *, confidence: float = 0.95) -> Interval:
    """Return Student's t interval of the mean of `row_count` rows, at least 2."""
    half = float(stdtrit(row_count - 1, 0.5 + confidence / 2.0)) * standard_error
    return Interval(low=mean - half, high=mean + half)


def normal_interval(value: float, standard_error: float, *, confidence: float = 0.95) -> Interval:
    """Return `value` plus and minus the normal quantile times its standard error."""
    half = normal_quantile(confidence) * standard_error
    return Interval(low=value - half, high=value + half)


def logit_interval(value: float, standard_error: float, *, confidence: float = 0.95) -> Interval:
    """Return the interval that is symmetric on the logit scale, so it stays inside (0, 1).

    Args:
        value: strictly between 0 and 1.
        standard_error: of `value` on its own scale; the delta method carries it to the logit.
        confidence: two-sided, in (0, 1).
    """
    half = normal_quantile(confidence) * standard_error / (value * (1.0 - value))
    logit = log(value / (1.0 - value))
    return Interval(low=_expit(logit - half), high=_expit(logit + half))


def _expit(logit: float) -> float:
    if logit >= 0:
        return 1.0 / (1.0 + exp(-logit))
    odds = exp(max(logit, -745.0))  # below, exp underflows to 0 anyway
    return odds / (1.0 + odds)
