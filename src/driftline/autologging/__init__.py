"""Trainings that log themselves: scikit-learn, LightGBM, and a callback for every other loop."""

from driftline.autologging.autolog import autolog
from driftline.autologging.callback import MetricsCallback

__all__ = ["MetricsCallback", "autolog"]
