"""Errors one by one: an alarm as soon as they are too many, with a promise on false alarms."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from driftline.metrics import FloatArray, Measurement, wilson

# The rates that are bet on, as multiples of the reference's odds: of a reference of .20 they are .22 .25 .30 .40.
ODDS_RATIOS = (1.128, 1.333, 1.714, 2.667)
_Z_95 = 1.6449  # one-sided


@dataclass(frozen=True, kw_only=True, eq=False)
class DetectorPath:
    """What the detector says after each row.

    Attributes:
        evidence: shape (n_rows,); the mean over the bets, 0.0 is none, an alarm from the threshold on.
        alarms: places of the rows that raised an alarm, increasing; after each it starts anew.
    """

    evidence: FloatArray
    alarms: npt.NDArray[np.intp]


@dataclass(frozen=True, kw_only=True, eq=False)
class ErrorSequence:
    """Losses of labelled rows in the order of their events.

    Attributes:
        times: of the events in UTC, not decreasing, shape (n_labels,).
        losses: in [0, 1], shape (n_labels,).
    """

    times: npt.NDArray[np.datetime64]
    losses: FloatArray

    def before(self, end: datetime) -> int:
        """Return how many labels are of events before `end`."""
        return int(np.searchsorted(self.times, np.datetime64(end.replace(tzinfo=None), "us")))


def e_detector(losses: FloatArray, *, reference: float, arl: float) -> DetectorPath:
    """Return the evidence after each of `losses` that their mean has risen above `reference`.

    As long as the mean given the past is at most `reference`, at least `arl` rows are expected between alarms,
    whatever the losses' distribution.

    Args:
        losses: in [0, 1], in the order of their events, shape (n_rows,).
        reference: the mean that is allowed, in (0, 1).
        arl: the evidence that raises an alarm, more than 1.

    >>> e_detector(np.array([0.0, 1.0, 1.0]), reference=0.2, arl=5.0).alarms
    array([2])

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


def allowed_loss(reference: Measurement) -> float | None:
    """Return the upper 95 % limit of the mean loss that a reference score allows, inside (0, 1).

    None where the score has no value, or a brier no standard error: there is nothing to bet against.

    Args:
        reference: an accuracy, or a brier, on at least one row.
    """
    value, rows = reference.value, reference.row_count
    if value is None:
        return None
    if reference.metric == "accuracy":
        limit = wilson(round((1.0 - value) * rows), rows, confidence=0.90).high
    elif reference.standard_error is None:
        return None
    else:
        limit = value + _Z_95 * reference.standard_error
    margin = 1.0 / (rows + 1)
    return min(max(limit, margin), 1.0 - margin)
