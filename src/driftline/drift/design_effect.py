"""How alike the rows of a window are: by how much its metric varies more than independent rows would."""

from collections.abc import Sequence

import numpy as np

from driftline.metrics import Measurement

EARLIEST_WINDOWS = 20


def design_effect(windows: Sequence[Measurement]) -> float | None:
    """Return the variance of a metric over windows as a multiple of what its standard errors promise, at least 1.0.

    Windows without a value or a standard error are left out; None where fewer than 20 are left.

    Args:
        windows: the metric in disjoint windows without drift, such as the first ones of a champion. Windows that drift
            among them make it too large, and the drift is then not found.

    Source: Kish 1965, Survey Sampling. Ours: it is estimated once, from a champion's first windows, and not again
    while the truth may drift.
    """
    measured = [
        (window.value, window.standard_error)
        for window in windows
        if window.value is not None and window.standard_error
    ]
    if len(measured) < EARLIEST_WINDOWS:
        return None
    values, errors = np.array(measured).T
    return max(1.0, float(values.var(ddof=1) / np.mean(errors**2)))
