"""When things happen by themselves; the schedules of the pipelines come with their declarations."""

from sensors.drift import drift

SENSORS = [drift]

__all__ = ["SENSORS"]
