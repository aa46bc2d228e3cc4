"""Runs, their experiments and writers, their ends, artifacts and inputs."""

import json
import logging
from collections.abc import Mapping
from typing import Any

from driftline.ingest.batch import Batch
from driftline.ingest.database import Transaction
from driftline.ingest.points import supersede
from driftline.ingest.writer import Writer
from driftline.journal import Event, Kind, Point
from driftline.storable_text import storable, storable_prose

MODEL_FOLDER = "model"  # of the files of a version, which never change once it is registered

_FACTS = ("name", "note", "hypothesis", "conclusion", "surroundings", "git_branch", "archived_us")
_EXPERIMENT = ("objective", "metric", "direction", "target", "description")
_STARTED = (
    "name", "user_name", "user_email", "source_url", "git_commit", "git_branch", "git_dirty", "command",
    "dagster_run_id", "hypothesis", "parent_run_id", "attempt",
)  # fmt: skip
_OF_RUN = "SELECT id, attempt FROM run WHERE run_id = ?"
_log = logging.getLogger(__name__)


def opened_writer(transaction: Transaction, batch: Batch, *, now_us: int) -> Writer:
    """Return the writer of a batch; its run and experiment are made where they are new, and nobody else writes them."""
    of_run = _OF_RUN if transaction.is_sqlite else f"{_OF_RUN} FOR UPDATE"
    begins = bool(batch.events) and batch.events[0].sequence == 0
    made = _new_run(transaction, batch, now_us) if begins and not batch.about.get("resumes") else None
    found = made or transaction.one(of_run, (batch.run_id,))
    if found is None:
        made = _new_run(transaction, batch, now_us)
        found = made or transaction.one(of_run, (batch.run_id,))
    run, attempt = found
    if made is not None:
        return Writer(run, batch.run_id, 0, -1, attempt, is_new=True, is_first=True)
    known = transaction.one(
        "SELECT number, watermark, attempt FROM run_writer WHERE run = ? AND writer = ?", (run, batch.writer)
    )
    if known is not None:
        return Writer(run, batch.run_id, known[0], known[1], known[2], is_new=False, is_first=False)
    [number] = transaction.one("SELECT COALESCE(MAX(number), -1) + 1 FROM run_writer WHERE run = ?", (run,))
    if batch.about.get("resumes"):
        attempt += 1
        _resume(transaction, run, attempt, batch.about.get("from_step"))
    return Writer(run, batch.run_id, number, -1, attempt, is_new=True, is_first=False)


def _resume(transaction: Transaction, run: int, attempt: int, from_step: int | None) -> None:
    transaction.execute(
        "UPDATE run SET attempt = ?, status = 'running', ended_at = NULL, error = NULL WHERE id = ?", (attempt, run)
    )
    if from_step is not None:
        supersede(transaction, run, from_step)


def _new_run(transaction: Transaction, batch: Batch, now_us: int) -> Any:
    """Make a run, ended where its end is in the batch, too; return its id and attempt, None where it is there."""
    about = batch.about
    started_us = int(about.get("started_us") or now_us)
    experiment = str(about.get("experiment") or "recovered")
    created = (experiment, transaction.time(started_us))
    insert = "INSERT INTO experiment (name, description, created_at) VALUES (?, '', ?)"
    values = {name: about[name] for name in _STARTED if about.get(name) is not None}
    values = {name: storable(value) if isinstance(value, str) else value for name, value in values.items()}
    values = {
        "run_id": batch.run_id,
        "experiment_id": transaction.id_of("experiment", experiment, insert, created),
        "started_at": created[1],
        "name": batch.run_id[:8],
        "user_name": "unknown",
        **values,
        "status": "running",
        **_end(transaction, batch.events[-1] if batch.events else None),
    }
    return transaction.one(
        f"INSERT INTO run ({', '.join(values)}) VALUES ({', '.join('?' for _ in values)}) "  # noqa: S608  (names of ours)
        "ON CONFLICT (run_id) DO NOTHING RETURNING id, attempt",
        tuple(values.values()),
    )


def store_writer(
    transaction: Transaction, writer: Writer, batch: Batch, watermark: int, *, now_us: int, has_closed: bool
) -> None:
    """Store how far a writer has come, and that it lives; a run that was taken for lost goes on."""
    process = "" if has_closed else str(batch.about.get("process") or "")
    heard = transaction.time(now_us if batch.heard_us is None else min(int(batch.heard_us), now_us))
    if writer.is_new:
        transaction.execute(
            "INSERT INTO run_writer (watermark, process, heard_at, run, writer, number, attempt, from_step) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                watermark, process, heard, writer.run, batch.writer, writer.number, writer.attempt,
                batch.about.get("from_step"),
            ),
        )  # fmt: skip
        return
    transaction.execute(
        "UPDATE run_writer SET watermark = ?, process = ?, heard_at = ? WHERE run = ? AND writer = ?",
        (watermark, process, heard, writer.run, batch.writer),
    )
    if batch.heard_us is None and not has_closed:
        transaction.execute(
            "UPDATE run SET status = 'running', ended_at = NULL, error = NULL WHERE id = ? AND status = 'lost'",
            (writer.run,),
        )


