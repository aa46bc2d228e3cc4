"""Whether the champion has become worse than it should be."""

from collections.abc import Iterator, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from datetime import timedelta
from typing import Literal

from driftline.drift.design_effect import EARLIEST_WINDOWS, design_effect
from driftline.drift.finding import Finding
from driftline.drift.performance_limits import PerformanceLimits
from driftline.drift.rule import Need, ServiceView, first_windows, invalid_rule
from driftline.drift.sequential import find_alarms
from driftline.drift.verdict import FindingRule, Verdict
from driftline.drift.window_verdict import WindowVerdict, window_verdict
from driftline.metrics import Measurement


@dataclass(frozen=True)
class PerformanceDrift(PerformanceLimits):
    """When a window of the champion's predictions is worse than it should be.

    Without `below` or `above`, a window is compared with the champion's reference score: it is worse if the
    drop is significant at `confidence` and at least the smallest that counts. With one of them, it is worse if its
    whole one-sided interval lies on the wrong side of that level.

    Attributes:
        metric: name of the metric, driftline's or scikit-learn's.
        below: level under which a greater-is-better metric is bad.
        above: level over which a lower-is-better metric is bad.
        window: length of a window, like "7d" or "48h".
        confidence: one-sided, in (0.5, 1). None asks for no test: the level or the drop alone decides,
            strictly.
        min_drop: smallest drop that counts, for greater-is-better metrics in [0, 1], in the metric's unit.
        min_relative_drop: smallest drop that counts for all others, as a share of the reference's absolute
            value.
        m_of_n: drift is m of the last n evaluated windows being worse.
        min_labels: labelled rows that a window needs to be evaluated.
        correlated_rows: of a stream, whether rows of one window may resemble each other, such as half-hours of one day.
            The champion's first 20 windows then show by how much its metric varies more than that of independent
            rows, and a later window must be worse by so much more. Windows alone.
        method: "windows", or "sequential": the errors of a stream one by one, in the order of their events. It is
            about accuracy or brier alone, asks for no level, and needs `min_labels` since the champion took effect.
        arl: of the sequential method, how many labels are at least expected between false alarms; an alarm in the
            window is drift. Rows that follow each other must not be correlated, or it raises far more false
            alarms.

    Raises:
        InvalidDriftRuleError: a value breaks its rule.
        InvalidTimeError: `window` is not a length.
        UnknownMetricError: no metric has that name.
    """

    _: KW_ONLY
    m_of_n: tuple[int, int] = (2, 3)
    correlated_rows: bool = False
    method: Literal["windows", "sequential"] = "windows"

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check_method()
        worse, windows = self.m_of_n
        if not 1 <= worse <= windows:
            raise invalid_rule(self, f"m_of_n is {self.m_of_n}", "Give (m, n) with 1 <= m <= n, like (2, 3)")

    @property
    def reach(self) -> timedelta:
        """Return how far back the disjoint windows of one verdict reach."""
        return self.length * (self.m_of_n[1] if self.method == "windows" else 1)

    @property
    def needs(self) -> frozenset[Need]:
        """Return the holdout score, unless a declared level decides."""
        return frozenset() if self.level is not None else frozenset({Need.SCORE})

    @property
    def tenure_span(self) -> timedelta:
        """Return the whole tenure for errors one by one, and the champion's first windows for correlated rows."""
        if self.method == "sequential":
            return timedelta.max
        return EARLIEST_WINDOWS * self.length if self.correlated_rows else timedelta(0)

    def findings(self, view: ServiceView) -> Iterator[Finding]:
        """Give the one finding about the windows that end with the newest partition."""
        if self.method == "sequential":
            yield find_alarms(self, view)
            return
        is_correlated = self.correlated_rows and view.start is not None
        effect = design_effect(self._earliest(view)) if is_correlated else None
        finding = performance_finding(self, list(self._windows(view, effect or 1.0)))
        correlation = {"design_effect": effect, "effect_windows": EARLIEST_WINDOWS} if is_correlated else {}
        yield replace(finding, values={**finding.values, **correlation})

    def _windows(self, view: ServiceView, effect: float) -> Iterator[WindowVerdict]:
        """Give the verdicts of the disjoint windows, newest last, of those that hold predictions."""
        for back in reversed(range(self.m_of_n[1] if view.is_stream else 1)):
            members = view.window(self.length, back=back)
            if members:
                yield window_verdict(
                    self,
                    view.score(self.metric),
                    view.measure(self.metric, members),
                    prediction_count=view.row_count(members),
                    smallest_class=view.smallest_class(members),
                    design_effect=effect,
                )

    def _earliest(self, view: ServiceView) -> list[Measurement]:
        """Return the metric in the champion's first windows, those that are over before the ones that are judged."""
        if view.start is None:
            return []
        windows = first_windows(view.start, self.length, EARLIEST_WINDOWS, until=view.end - self.reach)
        measured = [view.measure(self.metric, view.between(start, end)) for start, end in windows]
        return [window for window in measured if window.row_count >= self.min_labels]

    def _check_method(self) -> None:
        if self.method not in {"windows", "sequential"}:
            raise invalid_rule(self, f"method is {self.method!r}", "Give 'windows' or 'sequential'")
        if self.arl < 2:
            raise invalid_rule(self, f"arl is {self.arl}", "Give 2 or more, like 10_000")
        if self.method == "sequential" and self.metric not in {"accuracy", "brier"}:
            raise invalid_rule(self, f"{self.metric} has no loss in [0, 1] for each row", "Watch accuracy or brier")
        if self.method == "sequential" and (self.level is not None or self.correlated_rows):
            raise invalid_rule(
                self, "the sequential method has no level and no windows", "Leave below= and correlated_rows= out"
            )
        if self.correlated_rows and self.confidence is None:
            raise invalid_rule(
                self, "without a test it does not matter whether rows are correlated", "Give a confidence"
            )


