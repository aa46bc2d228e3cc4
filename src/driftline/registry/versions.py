"""Model versions: registering what a run trained, and loading it again."""

import hashlib
import json
from collections.abc import Collection, Mapping
from datetime import datetime

from driftline.datasets import Label, Window
from driftline.models import Flavor, Model, from_files, model_digest, to_files
from driftline.registry.aliases import known_model, load_timeline
from driftline.registry.errors import (
    ForeignModelError,
    InvalidModelReferenceError,
    altered_version,
    nobody_is,
    unknown_version,
)
from driftline.registry.model_version import ModelVersion, version_of_row
from driftline.registry.reference import parse_reference
from driftline.store import Session, dataset_rows, model_rows, run_rows
from driftline.store.lookup import by_key
from driftline.store.model_rows import MODEL_FOLDER, ModelVersionRow
from driftline.tracking import ActiveRun
from driftline.tracking.errors import FrozenArtifactError
from driftline.workspace import Workspace, open_workspace


def register(
    run: ActiveRun,
    name: str,
    model: Model,
    *,
    trained_through: datetime,
    trained_from: datetime | None = None,
    judged_version_id: int | None = None,
) -> ModelVersion:
    """Store the files of `model` as artifacts of its run and give it the next version number.

    Args:
        run: the run that trained it.
        name: of the registered model, made where it is new.
        model: what was trained.
        trained_through: nothing later than this was used.
        trained_from: no row before this was used; None: all rows of the training dataset.
        judged_version_id: the version that was judged in its place, for a refit.

    Raises:
        InvalidModelReferenceError: `name` is not letters, digits and underscores.
        FrozenArtifactError: the run has registered another model before.
    """
    if parse_reference(name).model != name:
        raise InvalidModelReferenceError(name)
    files = to_files(model)
    if not _has_registered(run, files):
        for path, content in files.items():
            run.log_bytes(content, f"{MODEL_FOLDER}/{path}")
    run.flush()
    run.freeze_model()
    return add_version(
        run.workspace,
        run.run_id,
        name,
        model,
        files,
        trained_through=trained_through,
        trained_from=trained_from,
        judged_version_id=judged_version_id,
    )


def add_version(
    workspace: Workspace,
    run_id: str,
    name: str,
    model: Model,
    files: Mapping[str, bytes],
    *,
    trained_through: datetime,
    trained_from: datetime | None = None,
    judged_version_id: int | None = None,
) -> ModelVersion:
    """Give the model whose files a run has the next version number of a name, as `register` does.

    The files are those that are stored: a model that is written again may give others.
    """
    at = workspace.clock()
    with workspace.database.transaction() as session:
        row = model_rows.add_version(
            session,
            model_rows.model_named(session, name, at).id,
            run_id=run_id,
            digest=model_digest(files),
            flavor=model.flavor,
            signature=json.loads(files["model.json"])["signature"],
            task=model.task.value,
            classes=list(model.classes),
            trained_through=trained_through,
            trained_from=trained_from,
            judged_version_id=judged_version_id,
            created_at=at,
        )
        return version_of_row(row)


def _has_registered(run: ActiveRun, files: Mapping[str, bytes]) -> bool:
    """Return whether a run has registered a model; another one than this is refused, since files never change."""
    with run.workspace.database.reading() as session:
        if not model_rows.is_registered(session, run.run_id):
            return False
        for path, content in files.items():
            stored = run_rows.artifact(session, run.run_id, f"{MODEL_FOLDER}/{path}")
            if stored is None or stored.digest != hashlib.sha256(content).hexdigest():
                raise FrozenArtifactError(f"{MODEL_FOLDER}/{path}")
    return True


def find_version(workspace: Workspace, reference: str) -> ModelVersion:
    """Return the version that `income@champion`, `income/3` or `income` names.

    Raises:
        InvalidModelReferenceError: the text has another form.
        UnknownModelError: no model has this name.
        UnknownVersionError: the model has no such version.
        UnknownAliasError: nobody holds the alias now, or there is no such alias.
    """
    wanted = parse_reference(reference)
    with workspace.database.reading() as session:
        if wanted.version is not None:
            return numbered_version(session, wanted.model, wanted.version)
        alias, model_id = str(wanted.alias), known_model(session, wanted.model).id
        holder = load_timeline(session, model_id, alias=alias).holder(workspace.as_of())
    if holder is None:
        raise nobody_is(wanted.model, alias)
    return holder


