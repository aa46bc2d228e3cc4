"""The tests of one column's values and shares, and how they are judged together."""

from collections.abc import Mapping, Sequence
from typing import Literal

from driftline.drift.category_columns import category_test, compared_rows
from driftline.drift.column_evidence import ColumnTest, Effect
from driftline.drift.column_limits import ColumnLimits
from driftline.drift.contingency import share_change_p_value
from driftline.drift.finding import Finding, FindingKind
from driftline.drift.holm import holm_adjusted
from driftline.drift.number_columns import number_test
from driftline.drift.verdict import FindingRule, Verdict
from driftline.errors import listing
from driftline.profiles import ColumnCounts, ColumnProfile, NumericBins
from driftline.profiles.errors import SchemaDriftError, bins_mismatch
from driftline.sentences import Value


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
    reference_rows, analysis_rows = compared_rows(profile, analysis)
    is_numeric = isinstance(profile.bins, NumericBins)
    method = "KS and tail chi-square" if is_numeric else "chi-square, single categories and unseen share"
    if (
        profile.counts.binned_count == analysis.binned_count == 0
        and min(profile.counts.row_count, analysis.row_count) > 0
    ):
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
        return number_test(profile, profile.bins, analysis, limits, method)
    return category_test(profile, analysis, limits, method)


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
    is_large, significant = test.effect.is_large, adjusted <= limits.alpha
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
