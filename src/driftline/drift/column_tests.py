"""The tests of one column's values and shares, and how they are judged together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import kolmogorov

from driftline.drift.column_limits import ColumnLimits
from driftline.drift.contingency import Counts, chi_square, quantile_starts, share_change_p_value, share_rise_p_value
from driftline.drift.effects import (
    kolmogorov_smirnov_distance,
    population_stability_index,
    total_variation_distance,
    wasserstein_distance,
)
from driftline.drift.finding import Finding, FindingKind
from driftline.drift.holm import holm_adjusted
from driftline.drift.verdict import FindingRule, Verdict
from driftline.errors import listing
from driftline.profiles import TAIL_QUANTILES, ColumnCounts, ColumnProfile, NumericBins
from driftline.profiles.errors import SchemaDriftError, bins_mismatch
from driftline.sentences import Value

_DECILES = tuple(tenth / 10 for tenth in range(1, 10))


@dataclass(frozen=True, kw_only=True)
class Effect:
    """The size of a change, the size that counts, and what drift of this size is called."""

    name: str
    size: float
    smallest: float
    rule: FindingRule


@dataclass(frozen=True, kw_only=True)
class ColumnTest:
    """A test that was made, before its p-value is adjusted for the others of the report.

    Attributes:
        name: the column.
        method: the test and what was tested.
        rows: of the reference and of the window.
        statistic: the test's.
        effect: the one that is largest in relation to what counts.
        p_value: not adjusted.
        values: what the sentence is made of.
    """

    name: str
    method: str
    rows: tuple[int, int]
    statistic: float
    effect: Effect
    p_value: float
    values: Mapping[str, Value]


def counts_of(profile: ColumnProfile, counts: Mapping[str, ColumnCounts]) -> ColumnCounts:
    """Return the counts of the profile's column.

    Raises:
        SchemaDriftError: the column is gone.
        InvalidProfileError: counts were taken on the bins of another reference.
    """
    if profile.name not in counts:
        raise SchemaDriftError(profile.name, f"of the reference is gone; the window has {listing(counts)}")
    count = counts[profile.name]
    if count.bins_digest != profile.bins.digest:
        raise bins_mismatch(profile.name, count.name)
    return count


def value_test(
    profile: ColumnProfile, analysis: ColumnCounts, limits: ColumnLimits, *, kind: FindingKind = "column"
) -> ColumnTest | Finding:
    """Return the test of one column's present values, or why there is none."""
    reference_rows, analysis_rows = profile.counts.binned_count, analysis.binned_count
    is_numeric = isinstance(profile.bins, NumericBins)
    method = "KS and tail chi-square" if is_numeric else "chi-square and unseen share"
    if reference_rows == analysis_rows == 0 and min(profile.counts.row_count, analysis.row_count) > 0:
        return Finding(
            kind=kind,
            name=profile.name,
            method=method,
            verdict=Verdict.OK,
            rule=FindingRule.NO_VALUES,
            values={"column": profile.name},
        )
    if min(reference_rows, analysis_rows) < limits.min_rows:
        return _too_few(profile.name, method, (reference_rows, analysis_rows), limits, kind)
    if isinstance(profile.bins, NumericBins):
        return _numbers(profile, profile.bins, analysis, limits, method)
    return _categories(profile, analysis, limits, method)


def _numbers(
    profile: ColumnProfile, bins: NumericBins, analysis: ColumnCounts, limits: ColumnLimits, method: str
) -> ColumnTest:
    before, after = _arrays(profile.counts, analysis)
    m, n = int(before.sum()), int(after.sum())
    distance = kolmogorov_smirnov_distance(before, after)
    ks_p_value = float(kolmogorov(distance * np.sqrt(m * n / (m + n))))
    tails = quantile_starts(before, TAIL_QUANTILES)
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
        effect=_largest(effects),
        p_value=min(1.0, 2.0 * min(ks_p_value, tail_test.p_value)),
        values={"check": "numbers", "wasserstein": moved, "ks": distance, "psi": stability},
    )


def _moved_by(name: str, size: float, smallest: float) -> Effect:
    return Effect(name=name, size=size, smallest=smallest, rule=FindingRule.VALUES_MOVED)


def _largest(effects: Sequence[Effect]) -> Effect:
    return max(effects, key=lambda effect: effect.size / effect.smallest)


def _moved(profile: ColumnProfile, bins: NumericBins, analysis: ColumnCounts) -> float | None:
    """Return the Wasserstein distance of the finite values; None where a side has none or does not vary."""
    ends = [(c.minimum, c.maximum) for c in (profile.counts, analysis)]
    lows = [low for low, _ in ends if low is not None]
    highs = [high for _, high in ends if high is not None]
    if len(lows) < 2 or not profile.standard_deviation:
        return None
    before, after = (_finite(counts) for counts in (profile.counts, analysis))
    return wasserstein_distance(
        before,
        after,
        edges=bins.edges,
        minimum=min(lows),
        maximum=max(highs),
        standard_deviation=profile.standard_deviation,
    )


