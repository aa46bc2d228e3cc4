"""Registered models of another registry: versions keep their numbers, and who holds an alias is told as history."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from driftline.exchange.report import ImportReport
from driftline.exchange.source import Source, SourceModel, SourceVersion
from driftline.exchange.version_files import LOGGED, StoredFile, files_of_run, flavor_of, version_files
from driftline.ingest import Batch, apply
from driftline.journal import Event, Kind
from driftline.registry import CHAMPION, ModelVersion, import_alias, import_version, version_of_row
from driftline.store import model_rows, run_rows
from driftline.store.model_rows import MODEL_FOLDER, RegisteredModel
from driftline.workspace import Workspace

_ALIAS = re.compile(r"[A-Za-z0-9_-]{1,255}")
_ALIAS_OF_STAGE = {"production": CHAMPION, "staging": "staging"}
_EXPERIMENT = "imported models"  # of versions whose run is not in the store


def import_models(workspace: Workspace, source: Source, report: ImportReport, folders: Sequence[str]) -> None:
    """Store the registered models of a source, their versions and aliases."""
    taken: dict[str, str] = {}
    for model in source.models():
        name = re.sub(r"[^A-Za-z0-9_]", "_", model.name)
        if name in taken:
            report.skip("models", model.name, f"its name here, {name}, is that of {taken[name]!r} already")
            continue
        taken[name] = model.name
        if name != model.name:
            report.renamed[model.name] = name
        with workspace.database.transaction() as session:
            is_known = model_rows.find_model(session, name) is not None
            row = model_rows.model_named(session, name, _time(model.created_ms), description=model.description)
        report.count("models", imported=not is_known, present=is_known)
        stored: dict[int, ModelVersion] = {}
        for version in model.versions:
            own = _import_version(workspace, source, version, row, report=report, folders=folders)
            if own is not None:
                stored[version.number] = own
        _import_aliases(workspace, model, stored, report)


def _import_version(
    workspace: Workspace,
    source: Source,
    version: SourceVersion,
    model: RegisteredModel,
    *,
    report: ImportReport,
    folders: Sequence[str],
) -> ModelVersion | None:
    """Return the version that is stored for one of a source; None where its number is another one's."""
    item = f"{model.name} {version.number}"
    with workspace.database.reading() as session:
        row = model_rows.version_numbered(session, model.id, version.number)
    if row is not None:
        if row.run_id not in {version.run_id, _own_run(model.name, version.number)}:
            report.skip("versions", item, "the model has another version of this number here")
            return None
        report.count("versions", present=1)
        return version_of_row(row)
    place = version.location or ""
    logged = source.model_location(place.removeprefix(LOGGED)) if place.startswith(LOGGED) else None
    files = version_files(workspace, place, logged, folders)
    if not files:
        report.skip("version files", item, f"{place!r} is not on this machine")
    run_id = _run_with_files(workspace, version, model.name, files)
    with workspace.database.transaction() as session:
        imported = import_version(
            session,
            model.id,
            version.number,
            run_id=run_id,
            digests=_digests(files),
            flavor=flavor_of(workspace, files),
            created_at=_time(version.created_ms),
        )
    report.count("versions", imported=1)
    return imported


def _run_with_files(workspace: Workspace, version: SourceVersion, name: str, files: Mapping[str, StoredFile]) -> str:
    """Return the run that has the files of a version below `model/`: the one that trained it, or one of its own.

    The files of a version are all that its run has there, so a run with other files there cannot be it.
    """
    with workspace.database.reading() as session:
        trained_by = run_rows.run(session, version.run_id) if version.run_id else None
        experiment = _EXPERIMENT
        if trained_by is not None:
            names = {row.id: row.name for row in run_rows.experiments(session)}
            experiment = names[trained_by.experiment_id]
    there = files_of_run(workspace, trained_by.run_id, MODEL_FOLDER) if trained_by else {}
    shares = trained_by is not None and (not there or _digests(there) == _digests(files))
    run_id = trained_by.run_id if trained_by and shares else _own_run(name, version.number)
    about: dict[str, Any] = {
        "process": "",
        "experiment": experiment,
        "name": f"{name} {version.number}",
        "started_us": version.created_ms * 1000,
        "user_name": "import",
        "parent_run_id": trained_by.run_id if trained_by else None,
    }
    bodies: list[tuple[Kind, Mapping[str, Any]]] = [(Kind.TAGS, _tags(version, name))]
    bodies += [
        (
            Kind.ARTIFACT,
            {
                "path": f"{MODEL_FOLDER}/{path}",
                "digest": file.digest,
                "size_bytes": file.size_bytes,
                "at_us": file.at_us,
            },
        )
        for path, file in files.items()
        if not (shares and path in there)
    ]
    if shares:
        bodies.append((Kind.CLOSED, {}))
    else:
        bodies.append((Kind.ENDED, {"status": "finished", "error": None, "at_us": version.created_ms * 1000}))
    events = [Event(number, kind, body) for number, (kind, body) in enumerate(bodies)]
    writer = int(_own_run(name, version.number)[:13], 16)
    apply(workspace.database.runs, Batch(run_id=run_id, writer=writer, about=about, events=events))
    return run_id


def _own_run(name: str, number: int) -> str:
    """Return the id of the run that is made for a version whose files its own run cannot have."""
    return hashlib.sha256(f"version {number} of {name}".encode()).hexdigest()[:32]


def _digests(files: Mapping[str, StoredFile]) -> Mapping[str, str]:
    return {path: file.digest for path, file in files.items()}


def _tags(version: SourceVersion, name: str) -> dict[str, str]:
    """Return what the other registry says of a version, as tags of its run."""
    tags = dict(version.tags)
    if version.stage not in {"None", ""}:
        tags["stage"] = version.stage
    if version.description:
        tags["description"] = version.description
    return {f"{name}/{version.number}/{key}": value for key, value in tags.items()}


def _import_aliases(
    workspace: Workspace, model: SourceModel, stored: Mapping[int, ModelVersion], report: ImportReport
) -> None:
    at = workspace.clock()
    for alias, (number, since_ms, origin) in _holders(model).items():
        item = f"{model.name}@{alias}"
        version = stored.get(number)
        if version is None:
            report.skip("aliases", item, f"version {number} was not imported")
        elif not _ALIAS.fullmatch(alias):
            report.skip("aliases", item, "an alias here has letters, digits, underscores and hyphens")
        else:
            reason = f"{origin} in MLflow, which does not keep since when"
            with workspace.database.transaction() as session:
                since = min(_time(since_ms), at)
                is_new = import_alias(session, version, alias, since=since, recorded_at=at, reason=reason)
            if is_new is None:
                report.skip("aliases", item, "it was moved here by somebody else than an import")
            else:
                report.count("aliases", imported=is_new, present=not is_new)


def _holders(model: SourceModel) -> dict[str, tuple[int, int, str]]:
    """Return the version that holds each alias, with a time since when at the latest; an alias outranks a stage."""
    holders = {}
    for version in sorted(model.versions, key=lambda one: one.number):
        alias = _ALIAS_OF_STAGE.get(version.stage.lower())
        if alias is not None:
            holders[alias] = (version.number, version.updated_ms, f"the stage {version.stage}")
    return holders | {
        alias: (number, model.updated_ms, f"the alias {alias}") for alias, number in model.aliases.items()
    }


def _time(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)
