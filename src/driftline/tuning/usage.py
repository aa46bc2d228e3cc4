"""What a search has used so far: time, CPU time and money."""

import time
from collections.abc import Callable

from driftline.capture import LoadSampler, Usage, usage


def usage_meter(*, clock: Callable[[], float] = time.monotonic, price_per_hour: float | None) -> Callable[[], Usage]:
    """Return what says how much this process and its descendants have used since now.

    Args:
        clock: seconds that only grow.
        price_per_hour: of this machine; None: no cost is known.
    """
    load, began_s = LoadSampler(), clock()
    return lambda: usage(duration_s=clock() - began_s, cpu_s=load.cpu_s(), price_per_hour=price_per_hour)