def _categories(profile: ColumnProfile, analysis: ColumnCounts, limits: ColumnLimits, method: str) -> ColumnTest:
    before, after = _arrays(profile.counts, analysis)
    m, n = int(before.sum()), int(after.sum())
    homogeneity = chi_square(before, after)
    unseen = (int(before[-1]), int(after[-1]))
    unseen_p_value = share_rise_p_value(unseen[0], m, unseen[1], n)
    change = total_variation_distance(before, after)
    effects = [
        Effect(
            name="total variation distance",
            size=change,
            smallest=limits.min_tvd,
            rule=FindingRule.CATEGORIES_CHANGED,
        ),
        Effect(
            name="rise of the share of unseen categories",
            size=max(0.0, unseen[1] / n - unseen[0] / m),
            smallest=limits.min_unseen,
            rule=FindingRule.UNSEEN_CATEGORIES,
        ),
    ]
    return ColumnTest(
        name=profile.name,
        method=method,
        rows=(m, n),
        statistic=homogeneity.statistic,
        effect=_largest(effects),
        p_value=min(1.0, 2.0 * min(homogeneity.p_value, unseen_p_value)),
        values={
            "check": "categories",
            "changed_share": change,
            "unseen_count": unseen[1],
            "rows": n,
            "reference_unseen_count": unseen[0],
            "reference_rows": m,
        },
    )


def share_test(
    name: str,
    kind: Literal["missing", "non-finite"],
    counts: tuple[int, int],
    rows: tuple[int, int],
    limits: ColumnLimits,
) -> ColumnTest | Finding:
    """Return the test of the share of missing or non-finite rows, or why there is none."""
    method = f"{kind} share"
    if min(rows) < limits.min_rows:
        return _too_few(name, method, rows, limits, "column")
    before, after = counts[0] / rows[0], counts[1] / rows[1]
    changed = {
        "missing": FindingRule.MISSING_SHARE_CHANGED,
        "non-finite": FindingRule.NON_FINITE_SHARE_CHANGED,
    }
    effect = Effect(
        name=f"change of the {kind} share", size=abs(after - before), smallest=limits.min_missing, rule=changed[kind]
    )
    return ColumnTest(
        name=name,
        method=method,
        rows=rows,
        statistic=after - before,
        effect=effect,
        p_value=share_change_p_value(counts[0], rows[0], counts[1], rows[1]),
        values={"check": kind, "share": after, "reference_share": before},
    )


def judged(
    checks: Sequence[ColumnTest | Finding], limits: ColumnLimits, *, kind: FindingKind = "column"
) -> list[Finding]:
    """Return the findings with Holm-adjusted p-values and verdicts; those that were not tested stay."""
    adjusted = iter(holm_adjusted([check.p_value for check in checks if isinstance(check, ColumnTest)]))
    return [
        _judged(check, next(adjusted), limits, kind) if isinstance(check, ColumnTest) else check for check in checks
    ]


def _judged(test: ColumnTest, adjusted: float, limits: ColumnLimits, kind: FindingKind) -> Finding:
    # A hair of rounding must not decide: 0.08 - 0.05 is meant to reach 0.03.
    is_large = test.effect.size >= test.effect.smallest * (1.0 - 1e-9)
    significant = adjusted <= limits.alpha
    code = {
        (True, True): test.effect.rule,
        (True, False): FindingRule.EFFECT_TOO_SMALL,
        (False, True): FindingRule.NOT_SIGNIFICANT,
        (False, False): FindingRule.NO_CHANGE,
    }[significant, is_large]
    tested: dict[str, Value] = {"p_value": adjusted, "alpha": limits.alpha, "min_effect": test.effect.smallest}
    return Finding(
        kind=kind,
        name=test.name,
        method=test.method,
        verdict=Verdict.DRIFT if significant and is_large else Verdict.OK,
        rule=code,
        values={"column": test.name, **test.values, **tested},
        statistic=test.statistic,
        effect_name=test.effect.name,
        effect=test.effect.size,
        threshold=test.effect.smallest,
        p_value=adjusted,
        reference_rows=test.rows[0],
        analysis_rows=test.rows[1],
    )


def _too_few(name: str, method: str, rows: tuple[int, int], limits: ColumnLimits, kind: FindingKind) -> Finding:
    return Finding(
        kind=kind,
        name=name,
        method=method,
        verdict=Verdict.TOO_FEW_ROWS,
        rule=FindingRule.TOO_FEW_ROWS,
        values={
            "column": name,
            "method": method,
            "rows": rows[1],
            "reference_rows": rows[0],
            "min_rows": limits.min_rows,
        },
        reference_rows=rows[0],
        analysis_rows=rows[1],
    )


def _arrays(reference: ColumnCounts, analysis: ColumnCounts) -> tuple[Counts, Counts]:
    return np.array(reference.bin_counts, dtype=np.int64), np.array(analysis.bin_counts, dtype=np.int64)


def _finite(counts: ColumnCounts) -> Counts:
    finite = np.array(counts.bin_counts, dtype=np.int64)
    finite[0] -= counts.minus_infinity_count
    finite[-1] -= counts.plus_infinity_count
    return finite
