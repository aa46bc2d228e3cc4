"""From one declaration to its Dagster definitions."""

import dagster as dg

from driftline.declaration import RETRAINING, TRIGGER_TAG, ModelPipeline
from driftline.pipelines.asked_runs import MOST_ATTEMPTS
from driftline.pipelines.backtest_job import backtest_jobs
from driftline.pipelines.keys import asset_keys
from driftline.pipelines.monitoring_assets import monitoring_assets
from driftline.pipelines.retraining_assets import champion_asset, dataset_asset, model_asset
from driftline.pipelines.truth_sensor import truth_sensor
from driftline.store.decision_rows import Trigger

MAX_RETRIES_TAG = "dagster/max_retries"


def build(pipeline: ModelPipeline) -> dg.Definitions:
    """Return the assets, the jobs and the schedules of a pipeline.

    The job `<pipeline>_retrain` reads the dataset, trains and judges; for a table it also predicts and
    evaluates. The job `<pipeline>_monitor` predicts, evaluates and looks for drift, by partition for a stream, of
    which the job `<pipeline>_backtest` replays the past.
    """
    assets = [
        dataset_asset(pipeline),
        model_asset(pipeline),
        champion_asset(pipeline),
        monitoring_assets(pipeline),
    ]
    watched = dg.AssetSelection.assets(*asset_keys(pipeline, pipeline.monitoring_kinds))
    trained = dg.AssetSelection.assets(*asset_keys(pipeline, RETRAINING))
    retrain = dg.define_asset_job(
        f"{pipeline.name}_retrain",
        selection=trained if pipeline.partitions.is_stream else trained | watched,
        description=f"Train a challenger of {pipeline.name} and judge it.",
    )
    monitor = dg.define_asset_job(
        f"{pipeline.name}_monitor",
        selection=watched,
        description=f"Predict, evaluate and look for drift of {pipeline.name}.",
    )
    definitions = dg.Definitions(assets=assets, jobs=[retrain, monitor, *backtest_jobs(pipeline)])
    if pipeline.retrain.schedule is not None:
        passive = dg.ScheduleDefinition(
            name=f"{pipeline.name}_passive",
            job=retrain,
            cron_schedule=pipeline.retrain.schedule,
            execution_timezone="UTC",
            tags={TRIGGER_TAG: str(Trigger.SCHEDULE)},
            default_status=dg.DefaultScheduleStatus.RUNNING,
            description=f"Retrains {pipeline.name} whether or not anything drifts.",
        )
        definitions = dg.Definitions.merge(definitions, dg.Definitions(schedules=[passive]))
    if pipeline.partitions.is_stream:
        definitions = dg.Definitions.merge(definitions, dg.Definitions(sensors=[truth_sensor(pipeline)]))
    if pipeline.partitions.is_ongoing:
        # Each partition is asked for once: a run that fails is started again by Dagster itself.
        watch = dg.build_schedule_from_partitioned_job(
            monitor,
            name=f"{pipeline.name}_watch",
            default_status=dg.DefaultScheduleStatus.RUNNING,
            tags={MAX_RETRIES_TAG: str(MOST_ATTEMPTS - 1)},
        )
        definitions = dg.Definitions.merge(definitions, dg.Definitions(schedules=[watch]))
    return definitions
