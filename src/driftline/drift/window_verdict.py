"""Whether one window of a champion is worse than it should be."""

from dataclasses import dataclass
from math import copysign, inf, log, sqrt

from scipy.special import ndtr, ndtri

from driftline.drift.errors import unusable_rule
from driftline.drift.performance_limits import PerformanceLimits
from driftline.drift.rule import Need
from driftline.drift.verdict import FindingRule, Verdict
from driftline.metrics import Measurement, metric
from driftline.sentences import Value, finding_sentence

Values = dict[str, Value]


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
        rule: which rule of decision the verdict follows from.
        values: what the sentence about it is made of.
    """

    verdict: Verdict
    value: float | None
    row_count: int
    reference_rows: int
    z: float | None
    p_value: float | None
    drop: float | None
    threshold: float | None
    rule: FindingRule
    values: Values

    @property
    def worse(self) -> bool | None:
        """Return whether the window is worse; None where it was not evaluated."""
        return {Verdict.DRIFT: True, Verdict.OK: False}.get(self.verdict)

    @property
    def sentence(self) -> str:
        """Return all of this for people."""
        return finding_sentence(self.rule, self.values)


@dataclass(frozen=True, kw_only=True)
class _Lack:
    """Why a window cannot be evaluated."""

    verdict: Verdict
    rule: FindingRule
    values: Values


def window_verdict(
    rule: PerformanceLimits,
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
        prediction_count: all predictions of the window, labelled or not; only part of the sentence.
        smallest_class: labelled rows of the rarer class; a test of an AUROC, an F1 and the like needs 10 of them.
        design_effect: by how much the window's variance exceeds that of independent rows, 1.0 for
            independent.

    Raises:
        InvalidDriftRuleError: a measurement is of another metric than the rule.

    Source: a z test that counts the variance of both. Ours: a smallest drop beside the test.
    """
    for measured in (window, reference):
        if measured is not None and measured.metric != rule.metric:
            problem = f"the rule is about {rule.metric} and a measurement about {measured.metric}"
            raise unusable_rule("PerformanceDrift", problem, f"Measure {rule.metric}")
    about: Values = {"metric": rule.metric, "label_count": window.row_count, "prediction_count": prediction_count}
    lack = _lack(rule, reference, window, smallest_class)
    if lack is not None:
        return WindowVerdict(
            verdict=lack.verdict,
            value=window.value,
            row_count=window.row_count,
            reference_rows=0 if reference is None or rule.level is not None else reference.row_count,
            z=None,
            p_value=None,
            drop=None,
            threshold=rule.level,
            rule=lack.rule,
            values={**about, **lack.values},
        )
    if rule.level is not None:
        return _against_level(rule, rule.level, window, about, max(1.0, design_effect))
    assert reference is not None  # noqa: S101  (without a level, a missing reference is a lack)
    return _against_reference(rule, reference, window, about, max(1.0, design_effect))


def _lack(
    rule: PerformanceLimits, reference: Measurement | None, window: Measurement, smallest_class: int | None
) -> _Lack | None:
    """Return why the window cannot be evaluated, None if it can."""
    if window.row_count < rule.min_labels:
        return _too_few(FindingRule.TOO_FEW_LABELS, {"min_labels": rule.min_labels})
    if window.value is None:
        return _undefined(FindingRule.METRIC_UNDEFINED, {"reason": window.note or "no value"})
    needed = metric(rule.metric).smallest_class
    if rule.confidence is not None and smallest_class is not None and smallest_class < needed:
        return _too_few(FindingRule.TOO_FEW_OF_A_CLASS, {"smallest_class": smallest_class, "min_class": needed})
    if rule.confidence is not None and window.standard_error is None:
        return _undefined(FindingRule.METRIC_UNDEFINED, {"reason": window.note or "no standard error"})
    return None if rule.level is not None else _lack_of_reference(rule, reference)


def _lack_of_reference(rule: PerformanceLimits, reference: Measurement | None) -> _Lack | None:
    if reference is None:
        return _undefined(FindingRule.NO_REFERENCE, {"need": Need.SCORE})
    if reference.row_count < rule.min_labels:
        few: Values = {"reference_rows": reference.row_count, "min_labels": rule.min_labels}
        return _too_few(FindingRule.TOO_FEW_REFERENCE_ROWS, few)
    if reference.value is None or (rule.confidence is not None and reference.standard_error is None):
        return _undefined(FindingRule.REFERENCE_UNDEFINED, {"reason": reference.note or "no value"})
    return None


def _too_few(rule: FindingRule, values: Values) -> _Lack:
    return _Lack(verdict=Verdict.TOO_FEW_ROWS, rule=rule, values=values)


def _undefined(rule: FindingRule, values: Values) -> _Lack:
    return _Lack(verdict=Verdict.UNDEFINED, rule=rule, values=values)


