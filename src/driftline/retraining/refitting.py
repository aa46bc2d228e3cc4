"""The refit of a winner: the recipe that was judged, on all rows it was judged with, before it serves."""

import pandas as pd

from driftline.declaration import ModelPipeline
from driftline.dossier import store_profile, store_reference_rows
from driftline.registry import Decision, ModelVersion, load_version, register
from driftline.retraining.candidates import rows_from
from driftline.retraining.fitting import fit_model
from driftline.retraining.training import load_rows
from driftline.store import dataset_rows, run_rows
from driftline.tracking import start_run
from driftline.workspace import Workspace


def refit(workspace: Workspace, pipeline: ModelPipeline, decision: Decision, judged: ModelVersion) -> ModelVersion:
    """Fit the recipe of a judged version on its training rows and its holdout, and register the result.

    The new version names the judged one; its own score is unmeasured, since it has seen the holdout.
    """
    with workspace.database.reading() as session:
        inputs = run_rows.of_runs(session, run_rows.RunInput, [judged.run_id])[judged.run_id]
        used = dataset_rows.dataset_versions(session, [item.dataset_version_id for item in inputs])
    tags = {"pipeline": pipeline.name, "trigger": decision.trigger, "refit_of": f"{pipeline.name}/{judged.version}"}
    experiment, dagster_run_id = pipeline.name, decision.dagster_run_id
    with start_run(experiment, workspace=workspace, tags=tags, dagster_run_id=dagster_run_id, nested=True) as run:
        for version_id in used:
            run.log_dataset_version(version_id, role="training")
        run.log_params({"trainer": pipeline.trainer.name, **pipeline.trainer.params()})
        parts = [load_rows(workspace, version) for version in used.values()]
        rows = rows_from(pipeline, pd.concat(parts, ignore_index=True), judged.trained_from)
        store_profile(run, pipeline, rows)
        store_reference_rows(run, pipeline, rows)
        like = load_version(workspace, judged, trusted=pipeline.trusted)
        model = fit_model(pipeline, rows, like=like)
        return register(
            run,
            pipeline.name,
            model,
            trained_through=judged.trained_through,
            trained_from=judged.trained_from,
            judged_version_id=judged.id,
        )
