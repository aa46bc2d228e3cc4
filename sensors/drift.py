"""Evaluates drift and materializes retraining."""

from assets import PIPELINES
from driftline.pipelines import drift_sensor

drift = drift_sensor(PIPELINES)
