"""Events of one writer of one run that are written together, in the process and over HTTP."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from driftline.ingest.errors import invalid_batch
from driftline.journal import Event, Kind, Point

FORMAT = 1
_WORDS = {"nan": float("nan"), "inf": float("inf"), "-inf": float("-inf")}
_COLUMNS = ("sequence", "key", "step", "at_us", "value")


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Events of one writer of one run, in their order.

    Attributes:
        run_id: 32 hexadecimal digits.
        writer: tells the processes that write the run apart.
        about: what each segment of a journal begins with: process, experiment, name, started_us, and what else is known
            when a run starts.
        events: those that may be new; what is stored already is passed over.
        heard_us: when the writer gave its last sign of life, in microseconds since 1970; None: just now.
    """

    run_id: str
    writer: int
    about: Mapping[str, Any]
    events: Sequence[Event | Point] = field(repr=False)
    heard_us: int | None = None


def batch_to_json(batch: Batch) -> dict[str, Any]:
    """Return a batch as JSON holds it: points as columns, with what is no number as text."""
    points = [event for event in batch.events if isinstance(event, Point)]
    keys = {key: number for number, key in enumerate(dict.fromkeys(point.key for point in points))}
    return {
        "format": FORMAT,
        "run_id": batch.run_id,
        "writer": batch.writer,
        "about": dict(batch.about),
        "heard_us": batch.heard_us,
        "events": [
            [event.sequence, int(event.kind), dict(event.body)] for event in batch.events if isinstance(event, Event)
        ],
        "keys": list(keys),
        "points": {
            "sequence": [point.sequence for point in points],
            "key": [keys[point.key] for point in points],
            "step": [point.step for point in points],
            "at_us": [point.at_us for point in points],
            "value": [point.value if abs(point.value) < _WORDS["inf"] else str(point.value) for point in points],
        },
    }


def batch_from_json(payload: Any) -> Batch:
    """Return the batch of a payload that `batch_to_json` made, here or in another version.

    Raises:
        InvalidBatchError: it is of another format, or not well-formed.
    """
    if not isinstance(payload, dict) or payload.get("format") != FORMAT:
        found = payload.get("format") if isinstance(payload, dict) else payload
        raise invalid_batch(f"its format is {str(found)[:100]!r}, and this version reads {FORMAT}")
    try:
        events = [Event(int(sequence), Kind(kind), dict(body)) for sequence, kind, body in payload["events"]]
        points = _points(payload["keys"], payload["points"])
        run_id, writer = payload["run_id"], payload["writer"]
        if not (len(run_id) == 32 and int(run_id, 16) >= 0 and 0 <= writer < 2**63):
            raise invalid_batch("its run or its writer has an id that is none")
        return Batch(
            run_id=run_id,
            writer=int(writer),
            about=dict(payload["about"]),
            events=sorted([*events, *points], key=lambda event: event.sequence),
            heard_us=payload["heard_us"],
        )
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise invalid_batch(f"{type(error).__name__}: {error}") from None


def _points(keys: Sequence[str], columns: Mapping[str, Sequence[Any]]) -> list[Point]:
    rows = zip(*(columns[name] for name in _COLUMNS), strict=True)
    return [
        Point(
            int(sequence),
            str(keys[key]),
            int(step),
            int(at_us),
            _WORDS[value] if isinstance(value, str) else float(value),
        )
        for sequence, key, step, at_us, value in rows
    ]
