"""Model versions: registering what a run trained, and loading it again."""

import json
from datetime import datetime

from driftline.datasets import Window
from driftline.models import Model, from_files, model_digest, to_files
from driftline.registry.aliases import known_model
from driftline.registry.errors import InvalidModelReferenceError, UnknownAliasError, UnknownVersionError
from driftline.registry.reference import parse_reference
from driftline.store import alias_rows, dataset_rows, model_rows, run_rows
from driftline.store.model_rows import ModelVersion
from driftline.tracking import ActiveRun
from driftline.workspace import Workspace, open_workspace

FOLDER = "model"  # of a run's artifacts


def register(
    run: ActiveRun, name: str, model: Model, *, trained_through: datetime, judged_version_id: int | None = None
) -> ModelVersion:
    """Store the files of `model` as artifacts of its run and give it the next version number.

    Args:
        run: the run that trained it.
        name: of the registered model, made where it is new.
        model: what was trained.
        trained_through: nothing later than this was used.
        judged_version_id: the version that was judged in its place, for a refit.

    Raises:
        InvalidModelReferenceError: `name` is not letters, digits and underscores.
    """
    if parse_reference(name).model != name:
        raise InvalidModelReferenceError(name)
    files = to_files(model)
    for path, content in files.items():
        run.log_artifact(f"{FOLDER}/{path}", content)
    at = run.workspace.clock()
    with run.workspace.database.transaction() as session:
        line = model_rows.model_named(session, name, at)
        model_rows.lock_models(session, line.id)
        row = ModelVersion(
            model_id=line.id,
            version=model_rows.next_version(session, line.id),
            run_id=run.run_id,
            digest=model_digest(files),
            flavor=model.flavor,
            signature=json.loads(files["model.json"])["signature"],
            trained_through=trained_through,
            judged_version_id=judged_version_id,
            created_at=at,
        )
        session.add(row)
    return row


def find_version(workspace: Workspace, reference: str) -> ModelVersion:
    """Return the version that `income@champion`, `income/3` or `income` names.

    Raises:
        InvalidModelReferenceError: the text has another form.
        UnknownModelError: no model has this name.
        UnknownVersionError: the model has no such version.
        UnknownAliasError: nobody holds the alias yet.
    """
    wanted = parse_reference(reference)
    with workspace.database.reading() as session:
        line = known_model(session, wanted.model)
        if wanted.version is not None:
            found = model_rows.version_numbered(session, line.id, wanted.version)
            if found is None:
                raise UnknownVersionError(wanted.model, wanted.version)
            return found
        event = alias_rows.alias_event_now(session, line.id, str(wanted.alias), workspace.as_of())
        found = model_rows.version(session, event.version_id) if event else None
        if found is None:
            raise UnknownAliasError(wanted.model, str(wanted.alias))
        return found


def training_window(workspace: Workspace, version: ModelVersion) -> Window | None:
    """Return the time whose rows a version was trained on; None for a table, or a version trained elsewhere."""
    with workspace.database.reading() as session:
        inputs = run_rows.of_runs(session, run_rows.RunInput, [version.run_id])[version.run_id]
        used = dataset_rows.dataset_versions(
            session, [used.dataset_version_id for used in inputs if used.role == "training"]
        )
    windows = [(row.window_start, row.window_end) for row in used.values()]
    return next((Window(start, end) for start, end in windows if start and end), None)


def load_version(workspace: Workspace, version: ModelVersion, *, trusted: tuple[str, ...] = ()) -> Model:
    """Return the model of a version; each file is verified against its digest.

    Args:
        workspace: where it is stored.
        version: which.
        trusted: full names of types that may be loaded beside those that skops trusts.

    Raises:
        UntrustedModelError: it holds other types; nothing of it was loaded.
        ArtifactMissingError: a file is not there.
        ArtifactAlteredError: a file is not what was stored.
    """
    return from_files(model_files(workspace, version), trusted=trusted)


def model_files(workspace: Workspace, version: ModelVersion) -> dict[str, bytes]:
    """Return the content of a version's files by path; each is verified against its digest.

    Raises:
        ArtifactMissingError: a file is not there.
        ArtifactAlteredError: a file is not what was stored.
    """
    with workspace.database.reading() as session:
        artifacts = run_rows.of_runs(session, run_rows.Artifact, [version.run_id])[version.run_id]
    return {
        artifact.path.removeprefix(f"{FOLDER}/"): workspace.artifacts.get(artifact.digest)
        for artifact in artifacts
        if artifact.path.startswith(f"{FOLDER}/")
    }


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
