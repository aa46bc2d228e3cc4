"""A store, or the runs of it that a filter finds, written as Parquet and files that need no driftline to be read."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel

from driftline.artifacts.errors import ArtifactAlteredError, ArtifactMissingError
from driftline.exchange.errors import ExportFolderError
from driftline.exchange.export_tables import FILES, FORMAT, MANIFEST, SCHEMAS
from driftline.exchange.report import SkippedItem
from driftline.experiments import all_runs
from driftline.store import Session, alias_rows, dataset_rows, metric_rows, model_rows, param_rows, run_rows
from driftline.store.dataset_rows import DatasetVersion
from driftline.store.run_rows import Experiment, Run
from driftline.workspace import Workspace

RUNS_AT_ONCE = 50
Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class ExportReport:
    """What an export wrote.

    Attributes:
        folder: where.
        tables: rows of each table.
        files: how many files of runs and datasets.
        size_bytes: theirs together.
        skipped: files that are named and not there, or altered.
    """

    folder: str
    tables: Mapping[str, int]
    files: int
    size_bytes: int
    skipped: Sequence[SkippedItem]


def export(
    workspace: Workspace,
    folder: Path,
    *,
    filter_string: str = "",
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> ExportReport:
    """Write runs, and the models that came from them, with their files into a folder.

    Args:
        workspace: what is exported.
        folder: new or empty.
        filter_string: which runs, in the language of searches; archived ones only where it names `archived`. Empty:
            all runs, archived ones, too.
        progress: called with the number of runs that are done, and of all.

    Raises:
        ExportFolderError: there is something in the folder, or it cannot be made.
        InvalidFilterError: the filter cannot be read.
    """
    _make_empty(folder)
    ids = sorted(run.run_id for run in all_runs(workspace, filter_string))
    with ExitStack() as open_files, workspace.database.reading() as session:
        tables = _Tables(folder, open_files)
        experiments = {row.id: row for row in run_rows.experiments(session)}
        used: set[int] = set(() if filter_string else experiments)
        datasets: set[int] = set()
        for start in range(0, len(ids), RUNS_AT_ONCE):
            runs = run_rows.runs_of(session, ids[start : start + RUNS_AT_ONCE])
            used |= {run.experiment_id for run in runs.values()}
            tables.write("runs", (_run(runs[run_id], experiments) for run_id in sorted(runs)))
            _write_logged(session, tables, sorted(runs))
            datasets |= _write_inputs(session, tables, sorted(runs))
            progress(min(start + RUNS_AT_ONCE, len(ids)), len(ids))
        tables.write("experiments", (_columns(experiments[number]) for number in sorted(used)))
        for number in sorted(datasets):
            tables.write(
                "datasets", [_dataset(row) for row in dataset_rows.dataset_versions(session, [number]).values()]
            )
        _write_models(session, tables, set(ids))
    size, skipped = _write_files(workspace, folder / FILES, sorted(tables.digests))
    report = ExportReport(
        folder=str(folder),
        tables=tables.counts,
        files=len(tables.digests) - len(skipped),
        size_bytes=size,
        skipped=skipped,
    )
    manifest = {"format": FORMAT, "filter": filter_string, "exported_at": workspace.clock(), **asdict(report)}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1, default=str) + "\n")
    return report


def _make_empty(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        is_empty = not any(folder.iterdir())
    except OSError as error:
        raise ExportFolderError(str(folder), error.strerror or str(error)) from None
    if not is_empty:
        raise ExportFolderError(str(folder), "there is something in it")


class _Tables:
    """The Parquet files of an export while they are written."""

    def __init__(self, folder: Path, open_files: ExitStack) -> None:
        self._writers = {
            name: open_files.enter_context(pq.ParquetWriter(folder / f"{name}.parquet", schema, compression="zstd"))
            for name, schema in SCHEMAS.items()
        }
        self.counts = dict.fromkeys(SCHEMAS, 0)
        self.digests: set[str] = set()

    def write(self, name: str, rows: Iterable[Row]) -> None:
        """Append rows to a table; what the table has no column for is left out."""
        self.add(name, pa.Table.from_pylist([dict(row) for row in rows], schema=SCHEMAS[name]))

    def add(self, name: str, table: pa.Table) -> None:
        """Append a table to a table."""
        if table.num_rows:
            self._writers[name].write_table(table)
            self.counts[name] += table.num_rows


def _columns(row: BaseModel) -> dict[str, Any]:
    return {name: getattr(row, name) for name in type(row).model_fields}


def _run(row: Run, experiments: Mapping[int, Experiment]) -> Row:
    return _columns(row) | {
        "experiment": experiments[row.experiment_id].name,
        "status": str(row.status),
        "surroundings": json.dumps(row.surroundings),
    }


def _dataset(row: DatasetVersion) -> Row:
    return _columns(row) | {"columns": json.dumps(row.columns), "statistics": json.dumps(row.statistics)}


def _write_logged(session: Session, tables: _Tables, ids: Sequence[str]) -> None:
    """Write params, tags, metrics with their points, and the list of files of some runs."""
    params, tags = param_rows.params_of(session, ids), param_rows.tags_of(session, ids)
    for run_id in ids:
        earlier = {key: json.dumps(values) for key, values in param_rows.param_changes(session, run_id).items()}
        tables.write(
            "params",
            [
                {"run_id": run_id, "key": one.key, "value": json.dumps(one.value), "earlier": earlier.get(one.key)}
                for one in params[run_id]
            ],
        )
    tables.write("tags", [{"run_id": run_id, **asdict(one)} for run_id, own in tags.items() for one in own])
    metrics = metric_rows.metrics_of(session, ids)
    tables.write("metrics", [{"run_id": run_id, **asdict(one)} for run_id, own in metrics.items() for one in own])
    points = [_points(session, run_id, one.key) for run_id, own in metrics.items() for one in own]
    if points:
        tables.add("points", pa.concat_tables(points))
    artifacts = run_rows.of_runs(session, run_rows.Artifact, ids)
    tables.write("artifacts", [_columns(row) for own in artifacts.values() for row in own])
    tables.digests |= {row.digest for own in artifacts.values() for row in own}


def _points(session: Session, run_id: str, key: str) -> pa.Table:
    history = metric_rows.history(session, run_id, key)
    columns = {
        "run_id": pa.repeat(run_id, len(history.steps)),
        "key": pa.repeat(key, len(history.steps)),
        "step": pa.array(history.steps, pa.int64()),
        "at_us": pa.array(history.at_us, pa.int64()),
        "value": pa.array(history.values, pa.float64()),
    }
    return pa.table(columns, schema=SCHEMAS["points"])


def _write_inputs(session: Session, tables: _Tables, ids: Sequence[str]) -> set[int]:
    """Write which data some runs used, and return the ids of their versions."""
    inputs = [row for own in run_rows.of_runs(session, run_rows.RunInput, ids).values() for row in own]
    versions = dataset_rows.dataset_versions(session, sorted({row.dataset_version_id for row in inputs}))
    tables.digests |= {row.artifact_digest for row in versions.values() if row.artifact_digest}
    tables.write(
        "inputs",
        [
            {
                "run_id": row.run_id,
                "role": row.role,
                "dataset": versions[row.dataset_version_id].dataset,
                "digest": versions[row.dataset_version_id].digest,
            }
            for row in inputs
        ],
    )
    return set(versions)


def _write_models(session: Session, tables: _Tables, run_ids: set[str]) -> None:
    """Write the models with a version of one of these runs, such versions, and the events of aliases that name them."""
    for model in model_rows.models(session):
        rows = [row for row in model_rows.versions(session, model.id) if row.run_id in run_ids]
        if not rows:
            continue
        tables.write("models", [_columns(model)])
        numbers = {row.id: row.version for row in rows}
        tables.write(
            "versions",
            [
                _columns(row)
                | {
                    "model": model.name,
                    "signature": json.dumps(row.signature),
                    "classes": None if row.classes is None else json.dumps(row.classes),
                    "judged_version": numbers.get(row.judged_version_id or 0),
                }
                for row in reversed(rows)
            ],
        )
        events = alias_rows.events(session, alias_rows.names(session, [model.id]), [model.id])
        tables.write(
            "alias_events",
            [
                _columns(event)
                | {
                    "model": model.name,
                    "move": str(event.move),
                    "version": None if version is None else version.version,
                    "previous_version": numbers.get(event.previous_version_id or 0),
                }
                for event, version in events
                if version is None or version.id in numbers
            ],
        )


def _write_files(workspace: Workspace, folder: Path, digests: Sequence[str]) -> tuple[int, list[SkippedItem]]:
    """Copy files under their digests; return their bytes, and those that cannot be had."""
    size, skipped = 0, []
    for digest in digests:
        path = folder / digest[:2] / digest[2:]
        try:
            content = workspace.artifacts.get(digest)
        except (ArtifactMissingError, ArtifactAlteredError) as error:
            skipped.append(SkippedItem(table="files", item=digest, reason=str(error)))
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        size += len(content)
    return size, skipped
