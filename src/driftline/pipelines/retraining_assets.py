"""The assets that a retraining materializes: the dataset, the challenger, and the decision on it."""

from collections.abc import Mapping
from typing import Any

import dagster as dg

from driftline.declaration import DECISION_TAG, TRIGGER_TAG, Kind, ModelPipeline
from driftline.models import Blend, Flavor, LightGBM, Sklearn, XGBoost
from driftline.pipelines.failure import visible_failure
from driftline.pipelines.keys import asset_key, described
from driftline.pipelines.links import of_decision, of_version, training_runs
from driftline.pipelines.pictures import model_pictures
from driftline.pipelines.quality_checks import check_results, check_specs
from driftline.pipelines.tables import column_schema, metric_table, metric_values
from driftline.pipelines.workspace import WorkspaceResource
from driftline.retraining import AdjudicationResult, DatasetReadResult, TrainingResult, adjudicate, read_dataset, train
from driftline.retraining.errors import no_first_champion
from driftline.store.decision_rows import Trigger
from driftline.tuning import Search

ACTOR = "dagster"
# Of driftline's own trainers: a badge in the UI.
_FLAVORS = {
    Blend: Flavor.BLEND,
    LightGBM: Flavor.LIGHTGBM,
    Sklearn: Flavor.SKLEARN,
    XGBoost: Flavor.XGBOOST,
}


def dataset_asset(pipeline: ModelPipeline) -> dg.AssetsDefinition:
    """Return the asset of the rows a training would use; a failed check of the severity error stops the training."""

    @dg.asset(
        key=asset_key(pipeline, Kind.DATASET),
        kinds={"pandas", "parquet"},
        check_specs=list(check_specs(pipeline)),
        **described(pipeline, "The training rows and the holdout, as immutable versions known by their content."),
    )
    def dataset(context: dg.AssetExecutionContext, workspace: WorkspaceResource) -> dg.MaterializeResult:
        with visible_failure():
            read = read_dataset(workspace.opened, pipeline, dagster_run_id=context.run.run_id)
        for sentence in (*read.left_out, *read.checks.warnings):
            context.log.warning(sentence)
        for sentence in read.problems:
            context.log.error(f"{pipeline.name}/dataset cannot be trained on: {sentence}")
        return dg.MaterializeResult(
            data_version=dg.DataVersion(_dataset_digest(read)),
            metadata=_dataset_metadata(read),
            check_results=list(check_results(read)),
        )

    return dataset


def model_asset(pipeline: ModelPipeline) -> dg.AssetsDefinition:
    """Return the asset of the newest challenger: trained, scored on the holdout, registered."""
    parts = pipeline.trainer.trainers if isinstance(pipeline.trainer, Search) else (pipeline.trainer,)
    badges = [str(flavor) for trainer, flavor in _FLAVORS.items() if any(isinstance(part, trainer) for part in parts)]

    @dg.asset(
        key=asset_key(pipeline, Kind.MODEL),
        deps=[asset_key(pipeline, Kind.DATASET)],
        kinds=set(badges),
        pool=f"retrain_{pipeline.name}",
        **described(pipeline, "The newest challenger: trained on the dataset, scored on the holdout, registered."),
    )
    def model(context: dg.AssetExecutionContext, workspace: WorkspaceResource) -> dg.MaterializeResult:
        tags = context.run.tags
        with visible_failure():
            trained = train(
                workspace.opened,
                pipeline,
                decision_id=int(tags[DECISION_TAG]) if DECISION_TAG in tags else None,
                trigger=Trigger(tags.get(TRIGGER_TAG, Trigger.MANUAL)),
                actor=tags.get("user", ACTOR),
                dagster_run_id=context.run.run_id,
            )
        metadata = _model_metadata(trained) | of_decision(workspace.opened, pipeline, trained.decision_id)
        return dg.MaterializeResult(data_version=dg.DataVersion(trained.version.digest), metadata=metadata)

    return model


def champion_asset(pipeline: ModelPipeline) -> dg.AssetsDefinition:
    """Return the asset of the decision: which version serves, and why."""

    @dg.asset(
        key=asset_key(pipeline, Kind.CHAMPION),
        deps=[asset_key(pipeline, Kind.MODEL)],
        kinds={"sql"},
        pool=f"retrain_{pipeline.name}",
        **described(pipeline, "The version in use: champion and challenger judged on the same holdout."),
    )
    def champion(context: dg.AssetExecutionContext, workspace: WorkspaceResource) -> dg.MaterializeResult:
        with visible_failure():
            tags = context.run.tags
            decision_id = int(tags[DECISION_TAG]) if DECISION_TAG in tags else None
            judged = adjudicate(workspace.opened, pipeline, decision_id=decision_id, actor=tags.get("user", "policy"))
            if judged.champion is None:
                raise no_first_champion(pipeline.name, judged.reason)
        serving = judged.champion.digest
        metadata = _champion_metadata(judged, training_runs(workspace.opened, pipeline))
        metadata |= of_decision(workspace.opened, pipeline, judged.decision_id)
        return dg.MaterializeResult(data_version=dg.DataVersion(serving), metadata=metadata)

    return champion


def _dataset_digest(read: DatasetReadResult) -> str:
    return f"{read.training.digest}:{read.holdout.digest}" if read.training and read.holdout else "refused"


def _dataset_metadata(read: DatasetReadResult) -> dict[str, Any]:
    metadata: dict[str, Any] = {"as of": dg.MetadataValue.timestamp(read.as_of.timestamp())}
    if read.window is not None:
        metadata["window"] = str(read.window)
    if read.problems:
        metadata["problems"] = "\n".join(read.problems)
    if read.checks.warnings:
        metadata["warnings"] = "\n".join(read.checks.warnings)
    if read.left_out:
        metadata["rows left out"] = "\n".join(read.left_out)
    if read.training and read.holdout:
        metadata |= {
            "dagster/row_count": read.training.row_count + read.holdout.row_count,
            "dagster/column_schema": column_schema(read.training),
            "training rows": read.training.row_count,
            "holdout rows": read.holdout.row_count,
            "training version": str(read.training.id),  # as text: a number would be plotted
            "holdout version": str(read.holdout.id),
            "training digest": read.training.digest,
            "holdout digest": read.holdout.digest,
        }
    return metadata


def _model_metadata(trained: TrainingResult) -> dict[str, Any]:
    model = trained.model
    return {
        "version": str(trained.version.version),  # as text: a number would be plotted
        "run": trained.run_id,
        "training version": str(trained.training.id),
        "holdout version": str(trained.holdout.id),
        "holdout": metric_table(trained.measurements),
        **metric_values(trained.measurements),
        **model_pictures(model.task, model.classes, trained.truth, trained.scores, model.feature_importance),
    }


def _champion_metadata(judged: AdjudicationResult, trained: Mapping[int, str]) -> dict[str, Any]:
    metadata: dict[str, Any] = {
        "promoted": judged.promoted,
        "reason": judged.reason,
        **of_version(judged.challenger.version, trained, name="challenger version"),
    }
    if judged.champion is not None:
        metadata |= of_version(judged.champion.version, trained, name="champion version")
    if judged.comparison is not None:
        metadata["scores"] = metric_table([judged.comparison.champion, judged.comparison.challenger])
        if judged.comparison.gain is not None:
            metadata["gain"] = judged.comparison.gain
    return metadata
