"""What can be said of a run, one event after the other."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, NamedTuple


class Kind(IntEnum):
    """What an event is about; the numbers are those of the files and never change."""

    KEY = 1  # a name for the points that follow: written once for each key of a segment
    POINT = 2
    WRITER = 3  # who writes, and of which run: the first event of each segment
    PARAMS = 4  # {key: value}
    TAGS = 5  # {key: text, or None to remove it}
    ARTIFACT = 6  # {path, digest, size_bytes, at_us}
    INPUT = 7  # {role, and dataset_version_id or what a dataset version is made of}
    FACTS = 8  # of the run: {note, hypothesis, conclusion, surroundings, ...}
    EXPERIMENT = 9  # facts of its experiment: {objective, metric, direction, target, description}
    ENDED = 10  # {status, error, at_us}
    CLOSED = 11  # this writer has done its part; the run goes on
    POINTS = 12  # several at once: {step, at_us, values: {key: value}}


class Point(NamedTuple):
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