def numbered_version(session: Session, model: str, number: int) -> ModelVersion:
    """Return version `number` of a model, inside the caller's session.

    Raises:
        UnknownModelError: no model has this name.
        UnknownVersionError: the model has no such version.
    """
    row = model_rows.version_numbered(session, known_model(session, model).id, number)
    if row is None:
        raise unknown_version(model, number)
    return version_of_row(row)


def version_by_id(workspace: Workspace, version_id: int) -> ModelVersion:
    """Return the version of a row id that the store has given."""
    with workspace.database.reading() as session:
        return versions_by_id(session, [version_id])[version_id]


def versions_by_id(session: Session, version_ids: Collection[int]) -> dict[int, ModelVersion]:
    """Return the versions of row ids, inside the caller's session."""
    return {id_: version_of_row(row) for id_, row in by_key(session, ModelVersionRow, version_ids).items()}


def known_classes(workspace: Workspace, version: ModelVersion) -> tuple[Label, ...]:
    """Return the classes that a version distinguishes, in their order; empty for numbers.

    Of a version that driftline 0.1 registered they stand with its files.
    """
    if version.classes is not None:
        return version.classes
    return tuple(json.loads(model_files(workspace, version)["model.json"])["classes"])


def training_window(workspace: Workspace, version: ModelVersion) -> Window | None:
    """Return the time whose rows a version was trained on; None for a table, or a version trained elsewhere."""
    with workspace.database.reading() as session:
        inputs = run_rows.of_runs(session, run_rows.RunInput, [version.run_id])[version.run_id]
        used = dataset_rows.dataset_versions(
            session, [used.dataset_version_id for used in inputs if used.role == "training"]
        )
    windows = [(row.window_start, row.window_end) for row in used.values()]
    first = version.trained_from
    return next((Window(max(start, first or start), end) for start, end in windows if start and end), None)


def load_version(workspace: Workspace, version: ModelVersion, *, trusted: tuple[str, ...] = ()) -> Model:
    """Return the model of a version; its files are verified.

    Args:
        workspace: where it is stored.
        version: which.
        trusted: full names of types that may be loaded beside those that skops trusts.

    Raises:
        ForeignModelError: it was imported, in a format that is not driftline's own.
        UntrustedModelError: it holds other types; nothing of it was loaded.
        ArtifactMissingError: a file is not there.
        ArtifactAlteredError: a file is not what was stored, or the files are not those that were registered.
    """
    if version.flavor not in set(Flavor):
        raise ForeignModelError(version.version, version.run_id, version.flavor)
    return from_files(model_files(workspace, version), trusted=trusted)


def model_files(workspace: Workspace, version: ModelVersion) -> dict[str, bytes]:
    """Return the content of a version's files by path, each verified against its digest, and all against the version's.

    Raises:
        ArtifactMissingError: a file is not there.
        ArtifactAlteredError: a file is not what was stored, or the files are not those that were registered.
    """
    with workspace.database.reading() as session:
        artifacts = run_rows.of_runs(session, run_rows.Artifact, [version.run_id])[version.run_id]
    files = {
        artifact.path.removeprefix(f"{MODEL_FOLDER}/"): workspace.artifacts.get(artifact.digest)
        for artifact in artifacts
        if artifact.path.startswith(f"{MODEL_FOLDER}/")
    }
    actual = model_digest(files)
    if actual != version.digest:
        raise altered_version(version.version, version.run_id, version.digest, actual)
    return files


def load_model(reference: str, *, workspace: Workspace | None = None, trusted: tuple[str, ...] = ()) -> Model:
    """Return the model that `reference` names, ready to predict: `load_model("income@champion").predict(frame)`.

    Args:
        reference: `income@champion`, `income/3`, or `income` for its champion.
        workspace: where it is stored; by default where the environment says (`DRIFTLINE_HOME` and its like).
        trusted: full names of types that may be loaded beside those that skops trusts.

    Raises:
        NotFoundError: there is no such model, version or alias.
        ArtifactAlteredError: a file of the model is not what was stored.
    """
    opened = workspace or open_workspace()
    return load_version(opened, find_version(opened, reference), trusted=trusted)
