"""What processes that died have logged, and what waits since its destination did not serve."""

import logging
import secrets
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from driftline.ingest import Batch
from driftline.journal import Event, Kind, Point, Segment, SegmentReader, segments
from driftline.journal.errors import JournalError, NewerJournalError
from driftline.process import is_alive
from driftline.tracking import sender
from driftline.tracking.output import FOLDER, files_of
from driftline.tracking.sinks import MOST_AT_ONCE, Destination, of_another_writer

ASIDE = ".damaged"  # the ending of a journal that is kept because some of it cannot be read
_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """What became of one file of a journal.

    Attributes:
        run_id: the run.
        events: how many of its events are stored now, those that were before included.
        problem: why the file is still there; None: it is removed.
    """

    run_id: str
    events: int
    problem: str | None = None


def deliver_left(destination: Destination, *, anywhere: bool = False) -> list[Delivery]:
    """Deliver what this process has logged, and the journals of processes of this machine that died; return those.

    A journal with damaged bytes is kept beside the others, ending in `.damaged`, once what is whole is delivered.
    Journals of living processes are left alone, and so are those of other machines and those that name another
    destination, unless `anywhere`.

    Raises:
        StorageError: the destination does not serve; nothing is lost.
    """
    for recorder in sender.recorders():
        if recorder.destination_name == destination.name:
            recorder.deliver()
    return [
        done
        for segment in segments(destination.journals)
        if (done := _delivered(destination, segment, anywhere=anywhere)) is not None
    ]


def _delivered(destination: Destination, segment: Segment, *, anywhere: bool) -> Delivery | None:
    """Deliver one file, if it is to be; return what became of it."""
    try:
        reader = SegmentReader(segment.path)
        try:
            events = _left_events(reader, destination, anywhere=anywhere)
            heard_us = segment.path.stat().st_mtime_ns // 1000
        finally:
            reader.close()
    except FileNotFoundError:  # somebody else was first
        return None
    except NewerJournalError as error:
        _log.warning("%s", error)
        return Delivery(run_id=segment.run_id, events=0, problem=str(error))
    except JournalError as error:
        return _set_aside(segment, str(error), events=0)
    if events is None:
        return None
    for start in range(0, len(events), MOST_AT_ONCE):
        part = events[start : start + MOST_AT_ONCE]
        batch = Batch(run_id=segment.run_id, writer=segment.writer, about=reader.about, events=part, heard_us=heard_us)
        destination.send(batch)
    if reader.damaged:
        damage = ", ".join(f"its bytes {one.start} to {one.end} are damaged" for one in reader.damaged)
        return _set_aside(segment, damage, events=len(events))
    _deliver_output(destination, segment, reader.about, heard_us=heard_us)
    segment.path.unlink(missing_ok=True)
    return Delivery(run_id=segment.run_id, events=len(events))


def _deliver_output(destination: Destination, segment: Segment, about: Mapping[str, Any], *, heard_us: int) -> None:
    """Log what a process has printed before it died, which tells best why it did."""
    kept = about.get("output")
    if kept is None:
        return
    folder = destination.journals / FOLDER / Path(str(kept["folder"])).name
    files = files_of(folder, kept["since"])
    events = [
        Event(number, Kind.ARTIFACT, {"path": path, "digest": digest, "size_bytes": size, "at_us": heard_us})
        for number, (path, content) in enumerate(files.items(), start=1)
        for digest, size in [destination.keep([content])]
    ]
    if events:
        closed = Event(len(events) + 1, Kind.CLOSED, {})
        writer = secrets.randbits(53)
        batch = Batch(
            run_id=segment.run_id,
            writer=writer,
            about=of_another_writer(about),
            events=[*events, closed],
            heard_us=heard_us,
        )
        destination.send(batch)
    shutil.rmtree(folder, ignore_errors=True)


def _left_events(reader: SegmentReader, destination: Destination, *, anywhere: bool) -> Sequence[Event | Point] | None:
    """Return what is whole in a file, or None where it is somebody else's to deliver."""
    first = reader.read()
    about = reader.about  # empty where its first bytes are damaged
    if about and not anywhere and about.get("to") != destination.name:
        return None
    alive = is_alive(str(about.get("process"))) if about else False
    if alive or (alive is None and not anywhere):
        return None
    return [*first, *reader.salvage()]


def _set_aside(segment: Segment, why: str, *, events: int) -> Delivery:
    _log.warning("The journal %s is set aside: %s", segment.path, why)
    aside = segment.path.with_name(segment.path.name + ASIDE)
    with suppress(FileNotFoundError):  # somebody else was first
        segment.path.rename(aside)
    return Delivery(run_id=segment.run_id, events=events, problem=f"{aside} is kept: {why}")
