"""A batch becomes rows: in one transaction, in constant time for each event, and only once."""

import time
from collections.abc import Sequence

from driftline.ingest.batch import Batch
from driftline.ingest.blocks import BLOCK, seal
from driftline.ingest.database import RunDatabase, Transaction
from driftline.ingest.params import set_params, set_tags
from driftline.ingest.points import add_points
from driftline.ingest.runs import (
    add_artifact,
    add_input,
    end_run,
    opened_writer,
    set_experiment,
    set_facts,
    store_writer,
)
from driftline.ingest.writer import Writer
from driftline.journal import Event, Kind, Point


def apply(database: RunDatabase, batch: Batch) -> int:
    """Write a batch and return the sequence up to which the events of its writer are stored.

    A run, its experiment and its writer are made where they are new. What is stored already is passed over, so that
    the same batch again changes nothing.

    Raises:
        DatabaseUnavailableError: the database does not serve; nothing was written.
    """
    now_us = _now_us(database)
    kinds = {event.kind for event in batch.events if isinstance(event, Event)}
    has_closed = not kinds.isdisjoint({Kind.ENDED, Kind.CLOSED})
    with database.transaction(durable=has_closed) as transaction:  # whose journal is removed after it
        writer = opened_writer(transaction, batch, now_us=now_us)
        points, events = _new(batch.events, writer.watermark)
        add_points(transaction, writer, points)
        set_params(transaction, writer, [event.body for event in events if event.kind == Kind.PARAMS], now_us=now_us)
        for event in events:
            _apply_event(transaction, writer, event, now_us=now_us)
        watermark = max(writer.watermark, batch.events[-1].sequence if batch.events else -1)
        store_writer(transaction, writer, batch, watermark, now_us=now_us, has_closed=has_closed)
    if Kind.ENDED in kinds and not (writer.is_first and len(points) < BLOCK):
        seal(database, writer.run)
    return watermark


def _new(events: Sequence[Event | Point], watermark: int) -> tuple[list[Point], list[Event]]:
    """Return the points and the other events that are not stored yet."""
    points: list[Point] = []
    others: list[Event] = []
    for event in events:
        if event.sequence <= watermark:
            continue
        if isinstance(event, Point):
            points.append(event)
        else:
            others.append(event)
            if event.kind == Kind.POINTS:
                step, at_us = event.body["step"], event.body["at_us"]
                points += [
                    Point(event.sequence, key, step, at_us, value) for key, value in event.body["values"].items()
                ]
    return points, others


def _now_us(database: RunDatabase) -> int:
    """Return the time that signs of life are dated by: the database's, where it has a clock of its own."""
    return time.time_ns() // 1000 + database.clock_ahead_us


def _apply_event(transaction: Transaction, writer: Writer, event: Event, *, now_us: int) -> None:
    match event.kind:
        case Kind.TAGS:
            set_tags(transaction, writer.run, event.body)
        case Kind.ARTIFACT:
            add_artifact(transaction, writer, event.body)
        case Kind.INPUT:
            add_input(transaction, writer, event.body, now_us=now_us)
        case Kind.FACTS:
            set_facts(transaction, writer, event.body)
        case Kind.EXPERIMENT:
            set_experiment(transaction, writer, event.body)
        case Kind.ENDED if not writer.is_first:  # whose row was made with its end
            end_run(transaction, writer, event)
