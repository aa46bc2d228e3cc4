"""A run of another store as events: the same run always gives the same ones, with the same numbers."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, nan
from typing import Any

from driftline.exchange.mlflow_values import NOTE
from driftline.exchange.source import SourceRun
from driftline.journal import Event, Kind, Point
from driftline.store.dataset_rows import EXTERNAL_DIGEST

_WRITER_BITS = 53  # as those of processes, which JSON holds exactly
_TAGS_OF_COLUMNS = {
    "mlflow.source.name": "command",
    "mlflow.source.git.commit": "git_commit",
    "mlflow.source.git.branch": "git_branch",
    "mlflow.source.git.repoURL": "source_url",
    "mlflow.parentRunId": "parent_run_id",
}
_UNFINISHED = "Lost: it was {} in MLflow's store when it was imported. Import again once it has ended there."


@dataclass(frozen=True, kw_only=True)
class RunFile:
    """A file of a run that is in the artifact store, or will be."""

    path: str
    size_bytes: int
    modified_us: int


def about(run: SourceRun) -> dict[str, Any]:
    """Return what the first batch of a run says of it: its experiment, name, start and where it came from."""
    facts: dict[str, Any] = {
        "process": "",
        "experiment": run.experiment,
        "name": run.name or run.tags.get("mlflow.runName") or run.run_id[:8],
        "started_us": _us(run.started_ms or run.ended_ms or 0),
        "user_name": run.user or run.tags.get("mlflow.user") or "unknown",
    }
    facts |= {column: run.tags[tag] for tag, column in _TAGS_OF_COLUMNS.items() if run.tags.get(tag)}
    if "mlflow.source.git.dirty" in run.tags:
        facts["git_dirty"] = run.tags["mlflow.source.git.dirty"].lower() == "true"
    return facts


def first_events(run: SourceRun) -> list[Event]:
    """Return what is said of a run before its points."""
    bodies: list[tuple[Kind, Mapping[str, Any]]] = []
    if run.params:
        bodies.append((Kind.PARAMS, dict(run.params)))
    if run.tags:
        bodies.append((Kind.TAGS, dict(run.tags)))
    facts: dict[str, Any] = {}
    if run.tags.get(NOTE):
        facts["note"] = run.tags[NOTE]
    if run.deleted_ms is not None:
        facts["archived_us"] = _us(run.deleted_ms)
    bodies.append((Kind.FACTS, facts))
    bodies += [
        (
            Kind.INPUT,
            {
                "dataset": used.dataset,
                "digest": f"{EXTERNAL_DIGEST}{used.digest}",
                "columns": [dict(column) for column in used.columns],
                "statistics": [],
                "row_count": used.row_count,
                "source": used.source,
                "role": used.role,
            },
        )
        for used in run.inputs
    ]
    return [Event(number, kind, body) for number, (kind, body) in enumerate(bodies)]


def point_events(run: SourceRun, start: int) -> list[Point]:
    """Return the points of a run, numbered from `start` on: of one step and time the greatest value is the last."""
    points = sorted(
        run.points, key=lambda one: (one.key, one.step, one.at_ms, -inf if one.value is None else one.value)
    )
    return [
        Point(number, point.key, point.step, _us(point.at_ms), nan if point.value is None else point.value)
        for number, point in enumerate(points, start=start)
    ]


def end_event(run: SourceRun, sequence: int) -> Event:
    """Return how a run ended; nobody goes on here with one that had not ended there."""
    newest = max((point.at_ms for point in run.points), default=run.started_ms or 0)
    body = {"status": run.status, "error": None, "at_us": _us(run.ended_ms if run.ended_ms is not None else newest)}
    if run.status == "running":
        body |= {"status": "lost", "error": _UNFINISHED.format("running")}
    return Event(sequence, Kind.ENDED, body)


def writer_of(events: Sequence[Event | Point], files: Sequence[RunFile]) -> int:
    """Return the number of the writer that imports a run as it is now: of another content it is another one."""
    sha256 = hashlib.sha256()
    for event in events:
        row = [event.sequence, int(event.kind), event.body] if isinstance(event, Event) else [*event[:4], str(event[4])]
        sha256.update(json.dumps(row, sort_keys=True).encode() + b"\n")
    for file in files:
        sha256.update(json.dumps([file.path, file.size_bytes, file.modified_us]).encode() + b"\n")
    return int.from_bytes(sha256.digest()[:8]) >> (64 - _WRITER_BITS)


def _us(at_ms: int) -> int:
    return int(at_ms) * 1000
