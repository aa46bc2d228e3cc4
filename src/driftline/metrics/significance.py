"""How sure a gain is: what a paired test returns, and Student's t, the z and the bootstrap test that compute it."""

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.special import ndtr, stdtr

from driftline.metrics.intervals import mean_interval, normal_interval
from driftline.metrics.metric_estimates import FEWEST_DRAWS
from driftline.metrics.rows import FloatArray, ScoredRows

# A variance of the difference of two areas that is rounding only: both models order all pairs alike.
TIED_VARIANCE = 1e-16
BOOTSTRAP = "paired bootstrap"


@dataclass(frozen=True, kw_only=True)
class PairedTest:
    """What a paired test found.

    Attributes:
        method: the test's name.
        gain: how much better the challenger is, in the metric's unit; 0.0 is a tie, negative is worse.
        standard_error: of the gain; of a bootstrap, the spread of its resamples. 0.0 for a tie, None without a test.
        ci_low: lower end of the two-sided 95 % interval of the gain.
        ci_high: its upper end.
        p_value: one-sided, of the hypothesis that the challenger is not better; 0.5 for a tie.
        p_value_two_sided: of the hypothesis that both are equal; 1.0 for a tie.
        note: why there is no p-value, or that the models tie.
    """

    method: str
    gain: float | None
    standard_error: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    p_value: float | None = None
    p_value_two_sided: float | None = None
    note: str | None = None


RunPairedTest = Callable[[ScoredRows, ScoredRows, int], PairedTest]


def z_test(method: str, gain: float, variance: float) -> PairedTest:
    """Return the z test of a gain from its variance."""
    if variance <= TIED_VARIANCE:
        return without_variance(method, gain, "identical ranking")
    standard_error = sqrt(variance)
    interval = normal_interval(gain, standard_error)
    return PairedTest(
        method=method,
        gain=gain,
        standard_error=standard_error,
        ci_low=interval.low,
        ci_high=interval.high,
        p_value=float(ndtr(-gain / standard_error)),
        p_value_two_sided=float(2.0 * ndtr(-abs(gain / standard_error))),
    )


def bootstrap_test(gain: float, gains: FloatArray, undefined: str) -> PairedTest:
    """Return the percentile interval and p-values of a gain from its resamples; of those without gain, half count."""
    if len(gains) < FEWEST_DRAWS:
        return PairedTest(method=BOOTSTRAP, gain=gain, note=f"no test: {undefined}")
    low, high = np.quantile(gains, [0.025, 0.975])
    ties = int((gains == 0.0).sum()) / 2.0
    p_value = (1.0 + int((gains < 0.0).sum()) + ties) / (len(gains) + 1)
    opposite = (1.0 + int((gains > 0.0).sum()) + ties) / (len(gains) + 1)
    return PairedTest(
        method=BOOTSTRAP,
        gain=gain,
        standard_error=float(gains.std(ddof=1)),
        ci_low=float(low),
        ci_high=float(high),
        p_value=min(1.0, p_value),
        p_value_two_sided=min(1.0, 2.0 * min(p_value, opposite)),
    )


def t_test(method: str, differences: FloatArray) -> PairedTest:
    """Return Student's paired t test of differences, row by row; a positive mean is a gain of the challenger."""
    row_count = len(differences)
    gain = float(differences.mean())
    if row_count < 2:
        return PairedTest(method=method, gain=gain, note="no test: one row")
    standard_error = float(differences.std(ddof=1)) / sqrt(row_count)
    if standard_error == 0.0:
        note = "identical losses" if gain == 0.0 else "the losses differ by the same amount on every row"
        return without_variance(method, gain, note)
    t = gain / standard_error
    interval = mean_interval(gain, standard_error, row_count)
    return PairedTest(
        method=method,
        gain=gain,
        standard_error=standard_error,
        ci_low=interval.low,
        ci_high=interval.high,
        p_value=float(stdtr(row_count - 1, -t)),
        p_value_two_sided=float(2.0 * stdtr(row_count - 1, -abs(t))),
    )


def without_variance(method: str, gain: float, note: str) -> PairedTest:
    """Return the result of a gain that is the same however the rows are drawn: a tie, or certain."""
    # A gain of rounding errors is a tie; z is 0 there, so the two-sided p is 1 and the one-sided 0.5.
    tie = abs(gain) < 1e-12
    gain, p_value = (0.0, 0.5) if tie else (gain, 0.0 if gain > 0 else 1.0)
    return PairedTest(
        method=method,
        gain=gain,
        standard_error=0.0,
        ci_low=gain,
        ci_high=gain,
        p_value=p_value,
        p_value_two_sided=1.0 if tie else 0.0,
        note=note,
    )
