"""The test of a column of numbers."""

import numpy as np
from scipy.special import kolmogorov

from driftline.drift.column_evidence import ColumnTest, Effect, largest
from driftline.drift.column_limits import ColumnLimits
from driftline.drift.contingency import SMALLEST_EXPECTED, Counts, chi_square, quantile_starts
from driftline.drift.effects import (
    kolmogorov_smirnov_distance,
    population_stability_index,
    wasserstein_distance,
)
from driftline.drift.verdict import FindingRule
from driftline.metrics import FloatArray
from driftline.profiles import TAIL_QUANTILES, ColumnCounts, ColumnProfile, NumericBins

_DECILES = tuple(tenth / 10 for tenth in range(1, 10))


def number_test(
    profile: ColumnProfile, bins: NumericBins, analysis: ColumnCounts, limits: ColumnLimits, method: str
) -> ColumnTest:
    """Return the test of the numbers of a window; `bins` are those of the profile, and both sides hold rows."""
    before, after = (np.array(counts.bin_counts, dtype=np.int64) for counts in (profile.counts, analysis))
    m, n = int(before.sum()), int(after.sum())
    distance = kolmogorov_smirnov_distance(before, after)
    ks_p_value = float(kolmogorov(distance * np.sqrt(m * n / (m + n))))
    # Cut at quantiles of both sides: those of the reference alone lie where it has few rows by chance. The outermost
    # groups are as small as the test allows, for which a row more than it asks for makes up what rounding takes.
    outermost = min(0.05, (SMALLEST_EXPECTED + 1.0) / min(m, n))
    tails = quantile_starts(before + after, (*TAIL_QUANTILES, outermost, 1.0 - outermost))
    tail_test = chi_square(np.add.reduceat(before, tails), np.add.reduceat(after, tails))
    effects = [_moved_by("KS distance", distance, limits.min_ks)]
    moved = _moved(profile, bins, analysis)
    if moved is not None:
        name = "Wasserstein distance in reference standard deviations"
        effects.insert(0, _moved_by(name, moved, limits.min_wasserstein))
    tenths = quantile_starts(before, _DECILES)
    stability = population_stability_index(np.add.reduceat(before, tenths), np.add.reduceat(after, tenths))
    return ColumnTest(
        name=profile.name,
        method=method,
        rows=(m, n),
        statistic=distance,
        effect=largest(effects),
        p_value=min(1.0, 2.0 * min(ks_p_value, tail_test.p_value)),
        values={"check": "numbers", "wasserstein": moved, "ks": distance, "psi": stability},
    )


def _moved_by(name: str, size: float, smallest: float) -> Effect:
    return Effect(name=name, size=size, smallest=smallest, rule=FindingRule.VALUES_MOVED)


def _moved(profile: ColumnProfile, bins: NumericBins, analysis: ColumnCounts) -> float | None:
    """Return the Wasserstein distance of the finite values; None where a side has none or does not vary."""
    before, after = _finite(profile.counts), _finite(analysis)
    if not before.any() or not after.any() or not profile.standard_deviation:
        return None
    means = _means(analysis, after)
    return wasserstein_distance(
        before,
        after,
        reference_means=_means(profile.counts, before, otherwise=_middles(bins, means)),
        analysis_means=means,
        standard_deviation=profile.standard_deviation,
    )


def _means(counts: ColumnCounts, finite: Counts, otherwise: FloatArray | None = None) -> FloatArray:
    """Return the mean of each bin, NaN where it is empty; `otherwise` where a profile was stored without sums."""
    if counts.bin_sums is None and otherwise is not None:
        return otherwise
    sums = np.array(counts.bin_sums)
    return np.asarray(np.divide(sums, finite, out=np.full(len(sums), np.nan), where=finite > 0))


def _middles(bins: NumericBins, means: FloatArray) -> FloatArray:
    """Return where the rows of a profile without sums lie for all that is known: where the window's rows do.

    Where it has none, in the middle of the bin. The end bins of such a profile hold no finite row.
    """
    edges = np.array(bins.edges)
    middles = np.concatenate([edges[:1], edges[:-1] / 2.0 + edges[1:] / 2.0, edges[-1:]])
    return np.where(np.isnan(means), middles, means)


def _finite(counts: ColumnCounts) -> Counts:
    finite = np.array(counts.bin_counts, dtype=np.int64)
    finite[0] -= counts.minus_infinity_count
    finite[-1] -= counts.plus_infinity_count
    return finite
