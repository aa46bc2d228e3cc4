"""Models that a script has trained without a pipeline: kept with its run, and registered on demand."""

from typing import Any

import pandas as pd

from driftline.models import any_fitted, from_files, question_of, to_files
from driftline.registry.errors import InvalidModelReferenceError, UnregistrableModelError, no_model_logged
from driftline.registry.model_version import ModelVersion
from driftline.registry.reference import parse_reference
from driftline.registry.versions import add_version, register
from driftline.store import run_rows
from driftline.store.model_rows import MODEL_FOLDER
from driftline.tracking import ActiveRun, current_run, deliver_left, destination_of
from driftline.tracking.errors import unclear_run
from driftline.workspace import Workspace, open_workspace


def log_model(
    fitted: Any,
    features: Any,
    *,
    registered_model_name: str | None = None,
    trusted: tuple[str, ...] = (),
    run: ActiveRun | None = None,
) -> ModelVersion | None:
    """Keep a fitted model with a run, with its signature and without pickle; register it where a name is given.

    Args:
        fitted: an estimator of scikit-learn, or LightGBM's or XGBoost's in its image.
        features: rows that it was fitted on, a DataFrame or an array: they say which columns it reads.
        registered_model_name: the model that it becomes the next version of, made where it is new.
        trusted: types of an estimator that are not among the usual ones, as `Sklearn` has them.
        run: that it belongs to; by default the one that is going on.

    Raises:
        NoActiveRunError: no run is going on.
        UnregistrableModelError: it predicts nothing, or no probabilities of its classes.
        UntrustedModelError: it could not be loaded again.
        FrozenArtifactError: the run has registered another model before.
    """
    run = run or current_run()
    question = question_of(fitted)
    table = features if isinstance(features, pd.DataFrame) else pd.DataFrame(features).rename(columns=str)
    model = None if question is None else any_fitted(fitted, table, question, trusted=trusted)
    if model is None:
        raise UnregistrableModelError(type(fitted).__name__)
    if registered_model_name is not None:
        return register(run, registered_model_name, model, trained_through=run.started_at)
    for path, content in to_files(model).items():
        run.log_bytes(content, f"{MODEL_FOLDER}/{path}")
    return None


def register_model(model_uri: str, name: str, *, workspace: Workspace | None = None) -> ModelVersion:
    """Register the model that a run has logged as the next version of a name, made where it is new.

    Args:
        model_uri: the run, by its id or the start of it, or as MLflow writes it: `runs:/RUN/model`.
        name: of the registered model.
        workspace: where it is stored; by default where the settings say.

    Raises:
        UnknownRunError: no run starts so, or more than one.
        NoModelLoggedError: the run has no model.
        InvalidModelReferenceError: `name` is not letters, digits and underscores.
        UntrustedModelError: its types are not among the usual ones.
    """
    if parse_reference(name).model != name:
        raise InvalidModelReferenceError(name)
    workspace = workspace or open_workspace()
    deliver_left(destination_of(workspace))
    wanted = model_uri.removeprefix("runs:/").partition("/")[0]
    with workspace.database.reading() as session:
        matches = run_rows.starting_with(session, wanted)
        if len(matches) != 1:
            raise unclear_run(wanted, [run.run_id for run in matches])
        [run] = matches
        stored = run_rows.of_runs(session, run_rows.Artifact, [run.run_id])[run.run_id]
    folder = f"{MODEL_FOLDER}/"
    files = {
        one.path.removeprefix(folder): workspace.artifacts.get(one.digest)
        for one in stored
        if one.path.startswith(folder)
    }
    if not files:
        raise no_model_logged(run.run_id)
    return add_version(workspace, run.run_id, name, from_files(files), files, trained_through=run.started_at)
