"""How far binary probabilities are off: the expected calibration error."""

import numpy as np
import numpy.typing as npt

from driftline.metrics import Measurement, unmeasured
from driftline.plots.curves import calibration

CALIBRATION_ERROR = "expected_calibration_error"
_DRAWS = 1000


def calibration_error(truth: npt.ArrayLike, scores: npt.ArrayLike) -> Measurement:
    """Return the expected calibration error of binary scores in 10 bins of equal counts; 0.0 is calibrated.

    Its interval is a percentile one of 1,000 seeded draws of the positives in each bin. The error of few rows is
    above zero by chance alone, so few rows never look calibrated.

    Raises:
        InvalidScoresError: truth or scores break the rules of a binary task.
    """
    bins = calibration(truth, scores)
    if bins.expected_error is None:
        return unmeasured(CALIBRATION_ERROR, 0, "no rows")
    counts = np.array(bins.counts)
    positives = np.random.default_rng(0).binomial(counts, bins.observed, size=(_DRAWS, len(counts)))
    errors = (np.abs(positives / counts - bins.predicted) * counts).sum(axis=1) / counts.sum()
    low, high = np.percentile(errors, [2.5, 97.5])
    return Measurement(
        metric=CALIBRATION_ERROR,
        value=bins.expected_error,
        ci_low=float(low),
        ci_high=float(high),
        standard_error=float(errors.std()),
        row_count=int(counts.sum()),
    )