def _against_reference(
    rule: PerformanceLimits, reference: Measurement, window: Measurement, about: Values, design_effect: float
) -> WindowVerdict:
    judged = metric(rule.metric)
    value, level = _value(window), _value(reference)
    drop = level - value if judged.greater_is_better else value - level
    in_unit = judged.greater_is_better and judged.unit_interval
    threshold = rule.min_drop if in_unit else rule.min_relative_drop * (abs(level) or 1.0)
    z = None if rule.confidence is None else _difference_z(drop, reference, window, design_effect)
    # A hair of rounding must not decide: 0.95 - 0.93 is meant to reach a smallest drop of 0.02.
    worse = drop >= threshold * (1.0 - 1e-9) and drop > 0.0 and _significant(rule, z)
    values: Values = {
        "reference_value": level,
        "reference_low": reference.ci_low,
        "reference_high": reference.ci_high,
        "reference_rows": reference.row_count,
        "min_drop": threshold,
    }
    code = FindingRule.PERFORMANCE_FELL if worse else FindingRule.PERFORMANCE_KEPT
    return _evaluated(
        rule,
        window,
        z=z,
        drop=drop,
        threshold=threshold,
        code=code,
        values={**about, **values},
        reference_rows=reference.row_count,
    )


def _against_level(
    rule: PerformanceLimits, level: float, window: Measurement, about: Values, design_effect: float
) -> WindowVerdict:
    value, is_below = _value(window), rule.below is not None
    drop = level - value if is_below else value - level
    z = None if rule.confidence is None else _level_z(rule, level, window, drop, design_effect)
    worse = drop > 0.0 and _significant(rule, z)
    broken = FindingRule.BELOW_LEVEL if is_below else FindingRule.ABOVE_LEVEL
    values: Values = {"level": level, "side": "below" if is_below else "above"}
    code = broken if worse else FindingRule.LEVEL_KEPT
    return _evaluated(rule, window, z=z, drop=drop, threshold=level, code=code, values={**about, **values})


def _evaluated(
    rule: PerformanceLimits,
    window: Measurement,
    *,
    z: float | None,
    drop: float,
    threshold: float,
    code: FindingRule,
    values: Values,
    reference_rows: int = 0,
) -> WindowVerdict:
    p_value = None if z is None else float(ndtr(-z))
    kept = code in {FindingRule.PERFORMANCE_KEPT, FindingRule.LEVEL_KEPT}
    tested: Values = {
        "value": window.value,
        "value_low": window.ci_low,
        "value_high": window.ci_high,
        "drop": drop,
        "p_value": p_value,
        "alpha": None if rule.confidence is None else 1.0 - rule.confidence,
        "significant": None if z is None else "yes" if _significant(rule, z) else "no",
    }
    return WindowVerdict(
        verdict=Verdict.OK if kept else Verdict.DRIFT,
        value=window.value,
        row_count=window.row_count,
        reference_rows=reference_rows,
        z=None if z is None or abs(z) == inf else z,
        p_value=p_value,
        drop=drop,
        threshold=threshold,
        rule=code,
        values={**values, **tested},
    )


def _difference_z(drop: float, reference: Measurement, window: Measurement, design_effect: float) -> float:
    errors = _standard_error(reference), _standard_error(window) * sqrt(design_effect)
    return _ratio(drop, sqrt(errors[0] ** 2 + errors[1] ** 2))


def _level_z(rule: PerformanceLimits, level: float, window: Measurement, drop: float, design_effect: float) -> float:
    """Return how many standard errors the value is on the wrong side, on the scale of its interval."""
    scale, value = metric(rule.metric).scale, _value(window)
    if scale == "proportion":
        # The score test: Wilson's upper end lies below the level exactly if z is above the quantile.
        return drop / sqrt(level * (1.0 - level) * design_effect / window.row_count)
    error = _standard_error(window) * sqrt(design_effect)
    if scale == "logit" and 0.0 < value < 1.0:
        distance = log(level / (1.0 - level)) - log(value / (1.0 - value))
        return _ratio(distance, error / (value * (1.0 - value)))
    return _ratio(drop, error)


def _significant(rule: PerformanceLimits, z: float | None) -> bool:
    return z is None or rule.confidence is None or z > float(ndtri(rule.confidence))


def _ratio(drop: float, standard_error: float) -> float:
    if drop == 0.0:
        return 0.0
    return drop / standard_error if standard_error > 0.0 else copysign(inf, drop)


def _value(measurement: Measurement) -> float:
    assert measurement.value is not None  # noqa: S101  (a measurement without a value is a lack)
    return measurement.value


def _standard_error(measurement: Measurement) -> float:
    assert measurement.standard_error is not None  # noqa: S101  (where a test is asked for, one without is a lack)
    return measurement.standard_error
