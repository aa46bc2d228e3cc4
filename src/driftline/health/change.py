"""When the world changed, as the losses of one version tell it, and what that leaves to learn from."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np

from driftline.health.losses import PartitionLoss

FEWEST = 2  # partitions on each side of a change


def change_time(parts: Sequence[PartitionLoss]) -> datetime | None:
    """Return the start of the partition from which on the losses are higher; None where none is.

    Of all cuts with a higher mean after them, the one of the largest likelihood: that of one change in the mean of
    Gaussian losses, n1 n2 / (n1 + n2) (m2 - m1)².

    Args:
        parts: of one version, oldest first, each with at least one row.
    """
    counts = np.cumsum([part.row_count for part in parts])
    sums = np.cumsum([part.loss for part in parts])
    cuts = np.arange(FEWEST, len(parts) - FEWEST + 1)
    if not len(cuts):
        return None
    before, total = counts[cuts - 1], counts[-1]
    after = total - before
    rise = (sums[-1] - sums[cuts - 1]) / after - sums[cuts - 1] / before
    likelihood = np.where(rise > 0.0, before * after / total * rise**2, 0.0)
    best = int(likelihood.argmax())
    return parts[cuts[best]].start if likelihood[best] > 0.0 else None


def holdout_after(declared: timedelta, changed_at: datetime, end: datetime) -> timedelta:
    """Return how much of the time up to `end` is the holdout after a change: half of what lies after it.

    So candidates are judged on the new world alone, and there are as many days of it to learn from; soon after a
    change the whole declared holdout would hold the old world, or leave nothing of the new one.

    Args:
        declared: the length of the holdout, which is the longest; a quarter of it is the shortest.
        changed_at: when the world changed.
        end: of the labelled rows.
    """
    return min(declared, max(declared / 4, (end - changed_at) / 2))
