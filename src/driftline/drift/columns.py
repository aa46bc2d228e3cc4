"""Which columns of a window differ from the reference."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from driftline.clock import parse_duration
from driftline.drift.column_evidence import ColumnTest
from driftline.drift.column_limits import ColumnLimits
from driftline.drift.column_tests import counts_of, judged, share_test, value_test
from driftline.drift.errors import unprofiled_column
from driftline.drift.finding import Finding
from driftline.drift.rule import Need, ServiceView, check_columns
from driftline.drift.verdict import FindingRule, Verdict
from driftline.profiles import ColumnCounts, ColumnProfile, ReferenceProfile


@dataclass(frozen=True, kw_only=True)
class DataDrift:
    """When a column of a window differs from the reference.

    A column drifts if a test is significant at `alpha`, Holm-adjusted over all checks of the report, and the
    effect is large enough: a significance test alone flags negligible differences in large windows, an effect alone
    the noise of small ones. The smallest effects are our own choice. Simulated with 30 unchanged columns, 1.3 % of
    1,000 reports raised an alarm at 2,000 reference rows and 300 in the window, 1.4 % at 10,000 and 500; expect at
    most 2 %.

    Attributes:
        columns: names of the columns to check; None checks all of the reference.
        window: length of a window, like "7d" or "48h".
        alpha: chance that a report without drift names any column, in (0, 1).
        min_rows: present rows that a check needs, of the reference and of the window.
        min_wasserstein: Wasserstein-1 distance in standard deviations of the reference.
        min_ks: Kolmogorov-Smirnov distance, in [0, 1]; reaching this or the former counts.
        min_tvd: total variation distance of categories, the share of rows that changed category; or the change of
            the share of a single one.
        min_unseen: share of rows in categories that the reference does not hold, beyond what chance brings; or the
            rise of a single category that has at least doubled. This or the former counts.
        min_missing: change of the share of missing (or of non-finite) rows, either way.

    Raises:
        InvalidDriftRuleError: a value breaks its rule.
        InvalidTimeError: `window` is not a length.
    """

    columns: tuple[str, ...] | None = None
    window: str = "7d"
    alpha: float = ColumnLimits.alpha
    min_rows: int = ColumnLimits.min_rows
    min_wasserstein: float = ColumnLimits.min_wasserstein
    min_ks: float = ColumnLimits.min_ks
    min_tvd: float = ColumnLimits.min_tvd
    min_unseen: float = ColumnLimits.min_unseen
    min_missing: float = ColumnLimits.min_missing

    needs: ClassVar[frozenset[Need]] = frozenset({Need.PROFILE})
    tenure_span: ClassVar[timedelta] = timedelta(0)

    def __post_init__(self) -> None:
        parse_duration(self.window)
        check_columns(self, self.columns)
        ColumnLimits.of(self)

    @property
    def length(self) -> timedelta:
        """Return the length of a window."""
        return parse_duration(self.window)

    @property
    def reach(self) -> timedelta:
        """Return how far back one report reaches: its one window."""
        return self.length

    def findings(self, view: ServiceView) -> Iterable[Finding]:
        """Return what the columns of the newest window show; nothing for a version without a profile."""
        profile = view.profile()
        if profile is None:
            return ()
        counts = view.column_counts(view.window(self.length))
        new = tuple(name for name in view.column_names() if name not in profile.names)
        return column_findings(profile, counts, self, new_columns=new)


def column_findings(
    reference: ReferenceProfile,
    counts: Mapping[str, ColumnCounts],
    rule: DataDrift,
    *,
    new_columns: Collection[str] = (),
) -> tuple[Finding, ...]:
    """Return what was found in each checked column, in the order of the reference.

    Every column has two findings, of its values and of its share of missing rows, and a third where an
    infinity was seen. Numbers are tested by KS and by chi-square with tail bins, categories by chi-square, each
    alone, and by the rows of unseen ones; the p-values of a column are combined as the smallest times their number.
    All p-values of the report are Holm-adjusted together. Drift is a significant test whose effect is also large
    enough.

    Args:
        reference: the champion's profile.
        counts: of the analysis window, on the bins of `reference`, by column.
        rule: what was declared.
        new_columns: columns of the window that the reference does not know; named with a note, not tested.

    Raises:
        InvalidDriftRuleError: the rule names a column that the reference does not hold.
        SchemaDriftError: a checked column is gone.
        InvalidProfileError: counts were taken on the bins of another reference.
    """
    limits = ColumnLimits.of(rule)
    checks = [
        check for profile in _checked(reference, rule) for check in _column(profile, counts_of(profile, counts), limits)
    ]
    return (*judged(checks, limits), *(_new_column(name) for name in new_columns))


def _checked(reference: ReferenceProfile, rule: DataDrift) -> Iterable[ColumnProfile]:
    if rule.columns is None:
        return reference.columns
    for name in rule.columns:
        if name not in reference.names:
            raise unprofiled_column(name, reference.names)
    return (profile for profile in reference.columns if profile.name in rule.columns)


def _column(profile: ColumnProfile, analysis: ColumnCounts, limits: ColumnLimits) -> Iterable[ColumnTest | Finding]:
    reference = profile.counts
    yield value_test(profile, analysis, limits)
    rows = (reference.row_count, analysis.row_count)
    yield share_test(profile.name, "missing", (reference.missing_count, analysis.missing_count), rows, limits)
    infinite = (reference.non_finite_count, analysis.non_finite_count)
    if any(infinite):
        present = (reference.present_count, analysis.present_count)
        yield share_test(profile.name, "non-finite", infinite, present, limits)


def _new_column(name: str) -> Finding:
    return Finding(
        kind="column",
        name=name,
        method="none",
        verdict=Verdict.UNDEFINED,
        rule=FindingRule.NEW_COLUMN,
        values={"column": name},
    )
