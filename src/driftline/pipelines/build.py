"""From one declaration to its Dagster definitions."""

import dagster as dg

from driftline.declaration import TRIGGER_TAG, ModelPipeline
from driftline.pipelines.asked_runs import MOST_ATTEMPTS
from driftline.pipelines.backtest_job import backtest_jobs
from driftline.pipelines.jobs import monitor_job, retrain_job
from driftline.pipelines.monitoring_assets import monitoring_assets
from driftline.pipelines.retraining_assets import champion_asset, dataset_asset, model_asset
from driftline.pipelines.truth_sensor import truth_sensor
from driftline.store.decision_rows import Trigger

MAX_RETRIES_TAG = "dagster/max_retries"


def build(pipeline: ModelPipeline) -> dg.Definitions:
    """Return the assets, the jobs and the schedules of a pipeline.

    The jobs are `<pipeline>_retrain` and `<pipeline>_monitor`; the job `<pipeline>_backtest` replays the past of a
    stream.
    """
    assets = [
        dataset_asset(pipeline),
        model_asset(pipeline),
        champion_asset(pipeline),
        monitoring_assets(pipeline),
    ]
    retrain, monitor = retrain_job(pipeline), monitor_job(pipeline)
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
