"""Whether a library trains for one of driftline's trainers, whose runs say themselves what they are made of."""

import threading
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Result = TypeVar("Result")

_HERE = threading.local()


def is_own_training() -> bool:
    """Return whether this thread is amid the fitting of one of driftline's trainers."""
    return getattr(_HERE, "depth", 0) > 0


def own_training(fit: Callable[Given, Result]) -> Callable[Given, Result]:
    """Return the `fit` of a trainer, so that `is_own_training` is true within it."""

    @wraps(fit)
    def fitting(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        _HERE.depth = getattr(_HERE, "depth", 0) + 1
        try:
            return fit(*args, **kwargs)
        finally:
            _HERE.depth -= 1

    return fitting
