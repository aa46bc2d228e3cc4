"""Whether the champion has become worse than it should be."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import copysign, inf, log, sqrt

from scipy.special import ndtr, ndtri

from driftline.drift.errors import InvalidDriftRuleError
from driftline.drift.finding import Finding
from driftline.drift.rules import PerformanceDrift
from driftline.drift.status import Verdict
from driftline.metrics import Measurement, metric


@dataclass(frozen=True, kw_only=True)
class WindowVerdict:
    """What one window says by itself.

    Attributes:
        verdict: drift (worse), ok (not worse), too_few_rows or undefined.
        value: the metric in the window; None without one.
        row_count: labelled rows of the window.
        reference_rows: rows of the reference score; 0 where a declared level decides.
        z: how many standard errors worse; None without a test.
        p_value: one-sided, of the hypothesis that the window is not worse.
        drop: how much worse, in the metric's unit; 0.0 is no change, negative is better.
        threshold: the drop that counts, or the declared level.
        sentence: all of this for people.
    """

    verdict: Verdict
    value: float | None
    row_count: int
    reference_rows: int
    z: float | None
    p_value: float | None
    drop: float | None
    threshold: float | None
    sentence: str

    @property
    def worse(self) -> bool | None:
        """Return whether the window is worse; None where it was not evaluated."""
        return {Verdict.DRIFT: True, Verdict.OK: False}.get(self.verdict)


def window_verdict(
    rule: PerformanceDrift,
    reference: Measurement | None,
    window: Measurement,
    *,
    prediction_count: int | None = None,
    smallest_class: int | None = None,
    design_effect: float = 1.0,
) -> WindowVerdict:
    """Return whether one window is worse than the reference, or than the declared level.

    Args:
        rule: what was declared.
        reference: the champion's score on rows it never trained on; not asked for where the rule has a level.
        window: the same metric on the labelled rows of the window.
        prediction_count: all predictions of the window, labelled or not; only said in the sentence.
        smallest_class: labelled rows of the rarer class; an AUROC, an F1 and the like need 10 of them.
        design_effect: by how much the window's variance exceeds that of independent rows, 1.0 for
            independent.

    Raises:
        InvalidDriftRuleError: a measurement is of another metric than the rule.

    Source: a z test that counts the variance of both. Ours: a floor on the drop beside the test.
    """
    for measured in (window, reference):
        if measured is not None and measured.metric != rule.metric:
            problem = f"the rule is about {rule.metric} and a measurement about {measured.metric}"
            raise InvalidDriftRuleError("PerformanceDrift", problem, f"Measure {rule.metric}")
    lacking = _lacking(rule, reference, window, smallest_class)
    if lacking is not None:
        verdict, reason = lacking
        return WindowVerdict(
            verdict=verdict,
            value=window.value,
            row_count=window.row_count,
            reference_rows=0 if reference is None or rule.level is not None else reference.row_count,
            z=None,
            p_value=None,
            drop=None,
            threshold=rule.level,
            sentence=f"{rule.metric} {_of_labels(window, prediction_count)}: not evaluated, {reason}.",
        )
    if rule.level is not None:
        return _against_level(rule, rule.level, window, prediction_count, max(1.0, design_effect))
    assert reference is not None  # noqa: S101  (without a level, a missing reference is lacking)
    return _against_reference(rule, reference, window, prediction_count, max(1.0, design_effect))


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
    if not windows:
        return _finding(rule, None, verdict, f"{rule.metric}: no window has been evaluated.")
    needed, considered = rule.m_of_n
    evaluated = [window.worse for window in windows if window.worse is not None][-considered:]
    counted = (
        f"{sum(evaluated)} of the last {len(evaluated)} evaluated windows worse; drift is {needed} of {considered}."
    )
    return _finding(rule, windows[-1], verdict, f"{windows[-1].sentence} {counted}")


def _finding(rule: PerformanceDrift, newest: WindowVerdict | None, verdict: Verdict, note: str) -> Finding:
    method = "z test against the reference" if rule.level is None else "one-sided interval against a level"
    if rule.confidence is None:
        method = "strict comparison with the reference" if rule.level is None else "strict comparison with a level"
    return Finding(
        kind="performance",
        name=rule.metric,
        method=method,
        statistic=newest.z if newest else None,
        effect_name="drop",
        effect=newest.drop if newest else None,
        threshold=newest.threshold if newest else rule.level,
        p_value=newest.p_value if newest else None,
        reference_rows=newest.reference_rows if newest else 0,
        analysis_rows=newest.row_count if newest else 0,
        verdict=verdict,
        note=note,
    )


def _lacking(
    rule: PerformanceDrift, reference: Measurement | None, window: Measurement, smallest_class: int | None
) -> tuple[Verdict, str] | None:
    """Return why the window cannot be evaluated, None if it can."""
    if window.row_count < rule.min_labels:
        return Verdict.TOO_FEW_ROWS, f"too few labels ({window.row_count} of {rule.min_labels})"
    if window.value is None:
        return Verdict.UNDEFINED, window.note or "no value"
    needed = metric(rule.metric).smallest_class
    if smallest_class is not None and smallest_class < needed:
        return Verdict.TOO_FEW_ROWS, f"too few rows of a class ({smallest_class} of {needed})"
    if rule.confidence is not None and window.standard_error is None:
        return Verdict.UNDEFINED, window.note or "no standard error"
    return None if rule.level is not None else _lacking_reference(rule, reference)


def _lacking_reference(rule: PerformanceDrift, reference: Measurement | None) -> tuple[Verdict, str] | None:
    if reference is None:
        return Verdict.UNDEFINED, "no reference"
    if reference.row_count < rule.min_labels:
        return (
            Verdict.TOO_FEW_ROWS,
            f"too few rows in the reference ({reference.row_count} of {rule.min_labels})",
        )
    if reference.value is None or (rule.confidence is not None and reference.standard_error is None):
        return Verdict.UNDEFINED, f"the reference has {reference.note or 'no value'}"
    return None


def _against_reference(
    rule: PerformanceDrift,
    reference: Measurement,
    window: Measurement,
    prediction_count: int | None,
    design_effect: float,
) -> WindowVerdict:
    known = metric(rule.metric)
    value, level = _value(window), _value(reference)
    drop = level - value if known.greater_is_better else value - level
    threshold = (
        rule.floor if known.greater_is_better and known.unit_interval else rule.relative_floor * (abs(level) or 1.0)
    )
    errors = (reference.standard_error or 0.0, (window.standard_error or 0.0) * sqrt(design_effect))
    z = None if rule.confidence is None else _ratio(drop, sqrt(errors[0] ** 2 + errors[1] ** 2))
    # A hair of rounding must not decide: 0.95 - 0.93 is meant to reach a floor of 0.02.
    worse = drop >= threshold * (1.0 - 1e-9) and drop > 0.0 and _significant(rule, z)
    p_value = None if z is None else float(ndtr(-z))
    sentence = (
        f"{rule.metric} {value:.4f}{_interval(window)} {_of_labels(window, prediction_count)} against the "
        f"reference {level:.4f}{_interval(reference)} on {reference.row_count}: {_change(drop)}"
        f"{_evidence(p_value)}, {'worse' if worse else 'not worse'} (floor {threshold:.4g})."
    )
    return WindowVerdict(
        verdict=Verdict.DRIFT if worse else Verdict.OK,
        value=value,
        row_count=window.row_count,
        reference_rows=reference.row_count,
        z=_finite(z),
        p_value=p_value,
        drop=drop,
        threshold=threshold,
        sentence=sentence,
    )


def _against_level(
    rule: PerformanceDrift,
    level: float,
    window: Measurement,
    prediction_count: int | None,
    design_effect: float,
) -> WindowVerdict:
    value = _value(window)
    drop = level - value if rule.below is not None else value - level
    z = None if rule.confidence is None else _level_z(rule, level, window, drop, design_effect)
    worse = drop > 0.0 and _significant(rule, z)
    p_value = None if z is None else float(ndtr(-z))
    side = "below" if rule.below is not None else "above"
    sentence = (
        f"{rule.metric} {value:.4f}{_interval(window)} {_of_labels(window, prediction_count)}"
        f"{_evidence(p_value)}: {'' if worse else 'not '}{side} {level:.4g}."
    )
    return WindowVerdict(
        verdict=Verdict.DRIFT if worse else Verdict.OK,
        value=value,
        row_count=window.row_count,
        reference_rows=0,
        z=_finite(z),
        p_value=p_value,
        drop=drop,
        threshold=level,
        sentence=sentence,
    )


def _level_z(rule: PerformanceDrift, level: float, window: Measurement, drop: float, design_effect: float) -> float:
    """Return how many standard errors the value is on the wrong side, on the scale of its interval."""
    scale, value = metric(rule.metric).scale, _value(window)
    if scale == "proportion":
        # The score test: Wilson's upper end lies below the level exactly if z is above the quantile.
        return drop / sqrt(level * (1.0 - level) * design_effect / window.row_count)
    error = (window.standard_error or 0.0) * sqrt(design_effect)
    if scale == "logit" and 0.0 < value < 1.0:
        distance = log(level / (1.0 - level)) - log(value / (1.0 - value))
        return _ratio(distance, error / (value * (1.0 - value)))
    return _ratio(drop, error)


def _significant(rule: PerformanceDrift, z: float | None) -> bool:
    return z is None or rule.confidence is None or z > float(ndtri(rule.confidence))


def _ratio(drop: float, standard_error: float) -> float:
    if drop == 0.0:
        return 0.0
    return drop / standard_error if standard_error > 0.0 else copysign(inf, drop)


def _finite(z: float | None) -> float | None:
    return None if z is None or abs(z) == inf else z


def _value(measurement: Measurement) -> float:
    assert measurement.value is not None  # noqa: S101  (a measurement without a value is lacking)
    return measurement.value


def _of_labels(window: Measurement, prediction_count: int | None) -> str:
    of = "" if prediction_count is None else f" of {prediction_count}"
    return f"on {window.row_count}{of} labels"


def _interval(measurement: Measurement) -> str:
    if measurement.ci_low is None or measurement.ci_high is None:
        return ""
    return f" [{measurement.ci_low:.4f}, {measurement.ci_high:.4f}]"


def _change(drop: float) -> str:
    return f"{abs(drop):.4f} {'worse' if drop > 0 else 'better'}" if drop else "unchanged"


def _evidence(p_value: float | None) -> str:
    return "" if p_value is None else f", p = {p_value:.3g}"