def end_run(transaction: Transaction, writer: Writer, event: Event) -> None:
    """Store how a run ended, and when; one that was taken for lost, and was not, ends as what it came to."""
    values = _end(transaction, event)
    columns = ", ".join(f"{name} = ?" for name in values)
    transaction.execute(f"UPDATE run SET {columns} WHERE id = ?", (*values.values(), writer.run))  # noqa: S608


def _end(transaction: Transaction, event: Event | Point | None) -> dict[str, Any]:
    """Return what the last event of a run says of its row; nothing where it is another event."""
    if not isinstance(event, Event) or event.kind != Kind.ENDED:
        return {}
    error = event.body.get("error")
    return {
        "status": str(event.body["status"]),
        "error": None if error is None else storable_prose(str(error)),
        "ended_at": transaction.time(int(event.body["at_us"])),
    }


def set_facts(transaction: Transaction, writer: Writer, body: Mapping[str, Any]) -> None:
    """Store facts of a run that became known later."""
    values: dict[str, Any] = {}
    for name in _FACTS:
        if name not in body:
            continue
        value = body[name]
        match name:
            case "surroundings":
                values[name] = json.dumps(value)
            case "archived_us":
                values["archived_at"] = None if value is None else transaction.time(int(value))
            case _:
                values[name] = None if value is None else storable_prose(str(value))
    _update(transaction, "run", values, writer.run)


def set_experiment(transaction: Transaction, writer: Writer, body: Mapping[str, Any]) -> None:
    """Store what the experiment of a run is for."""
    values = {
        name: storable(body[name]) if isinstance(body[name], str) else body[name]
        for name in _EXPERIMENT
        if name in body
    }
    [experiment] = transaction.one("SELECT experiment_id FROM run WHERE id = ?", (writer.run,))
    _update(transaction, "experiment", values, experiment)


def _update(transaction: Transaction, table: str, values: Mapping[str, Any], id_: int) -> None:
    if values:
        columns = ", ".join(f"{name} = ?" for name in values)
        transaction.execute(f"UPDATE {table} SET {columns} WHERE id = ?", (*values.values(), id_))  # noqa: S608


def add_artifact(transaction: Transaction, writer: Writer, body: Mapping[str, Any]) -> None:
    """Store which file a run has under a path; the same path again names the newer file, but no file of a version."""
    path = storable(str(body["path"]))
    if path.partition("/")[0] == MODEL_FOLDER and transaction.one(
        "SELECT id FROM model_version WHERE run_id = ?", (writer.run_id,)
    ):
        known = transaction.one("SELECT digest FROM artifact WHERE run_id = ? AND path = ?", (writer.run_id, path))
        if known is None or known[0] != body["digest"]:
            _log.warning("The file %r of run %s is of a registered model and stays as it is.", path, writer.run_id)
        return
    transaction.execute(
        "INSERT INTO artifact (run_id, path, digest, size_bytes, created_at) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (run_id, path) DO UPDATE SET digest = excluded.digest, size_bytes = excluded.size_bytes, "
        "created_at = excluded.created_at",
        (writer.run_id, path, str(body["digest"]), int(body["size_bytes"]), transaction.time(int(body["at_us"]))),
    )


def add_input(transaction: Transaction, writer: Writer, body: Mapping[str, Any], *, now_us: int) -> None:
    """Store which data a run used, and what for; the same again changes nothing."""
    version = body.get("dataset_version_id")
    if version is None:
        values = (
            storable(str(body["dataset"])), str(body["digest"]),
            json.dumps(body["columns"]), json.dumps(body["statistics"]),
            int(body["row_count"]), storable_prose(str(body.get("source") or "")) or None, transaction.time(now_us),
        )  # fmt: skip
        transaction.execute(
            "INSERT INTO dataset_version (dataset, digest, columns, statistics, row_count, source, created_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (dataset, digest) DO NOTHING",
            values,
        )
        [version] = transaction.one("SELECT id FROM dataset_version WHERE dataset = ? AND digest = ?", values[:2])
    transaction.execute(
        "INSERT INTO run_input (run_id, dataset_version_id, role) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        (writer.run_id, int(version), storable(str(body["role"]))),
    )
