"""The two jobs of a pipeline that schedules and sensors start, too: retraining, and watching production."""

from functools import cache

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from driftline.declaration import RETRAINING, ModelPipeline
from driftline.pipelines.keys import asset_keys


def retrain_job(pipeline: ModelPipeline) -> UnresolvedAssetJobDefinition:
    """Return the job `<pipeline>_retrain`: it reads the dataset, trains and judges; a table is also evaluated."""
    watched = () if pipeline.partitions.is_stream else pipeline.monitoring_kinds
    return _asset_job(
        f"{pipeline.name}_retrain",
        tuple(asset_keys(pipeline, (*RETRAINING, *watched))),
        f"Train a challenger of {pipeline.name} and judge it.",
    )


def monitor_job(pipeline: ModelPipeline) -> UnresolvedAssetJobDefinition:
    """Return the job `<pipeline>_monitor`: it predicts, evaluates and looks for drift."""
    return _asset_job(
        f"{pipeline.name}_monitor",
        tuple(asset_keys(pipeline, pipeline.monitoring_kinds)),
        f"Predict, evaluate and look for drift of {pipeline.name}.",
    )


@cache  # Dagster refuses two jobs of one name, also where they are equal
def _asset_job(name: str, assets: tuple[dg.AssetKey, ...], description: str) -> UnresolvedAssetJobDefinition:
    return dg.define_asset_job(name, selection=dg.AssetSelection.assets(*assets), description=description)
