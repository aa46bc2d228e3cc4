"""Whether the errors of a champion, one by one, have become too many."""

from collections.abc import Mapping

from driftline.drift.e_detector import DetectorPath, allowed_loss
from driftline.drift.finding import Finding
from driftline.drift.performance_limits import PerformanceLimits
from driftline.drift.rule import Need, ServiceView
from driftline.drift.verdict import FindingRule, Verdict
from driftline.metrics import Measurement
from driftline.sentences import Value


def find_alarms(rule: PerformanceLimits, view: ServiceView) -> Finding:
    """Return whether the detector raised an alarm in the newest window of `view`."""
    reference = view.score(rule.metric)
    allowed = None if reference is None else allowed_loss(reference)
    path = None if allowed is None else view.detect(rule.metric, reference=allowed, arl=rule.arl)
    errors = view.errors(rule.metric)
    label_count = errors.before(view.end)
    in_window = label_count - errors.before(view.end - rule.length)
    return sequential_finding(rule, reference, path, label_count=label_count, in_window=in_window)


def sequential_finding(
    rule: PerformanceLimits,
    reference: Measurement | None,
    path: DetectorPath | None,
    *,
    label_count: int,
    in_window: int,
) -> Finding:
    """Return whether the detector raised an alarm in the window that ends after the first `label_count` labels.

    Args:
        rule: what was declared.
        reference: the champion's score on its holdout.
        path: of the labels since the champion took effect; None where there is no reference to bet against.
        label_count: how many of them came up to the end of the window.
        in_window: how many of these lie in the window.
    """
    if reference is None:
        return _finding(
            rule,
            None,
            label_count,
            verdict=Verdict.UNDEFINED,
            code=FindingRule.NO_REFERENCE,
            values={"need": Need.SCORE},
        )
    if path is None:
        return _finding(
            rule,
            reference,
            label_count,
            verdict=Verdict.UNDEFINED,
            code=FindingRule.REFERENCE_UNDEFINED,
            values={"reason": reference.note or "no value"},
        )
    if label_count < rule.min_labels:
        return _finding(
            rule,
            reference,
            label_count,
            verdict=Verdict.TOO_FEW_ROWS,
            code=FindingRule.TOO_FEW_LABELS,
            values={"min_labels": rule.min_labels},
        )
    alarms = path.alarms[path.alarms < label_count]
    evidence = float(path.evidence[label_count - 1])
    peak = float(path.evidence[label_count - in_window : label_count].max(initial=0.0))
    recent = int((alarms >= label_count - in_window).sum())
    values: dict[str, Value] = {
        "alarms_in_window": recent,
        "alarms": len(alarms),
        "evidence": evidence,
        "arl": rule.arl,
        "labels_since_alarm": label_count - (int(alarms[-1]) + 1) if len(alarms) else label_count,
        "allowed_loss": allowed_loss(reference),
    }
    verdict, code = (Verdict.DRIFT, FindingRule.ALARM) if recent else (Verdict.OK, FindingRule.NO_ALARM)
    return _finding(rule, reference, label_count, verdict=verdict, code=code, values=values, evidence=(evidence, peak))


def _finding(
    rule: PerformanceLimits,
    reference: Measurement | None,
    label_count: int,
    *,
    verdict: Verdict,
    code: FindingRule,
    values: Mapping[str, Value],
    evidence: tuple[float, float] | None = None,
) -> Finding:
    return Finding(
        kind="performance",
        name=rule.metric,
        method="e-detector",
        verdict=verdict,
        rule=code,
        values={"method": "sequential", "metric": rule.metric, "label_count": label_count, **values},
        statistic=evidence[0] if evidence else None,
        effect_name="largest evidence in the window" if evidence else None,
        effect=evidence[1] if evidence else None,
        threshold=float(rule.arl),
        reference_rows=reference.row_count if reference else 0,
        analysis_rows=label_count,
    )
