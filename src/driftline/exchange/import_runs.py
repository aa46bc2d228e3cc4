"""Runs of another store, written as the events that they would have logged; what is stored already stays."""

import os
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from math import isnan
from pathlib import Path

from driftline.exchange.locations import files_below, local_folder
from driftline.exchange.report import ImportReport
from driftline.exchange.run_events import RunFile, about, end_event, first_events, point_events, writer_of
from driftline.exchange.source import Source, SourceExperiment, SourceRun
from driftline.ingest import Batch, apply
from driftline.journal import Event, Kind, Point
from driftline.store import metric_rows, param_rows, run_rows
from driftline.workspace import Workspace

EVENTS_AT_ONCE = 10_000  # of one transaction
_RUN_ID = re.compile(r"[0-9a-f]{32}")
Progress = Callable[[int, int], None]


def import_experiments(workspace: Workspace, source: Source, report: ImportReport) -> Sequence[SourceExperiment]:
    """Store the experiments of a source that are new, and return all of them."""
    experiments = source.experiments()
    at = workspace.clock()
    with workspace.database.transaction() as session:
        known = {row.name for row in run_rows.experiments(session)}
        for experiment in experiments:
            created = at if experiment.created_ms is None else datetime.fromtimestamp(experiment.created_ms / 1000, UTC)
            run_rows.add_experiment(session, experiment.name, description=experiment.description, created_at=created)
    report.count_known("experiments", [experiment.name for experiment in experiments], known)
    return experiments


def import_runs(
    workspace: Workspace,
    source: Source,
    experiments: Sequence[SourceExperiment],
    report: ImportReport,
    *,
    folders: Sequence[str],
    progress: Progress,
) -> None:
    """Store the runs of a source with their params, points, tags, inputs and files."""
    total, done = source.run_count(), 0
    for experiment in experiments:
        for run in source.runs(experiment):
            if _RUN_ID.fullmatch(run.run_id):
                _import_run(workspace, run, report, folders)
            else:
                report.skip("runs", run.run_id, "the id of a run has 32 hexadecimal digits")
            done += 1
            progress(done, max(total, done))


def _import_run(workspace: Workspace, run: SourceRun, report: ImportReport, folders: Sequence[str]) -> None:
    files = _files(run, report, folders)
    events: list[Event | Point] = [*first_events(run)]
    events += point_events(run, len(events))
    described = [described_file for described_file, _ in files]
    last = len(events) + len(files)
    writer = writer_of([*events, end_event(run, last)], described)
    with workspace.database.reading() as session:
        writers = {row.writer: row.watermark for row in run_rows.writers_of(session, run.run_id)}
    if writers.get(writer) == last:
        _count_all(run, described, report)
        return
    known = _Known(workspace, run) if writers else None
    _count(run, described, report, known)
    if known is not None:
        events = [event for event in events if not known.has(event)]
    for number, (described_file, path) in enumerate(files, start=last - len(files)):
        events.append(_artifact(workspace, number, described_file, path))
    events.append(end_event(run, last))
    for start in range(0, len(events), EVENTS_AT_ONCE):
        part = events[start : start + EVENTS_AT_ONCE]
        apply(workspace.database.runs, Batch(run_id=run.run_id, writer=writer, about=about(run), events=part))


class _Known:
    """What is stored of a run that was imported before it changed, or that died in the middle of an import."""

    def __init__(self, workspace: Workspace, run: SourceRun) -> None:
        with workspace.database.reading() as session:
            self.params = {one.key: one.value for one in param_rows.params_of(session, [run.run_id])[run.run_id]}
            self.tags = {one.key: one.value for one in param_rows.tags_of(session, [run.run_id])[run.run_id]}
            artifacts = run_rows.of_runs(session, run_rows.Artifact, [run.run_id])[run.run_id]
            self.paths = {row.path: row.size_bytes for row in artifacts}
            self.inputs = len(run_rows.of_runs(session, run_rows.RunInput, [run.run_id])[run.run_id])
            self.points = {
                (key, step, at_us, None if isnan(value) else value)
                for key in {point.key for point in run.points}
                for history in [metric_rows.history(session, run.run_id, key)]
                for step, at_us, value in zip(history.steps, history.at_us, history.values, strict=True)
            }

    def has(self, event: Event | Point) -> bool:
        """Return whether a point is stored; other events change nothing where they are."""
        if isinstance(event, Event):
            return False
        return (event.key, event.step, event.at_us, None if isnan(event.value) else event.value) in self.points


def _count_all(run: SourceRun, files: Sequence[RunFile], report: ImportReport) -> None:
    report.count("runs", present=1)
    report.count("params", present=len(run.params))
    report.count("points", present=len(run.points))
    report.count("tags", present=len(run.tags))
    report.count("inputs", present=len(run.inputs))
    report.count("artifacts", present=len(files))


def _count(run: SourceRun, files: Sequence[RunFile], report: ImportReport, known: _Known | None) -> None:
    report.count("runs", imported=known is None, present=known is not None)
    report.count_known("params", run.params.items(), known.params.items() if known else ())
    points = [(point.key, point.step, point.at_ms * 1000, point.value) for point in run.points]
    report.count_known("points", points, known.points if known else ())
    report.count_known("tags", run.tags.items(), known.tags.items() if known else ())
    present = min(known.inputs, len(run.inputs)) if known else 0
    report.count("inputs", imported=len(run.inputs) - present, present=present)
    report.count_known(
        "artifacts", [(file.path, file.size_bytes) for file in files], known.paths.items() if known else ()
    )


def _files(run: SourceRun, report: ImportReport, folders: Sequence[str]) -> list[tuple[RunFile, Path]]:
    """Return the files of a run that lie on this machine; places that do not are named."""
    found: list[tuple[RunFile, Path]] = []
    for prefix, location in [("", run.artifacts), *run.files.items()]:
        if location is None:
            continue
        folder = local_folder(location, folders)
        if folder is None:
            if not _is_local(location):
                report.skip("artifacts", f"{run.run_id} {location}", "the place is not a folder of this machine")
            continue
        for file in files_below(folder):
            if not os.access(file.file, os.R_OK):
                report.skip("artifacts", f"{run.run_id} {file.path}", "the file may not be read")
                continue
            state = file.file.stat()
            path = f"{prefix}/{file.path}" if prefix else file.path
            found.append(
                (RunFile(path=path, size_bytes=state.st_size, modified_us=state.st_mtime_ns // 1000), file.file)
            )
    return found


def _is_local(location: str) -> bool:
    """Return whether a place is on this machine by its form: a run without files has no folder there."""
    return location.startswith(("/", "file:", "."))


def _artifact(workspace: Workspace, sequence: int, described: RunFile, path: Path) -> Event:
    with path.open("rb") as content:
        digest = workspace.artifacts.put(content)
    body = {
        "path": described.path,
        "digest": digest,
        "size_bytes": described.size_bytes,
        "at_us": described.modified_us,
    }
    return Event(sequence, Kind.ARTIFACT, body)
