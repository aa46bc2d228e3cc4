"""Errors one by one: an alarm as soon as they are too many, with a promise on false alarms."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from driftline.drift.finding import Finding
from driftline.drift.rules import PerformanceDrift
from driftline.drift.status import Verdict
from driftline.metrics import Measurement, wilson
from driftline.profiles import FloatArray

# The rates that are bet on, as multiples of the reference's odds: of a reference of .20 they are .22 .25 .30 .40.
ODDS_RATIOS = (1.128, 1.333, 1.714, 2.667)
_Z_95 = 1.6449  # one-sided


@dataclass(frozen=True, kw_only=True, eq=False)
class DetectorPath:
    """What the detector says after each row.

    Attributes:
        evidence: shape (n_rows,); the mean over the bets, 0.0 is none, an alarm from the threshold on.
        alarms: places of the rows at which it rang, increasing; after each it starts anew.
    """

    evidence: FloatArray
    alarms: npt.NDArray[np.intp]


def e_detector(losses: FloatArray, *, reference: float, arl: float) -> DetectorPath:
    """Return the evidence after each of `losses` that their mean has risen above `reference`.

    As long as the mean given the past is at most `reference`, at least `arl` rows are expected between alarms,
    whatever the losses' distribution.

    Args:
        losses: in [0, 1], in the order of their events, shape (n_rows,).
        reference: the mean that is allowed, in (0, 1).
        arl: the evidence that rings, more than 1.

    Source: Shin, Ramdas & Rinaldo 2023, E-detectors; the Shiryaev-Roberts form, each bet like the likelihood ratio of
    two error rates. Ours: the four rates.
    """
    odds = [ratio * reference / (1.0 - reference) for ratio in ODDS_RATIOS]
    bets = [(odd / (1.0 + odd) - reference) / (reference * (1.0 - reference)) for odd in odds]
    sums, evidence, alarms = [0.0] * len(bets), np.empty(len(losses)), []
    for place, loss in enumerate(losses.tolist()):
        sums = [(1.0 + total) * (1.0 + bet * (loss - reference)) for total, bet in zip(sums, bets, strict=True)]
        evidence[place] = sum(sums) / len(sums)
        if evidence[place] >= arl:
            alarms.append(place)
            sums = [0.0] * len(bets)
    return DetectorPath(evidence=evidence, alarms=np.array(alarms, dtype=np.intp))


def allowed_loss(reference: Measurement) -> float:
    """Return the upper 95 % limit of the mean loss that a reference score allows, inside (0, 1).

    Args:
        reference: an accuracy, or a brier with its standard error, on at least one row.
    """
    value, rows = reference.value or 0.0, reference.row_count
    if reference.metric == "accuracy":
        limit = wilson(round((1.0 - value) * rows), rows, confidence=0.90).high
    else:
        limit = value + _Z_95 * (reference.standard_error or 0.0)
    margin = 1.0 / (rows + 1)
    return min(max(limit, margin), 1.0 - margin)


def sequential_finding(
    rule: PerformanceDrift,
    reference: Measurement | None,
    path: DetectorPath | None,
    *,
    label_count: int,
    in_window: int,
) -> Finding:
    """Return whether the detector rang in the window that ends after the first `label_count` labels.

    Args:
        rule: what was declared.
        reference: the champion's score on its holdout.
        path: of the labels since the champion took effect; None where there is no reference to bet against.
        label_count: how many of them came up to the end of the window.
        in_window: how many of these lie in the window.
    """
    if path is None or reference is None:
        why = "no reference" if reference is None else f"the reference has {reference.note or 'no value'}"
        return _finding(rule, reference, label_count, Verdict.UNDEFINED, f"not evaluated, {why}.")
    if label_count < rule.min_labels:
        few = f"not evaluated, too few labels ({label_count} of {rule.min_labels})."
        return _finding(rule, reference, label_count, Verdict.TOO_FEW_ROWS, few)
    rang = path.alarms[path.alarms < label_count]
    since = label_count - (int(rang[-1]) + 1) if len(rang) else label_count
    now = float(path.evidence[label_count - 1])
    peak = float(path.evidence[label_count - in_window : label_count].max(initial=0.0))
    recent = int((rang >= label_count - in_window).sum())
    said = (
        f"{recent} alarms in the window. The evidence is {now:.3g}, it rings at {rule.arl:,}; {label_count:,} labels "
        f"since the champion took effect, {since:,} of them since {'the last alarm' if len(rang) else 'any alarm'}. "
        f"Allowed is a mean loss of {allowed_loss(reference):.4f}, the upper 95 % limit on the holdout: below it, at "
        f"least {rule.arl:,} labels are expected between alarms."
    )
    verdict = Verdict.DRIFT if recent else Verdict.OK
    return _finding(rule, reference, label_count, verdict, said, evidence=(now, peak))


def _finding(
    rule: PerformanceDrift,
    reference: Measurement | None,
    label_count: int,
    verdict: Verdict,
    said: str,
    *,
    evidence: tuple[float, float] | None = None,
) -> Finding:
    return Finding(
        kind="performance",
        name=rule.metric,
        method="e-detector",
        statistic=evidence[0] if evidence else None,
        effect_name="largest evidence in the window" if evidence else None,
        effect=evidence[1] if evidence else None,
        threshold=float(rule.arl),
        p_value=None,
        reference_rows=reference.row_count if reference else 0,
        analysis_rows=label_count,
        verdict=verdict,
        note=f"{rule.metric}, errors one by one: {said}",
    )