def m_of_n(rule: PerformanceDrift, windows: Sequence[WindowVerdict]) -> Verdict:
    """Return drift if m of the last n evaluated windows are worse; disjoint windows, newest last.

    Windows that were not evaluated neither count nor reset. If the newest is one of them, its own verdict
    is the answer: nothing new is known.
    """
    if not windows:
        return Verdict.TOO_FEW_ROWS
    if windows[-1].worse is None:
        return windows[-1].verdict
    needed, considered = rule.m_of_n
    evaluated = [window.worse for window in windows if window.worse is not None]
    return Verdict.DRIFT if sum(evaluated[-considered:]) >= needed else Verdict.OK


def performance_finding(rule: PerformanceDrift, windows: Sequence[WindowVerdict]) -> Finding:
    """Return the finding over disjoint windows, newest last; the evidence is that of the newest window."""
    verdict = m_of_n(rule, windows)
    method = "z test against the reference" if rule.level is None else "one-sided interval against a level"
    if rule.confidence is None:
        method = "strict comparison with the reference" if rule.level is None else "strict comparison with a level"
    if not windows:
        return Finding(
            kind="performance",
            name=rule.metric,
            method=method,
            verdict=verdict,
            rule=FindingRule.NO_WINDOW,
            values={"metric": rule.metric},
            effect_name="drop",
            threshold=rule.level,
        )
    newest, (needed, considered) = windows[-1], rule.m_of_n
    evaluated = [window.worse for window in windows if window.worse is not None][-considered:]
    counted = {
        "windows_worse": sum(evaluated),
        "windows_evaluated": len(evaluated),
        "windows_needed": needed,
        "windows_considered": considered,
    }
    return Finding(
        kind="performance",
        name=rule.metric,
        method=method,
        verdict=verdict,
        rule=newest.rule,
        values={**newest.values, **counted},
        statistic=newest.z,
        effect_name="drop",
        effect=newest.drop,
        threshold=newest.threshold,
        p_value=newest.p_value,
        reference_rows=newest.reference_rows,
        analysis_rows=newest.row_count,
    )
