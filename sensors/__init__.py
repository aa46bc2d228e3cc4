"""When things happen by themselves; the schedules of the pipelines come with their declarations."""

from sensors.alerts import alerts
from sensors.drift import drift

SENSORS = [drift, alerts]

__all__ = ["SENSORS"]
