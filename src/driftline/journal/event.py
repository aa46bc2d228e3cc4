"""What can be said of a run, one event after the other."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any


class Kind(IntEnum):
    """What an event is about; the numbers are those of the files and never change."""

    KEY = 1  # a name for the points that follow: written once for each key of a segment
    POINT = 2
    WRITER = 3  # who writes: the first event of a journal


@dataclass(frozen=True, slots=True)
class Point:
    """One measured value of a metric.

    Attributes:
        sequence: its number among the events of its writer.
        key: the metric.
        step: a whole number of 64 bits.
        at_us: when, in microseconds since 1970.
        value: a float; NaN and the infinities are what they are.
    """

    sequence: int
    key: str
    step: int
    at_us: int
    value: float


@dataclass(frozen=True, slots=True)
class Event:
    """Anything else.

    Attributes:
        sequence: its number among the events of its writer.
        kind: what it is about.
        body: what it says, as JSON holds it.
    """

    sequence: int
    kind: Kind
    body: Mapping[str, Any]
