"""Which columns of a window differ from the reference."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import kolmogorov

from driftline.drift.contingency import Counts, chi_square, quantile_starts, share_change_p_value, share_rise_p_value
from driftline.drift.effects import (
    kolmogorov_smirnov_distance,
    population_stability_index,
    total_variation_distance,
    wasserstein_distance,
)
from driftline.drift.errors import UnprofiledColumnError
from driftline.drift.finding import Finding
from driftline.drift.holm import holm_adjusted
from driftline.drift.shift_rules import DataDrift
from driftline.drift.status import Verdict
from driftline.errors import listing
from driftline.profiles import TAIL_QUANTILES, ColumnCounts, ColumnProfile, NumericBins, ReferenceProfile
from driftline.profiles.errors import BinsMismatchError, SchemaDriftError

_DECILES = tuple(tenth / 10 for tenth in range(1, 10))


@dataclass(frozen=True, kw_only=True)
class _Effect:
    name: str
    size: float
    floor: float


def column_findings(
    reference: ReferenceProfile,
    counts: Mapping[str, ColumnCounts],
    rule: DataDrift,
    *,
    new_columns: Collection[str] = (),
) -> tuple[Finding, ...]:
    """Return what was found in each checked column, in the order of the reference.

    Every column has two findings, of its values and of its share of missing rows, and a third where an
    infinity was seen. Numbers are tested by KS and by chi-square with tail bins, categories by chi-square and
    by the share of unseen ones; the two p-values of a column are combined as twice the smaller. All p-values
    of the report are Holm-adjusted together. Drift is a significant test whose effect also reaches its floor.

    Args:
        reference: the champion's profile.
        counts: of the analysis window, on the bins of `reference`, by column.
        rule: what was declared.
        new_columns: columns of the window that the reference does not know; named with a note, not tested.

    Raises:
        UnprofiledColumnError: the rule names a column that the reference does not hold.
        SchemaDriftError: a checked column is gone.
        BinsMismatchError: counts were taken on the bins of another reference.
    """
    findings = [
        finding
        for profile in _checked(reference, rule)
        for finding in _column(profile, counts_of(profile, counts), rule)
    ]
    return (*judged(findings, rule), *(_untested(name) for name in new_columns))


def _checked(reference: ReferenceProfile, rule: DataDrift) -> Iterable[ColumnProfile]:
    if rule.columns is None:
        return reference.columns
    for name in rule.columns:
        if name not in reference.names:
            raise UnprofiledColumnError(name, reference.names)
    return (profile for profile in reference.columns if profile.name in rule.columns)


def counts_of(profile: ColumnProfile, counts: Mapping[str, ColumnCounts]) -> ColumnCounts:
    """Return the counts of the profile's column.

    Raises:
        SchemaDriftError: the column is gone.
        BinsMismatchError: counts were taken on the bins of another reference.
    """
    if profile.name not in counts:
        raise SchemaDriftError(profile.name, f"of the reference is gone; the window has {listing(counts)}")
    found = counts[profile.name]
    if found.bins_digest != profile.bins.digest:
        raise BinsMismatchError(profile.name, found.name)
    return found


def _column(profile: ColumnProfile, analysis: ColumnCounts, rule: DataDrift) -> Iterable[Finding]:
    reference = profile.counts
    yield value_finding(profile, analysis, rule)
    rows = (reference.row_count, analysis.row_count)
    yield _share(profile.name, "missing", (reference.missing_count, analysis.missing_count), rows, rule)
    infinite = (reference.non_finite_count, analysis.non_finite_count)
    if any(infinite):
        present = (reference.present_count, analysis.present_count)
        yield _share(profile.name, "non-finite", infinite, present, rule)


def value_finding(profile: ColumnProfile, analysis: ColumnCounts, rule: DataDrift) -> Finding:
    """Return what the present values of one column say, before p-values are adjusted and judged."""
    reference_rows, analysis_rows = profile.counts.binned_count, analysis.binned_count
    method = "KS and tail chi-square" if isinstance(profile.bins, NumericBins) else "chi-square and unseen share"
    if reference_rows == analysis_rows == 0 and min(profile.counts.row_count, analysis.row_count) > 0:
        note = f"{profile.name}: no value in the reference and none in the window."
        return _finding(profile.name, method, (0, 0), verdict=Verdict.OK, note=note)
    if min(reference_rows, analysis_rows) < rule.min_rows:
        return _too_few(profile.name, method, (reference_rows, analysis_rows), rule)
    if isinstance(profile.bins, NumericBins):
        return _numbers(profile, profile.bins, analysis, rule, method)
    return _categories(profile, analysis, rule, method)


def _numbers(
    profile: ColumnProfile, bins: NumericBins, analysis: ColumnCounts, rule: DataDrift, method: str
) -> Finding:
    before, after = _arrays(profile.counts, analysis)
    m, n = int(before.sum()), int(after.sum())
    distance = kolmogorov_smirnov_distance(before, after)
    ks_p_value = float(kolmogorov(distance * np.sqrt(m * n / (m + n))))
    tails = quantile_starts(before, TAIL_QUANTILES)
    tail_test = chi_square(np.add.reduceat(before, tails), np.add.reduceat(after, tails))
    effects = [_Effect(name="KS distance", size=distance, floor=rule.ks_floor)]
    moved = _moved(profile, bins, analysis)
    if moved is not None:
        name = "Wasserstein distance in reference standard deviations"
        effects.insert(0, _Effect(name=name, size=moved, floor=rule.wasserstein_floor))
    tenths = quantile_starts(before, _DECILES)
    stability = population_stability_index(np.add.reduceat(before, tenths), np.add.reduceat(after, tenths))
    described = "" if moved is None else f"moved {moved:.3g} standard deviations, "
    return _finding(
        profile.name,
        method,
        (m, n),
        statistic=distance,
        effects=effects,
        p_value=min(1.0, 2.0 * min(ks_p_value, tail_test.p_value)),
        note=f"{profile.name}: {described}KS distance {distance:.3g}, PSI {stability:.3g}",
    )


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


def _categories(profile: ColumnProfile, analysis: ColumnCounts, rule: DataDrift, method: str) -> Finding:
    before, after = _arrays(profile.counts, analysis)
    m, n = int(before.sum()), int(after.sum())
    homogeneity = chi_square(before, after)
    unseen = (int(before[-1]), int(after[-1]))
    unseen_p_value = share_rise_p_value(unseen[0], m, unseen[1], n)
    change = total_variation_distance(before, after)
    rise = max(0.0, unseen[1] / n - unseen[0] / m)
    return _finding(
        profile.name,
        method,
        (m, n),
        statistic=homogeneity.statistic,
        effects=[
            _Effect(name="total variation distance", size=change, floor=rule.tvd_floor),
            _Effect(name="rise of the share of unseen categories", size=rise, floor=rule.unseen_floor),
        ],
        p_value=min(1.0, 2.0 * min(homogeneity.p_value, unseen_p_value)),
        note=(
            f"{profile.name}: {change:.2%} of the rows changed category; {unseen[1]} of {n} rows are in "
            f"categories that the reference does not list, {unseen[0]} of {m} in the reference"
        ),
    )


def _share(name: str, kind: str, counts: tuple[int, int], rows: tuple[int, int], rule: DataDrift) -> Finding:
    method = f"{kind} share"
    if min(rows) < rule.min_rows:
        return _too_few(name, method, rows, rule)
    shares = counts[0] / rows[0], counts[1] / rows[1]
    return _finding(
        name,
        method,
        rows,
        statistic=shares[1] - shares[0],
        effects=[
            _Effect(name=f"change of the {kind} share", size=abs(shares[1] - shares[0]), floor=rule.missing_floor)
        ],
        p_value=share_change_p_value(counts[0], rows[0], counts[1], rows[1]),
        note=f"{name}: {shares[1]:.2%} {kind} against {shares[0]:.2%} in the reference",
    )


def judged(findings: list[Finding], rule: DataDrift) -> list[Finding]:
    """Return the findings with Holm-adjusted p-values and verdicts; those that were not tested stay."""
    tested = [finding.p_value for finding in findings if finding.p_value is not None]
    adjusted = iter(holm_adjusted(tested))
    return [finding if finding.p_value is None else _verdict(finding, next(adjusted), rule) for finding in findings]


def _verdict(finding: Finding, adjusted: float, rule: DataDrift) -> Finding:
    effect, floor = finding.effect or 0.0, finding.threshold or 0.0
    # A hair of rounding must not decide: 0.08 - 0.05 is meant to reach a floor of 0.03.
    reaches = effect >= floor * (1.0 - 1e-9)
    significant = adjusted <= rule.alpha
    judgement = {
        (True, True): "drift",
        (True, False): f"significant, but below the floor of {floor:.3g}",
        (False, True): "not significant",
        (False, False): "no drift",
    }[significant, reaches]
    return replace(
        finding,
        p_value=adjusted,
        verdict=Verdict.DRIFT if significant and reaches else Verdict.OK,
        note=f"{finding.note}; adjusted p {_written(adjusted)}: {judgement}.",
    )


def _written(p_value: float) -> str:
    return f"= {p_value:.3g}" if p_value >= 1e-4 else "< 0.0001"


def _untested(name: str) -> Finding:
    note = f"{name}: a new column that the reference does not hold; it was not tested."
    return _finding(name, "none", (0, 0), verdict=Verdict.UNDEFINED, note=note)


def _too_few(name: str, method: str, rows: tuple[int, int], rule: DataDrift) -> Finding:
    note = (
        f"{name}: too few rows for {method}, {rows[1]} in the window and {rows[0]} in the reference "
        f"of {rule.min_rows} needed."
    )
    return _finding(name, method, rows, verdict=Verdict.TOO_FEW_ROWS, note=note)


def _finding(
    name: str,
    method: str,
    rows: tuple[int, int],
    *,
    note: str,
    verdict: Verdict = Verdict.UNDEFINED,
    statistic: float | None = None,
    effects: Iterable[_Effect] = (),
    p_value: float | None = None,
) -> Finding:
    largest = max(effects, key=lambda effect: effect.size / effect.floor, default=None)
    return Finding(
        kind="column",
        name=name,
        method=method,
        statistic=statistic,
        effect_name=largest.name if largest else None,
        effect=largest.size if largest else None,
        threshold=largest.floor if largest else None,
        p_value=p_value,
        reference_rows=rows[0],
        analysis_rows=rows[1],
        verdict=verdict,
        note=note,
    )


def _arrays(reference: ColumnCounts, analysis: ColumnCounts) -> tuple[Counts, Counts]:
    return np.array(reference.bin_counts, dtype=np.int64), np.array(analysis.bin_counts, dtype=np.int64)


def _finite(counts: ColumnCounts) -> Counts:
    finite = np.array(counts.bin_counts, dtype=np.int64)
    finite[0] -= counts.minus_infinity_count
    finite[-1] -= counts.plus_infinity_count
    return finite
