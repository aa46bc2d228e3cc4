"""What `driftline export` wrote, taken over into another store."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds
import pyarrow.parquet as pq

from driftline.exchange.errors import UnreadableStoreError
from driftline.exchange.export import RUNS_AT_ONCE
from driftline.exchange.export_tables import FILES, FORMAT, MANIFEST, SCHEMAS
from driftline.exchange.import_runs import EVENTS_AT_ONCE, Progress
from driftline.exchange.report import ImportReport
from driftline.exchange.run_events import writer_of
from driftline.ingest import Batch, apply
from driftline.journal import Event, Kind, Point
from driftline.registry import restore_history, restore_version
from driftline.store import Session, dataset_rows, model_rows, run_rows
from driftline.workspace import Workspace

Row = Mapping[str, Any]
_OF_RUNS = ("params", "points", "tags", "inputs", "artifacts")
_ABOUT = (
    "experiment", "parent_run_id", "name", "attempt", "user_name", "user_email", "source_url", "git_commit",
    "git_branch", "git_dirty", "command", "dagster_run_id", "hypothesis",
)  # fmt: skip


def import_driftline(
    workspace: Workspace, folder: Path, *, progress: Progress = lambda _done, _total: None
) -> ImportReport:
    """Store what an export holds; the same import again changes nothing, and one that was killed goes on.

    Args:
        workspace: where it is stored.
        folder: that `driftline export` wrote.
        progress: called with the number of runs that are done, and of all.

    Raises:
        UnreadableStoreError: the folder holds no export, or one of another format.
    """
    _check(folder)
    report = ImportReport()
    _import_files(workspace, folder / FILES, report)
    with workspace.database.transaction() as session:
        known = {row.name for row in run_rows.experiments(session)}
        experiments = _rows(folder, "experiments")
        for row in experiments:
            run_rows.add_experiment(session, **row)
        for row in _rows(folder, "datasets"):
            dataset_rows.add_version(session, **_from_json(row, ("columns", "statistics")))
    report.count_known("experiments", [row["name"] for row in experiments], known)
    runs = _rows(folder, "runs")
    for start in range(0, len(runs), RUNS_AT_ONCE):
        chunk = runs[start : start + RUNS_AT_ONCE]
        logged = {name: _by_run(folder, name, [row["run_id"] for row in chunk]) for name in _OF_RUNS}
        for row in chunk:
            own = {name: logged[name].get(row["run_id"], []) for name in _OF_RUNS}
            _import_run(workspace, row, own, report)
        progress(start + len(chunk), len(runs))
    _import_models(workspace, folder, report)
    return report


def _check(folder: Path) -> None:
    try:
        found = json.loads((folder / MANIFEST).read_text())["format"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnreadableStoreError(str(folder), f"it is not the folder of an export ({error})") from None
    if found != FORMAT:
        raise UnreadableStoreError(str(folder), f"its format is {found!r}, and this version reads {FORMAT}")


def _rows(folder: Path, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(folder / f"{name}.parquet", columns=SCHEMAS[name].names).to_pylist()
    return rows


def _by_run(folder: Path, name: str, ids: Sequence[str]) -> dict[str, list[Row]]:
    """Return rows of some runs, in the order of the file."""
    found: dict[str, list[Row]] = {}
    table = ds.dataset(folder / f"{name}.parquet").to_table(filter=ds.field("run_id").isin(ids))
    for row in table.to_pylist():
        found.setdefault(row["run_id"], []).append(row)
    return found


def _import_files(workspace: Workspace, folder: Path, report: ImportReport) -> None:
    for path in sorted(folder.glob("*/*")):
        digest = path.parent.name + path.name
        if workspace.artifacts.has(digest):
            report.count("files", present=1)
            continue
        with path.open("rb") as content:
            stored = workspace.artifacts.put(content)
        if stored == digest:
            report.count("files", imported=1)
        else:
            report.skip("files", digest, f"its content was altered, and is {stored} now")


def _import_run(workspace: Workspace, run: Row, logged: Mapping[str, Sequence[Row]], report: ImportReport) -> None:
    with workspace.database.reading() as session:
        versions = {
            (row["dataset"], row["digest"]): dataset_rows.dataset_version(session, row["dataset"], row["digest"])
            for row in logged["inputs"]
        }
        writers = {row.writer: row.watermark for row in run_rows.writers_of(session, run["run_id"])}
        is_known = run_rows.run(session, run["run_id"]) is not None
    events = list(_events(run, logged, {key: row.id for key, row in versions.items() if row is not None}))
    writer = writer_of(events, [])
    began = set(writers) == {writer} and writers[writer] < events[-1].sequence  # by an import that was killed
    is_new = began or not is_known
    counts = {name: len(logged[name]) for name in _OF_RUNS} | {"runs": 1}
    for name, count in counts.items():
        report.count(name, imported=count if is_new else 0, present=0 if is_new else count)
    if not is_new:
        return
    about = {name: run[name] for name in _ABOUT if run[name] is not None}
    about |= {"process": "", "started_us": _us(run["started_at"])}
    for start in range(0, len(events), EVENTS_AT_ONCE):
        part = events[start : start + EVENTS_AT_ONCE]
        apply(workspace.database.runs, Batch(run_id=run["run_id"], writer=writer, about=about, events=part))


def _events(
    run: Row, logged: Mapping[str, Sequence[Row]], versions: Mapping[tuple[str, str], int]
) -> Iterator[Event | Point]:
    """Return what an export says of a run, as events with their numbers."""
    bodies: list[tuple[Kind, Mapping[str, Any]]] = []
    earlier = [(row["key"], json.loads(row["earlier"])) for row in logged["params"] if row["earlier"]]
    bodies += [(Kind.PARAMS, {key: value}) for key, values in earlier for value in values]
    bodies.append((Kind.PARAMS, {row["key"]: json.loads(row["value"]) for row in logged["params"]}))
    bodies.append((Kind.TAGS, {row["key"]: row["value"] for row in logged["tags"]}))
    facts = {name: run[name] for name in ("note", "conclusion") if run[name] is not None}
    facts["surroundings"] = json.loads(run["surroundings"])
    if run["archived_at"] is not None:
        facts["archived_us"] = _us(run["archived_at"])
    bodies.append((Kind.FACTS, facts))
    bodies += [
        (Kind.INPUT, {"dataset_version_id": versions[row["dataset"], row["digest"]], "role": row["role"]})
        for row in logged["inputs"]
        if (row["dataset"], row["digest"]) in versions
    ]
    bodies += [
        (
            Kind.ARTIFACT,
            {
                "path": row["path"],
                "digest": row["digest"],
                "size_bytes": row["size_bytes"],
                "at_us": _us(row["created_at"]),
            },
        )
        for row in logged["artifacts"]
    ]
    for number, (kind, body) in enumerate(bodies):
        yield Event(number, kind, body)
    for place, row in enumerate(logged["points"], start=len(bodies)):
        yield Point(place, row["key"], row["step"], row["at_us"], row["value"])
    has_ended = run["ended_at"] is not None
    body = {
        "status": run["status"] if has_ended else "lost",
        "error": run["error"] if has_ended else "Lost: it was running when it was exported.",
        "at_us": _us(run["ended_at"] or run["started_at"]),
    }
    yield Event(len(bodies) + len(logged["points"]), Kind.ENDED, body)


def _import_models(workspace: Workspace, folder: Path, report: ImportReport) -> None:
    versions, events = _rows(folder, "versions"), _rows(folder, "alias_events")
    for model in _rows(folder, "models"):
        name = model["name"]
        with workspace.database.transaction() as session:
            is_known = model_rows.find_model(session, name) is not None
            row = model_rows.model_named(session, name, model["created_at"], description=model["description"])
            report.count("models", imported=not is_known, present=is_known)
            ids = _import_versions(session, row, [one for one in versions if one["model"] == name], report)
            for alias in sorted({one["alias"] for one in events if one["model"] == name}):
                own = [one for one in events if (one["model"], one["alias"]) == (name, alias)]
                added = restore_history(session, row.id, alias, own, ids)
                if added is None:
                    report.skip(
                        "alias events",
                        f"{name}@{alias}",
                        "the alias has another history here, or a version of it is not",
                    )
                else:
                    report.count("alias events", imported=added, present=len(own) - added)


def _import_versions(
    session: Session, model: model_rows.RegisteredModel, versions: Sequence[Row], report: ImportReport
) -> dict[int, int]:
    """Store the versions of a model that are new, and return the ids of all by their numbers."""
    ids: dict[int, int] = {}
    for row in versions:
        number = row["version"]
        known = model_rows.version_numbered(session, model.id, number)
        if known is None:
            stored = _from_json(row, ("signature", "classes"))
            ids[number] = restore_version(session, model.id, stored, judged=ids.get(row["judged_version"]))
            report.count("versions", imported=1)
        elif (known.digest, known.run_id) == (row["digest"], row["run_id"]):
            ids[number] = known.id
            report.count("versions", present=1)
        else:
            report.skip("versions", f"{model.name} {number}", "the model has another version of this number here")
    return ids


def _from_json(row: Row, names: Sequence[str]) -> dict[str, Any]:
    return {**row, **{name: None if row[name] is None else json.loads(row[name]) for name in names}}


def _us(at: datetime) -> int:
    return int(at.timestamp()) * 1_000_000 + at.microsecond
