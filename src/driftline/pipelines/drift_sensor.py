"""The sensor that turns drift into retraining: it reads reports, decides once for each, and asks for the runs."""

from collections.abc import Iterator, Sequence

import dagster as dg

from driftline.declaration import DECISION_TAG, PIPELINE_TAG, RETRAINING, TRIGGER_TAG, Kind, ModelPipeline
from driftline.pipelines.asked_runs import ended_run, was_cancelled
from driftline.pipelines.dead_runs import end_dead_runs
from driftline.pipelines.jobs import retrain_job
from driftline.pipelines.keys import asset_keys
from driftline.pipelines.workspace import WorkspaceResource
from driftline.retraining import ReportDecision, decide_reports, try_again, waiting_retrainings
from driftline.workspace import Workspace

MOST_REASONS = 3  # in the tick's text; all stand with their decisions


def drift_sensor(pipelines: Sequence[ModelPipeline], *, interval_s: int = 30) -> dg.SensorDefinition:
    """Return the sensor over all `pipelines` that decides on new drift reports every `interval_s` seconds.

    The truth is in the database: a report has one decision, and a decision that waits is asked for under one
    run key, so a tick that dies half-way is repeated without harm. The cursor is for the list of ticks.
    """
    by_name = {pipeline.name: pipeline for pipeline in pipelines}

    @dg.sensor(
        name="drift",
        jobs=[retrain_job(pipeline) for pipeline in pipelines],
        minimum_interval_seconds=interval_s,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Decides on each new drift report, and retrains where the pipeline's policy says so.",
    )
    def drift(context: dg.SensorEvaluationContext, workspace: WorkspaceResource) -> dg.SensorResult:
        end_dead_runs(context.instance)
        decided = decide_reports(workspace.opened, by_name)
        requests = list(_requests(workspace.opened, by_name, context.instance))
        newest = max((decision.report_id for decision in decided), default=None)
        return dg.SensorResult(
            run_requests=requests,
            skip_reason=None if requests else dg.SkipReason(_reason(decided)),
            cursor=context.cursor if newest is None else str(newest),
        )

    return drift


def _requests(
    workspace: Workspace, pipelines: dict[str, ModelPipeline], instance: dg.DagsterInstance
) -> Iterator[dg.RunRequest]:
    """Give the run of each retraining that waits; a run that ended without a result is followed by another."""
    for waiting in waiting_retrainings(workspace):
        if waiting.pipeline not in pipelines:
            continue
        run_key = waiting.run_key()
        ended = ended_run(instance, run_key)
        if ended is not None:
            why = f"Dagster run {ended.run_id} ended as {ended.status.value} without a decision"
            if not try_again(workspace, waiting.decision_id, why=why, last=was_cancelled(ended)):
                continue
            run_key = waiting.run_key(waiting.attempt + 1)
        # A challenger that waits to be judged is not trained again.
        kinds = (Kind.CHAMPION,) if waiting.is_trained else RETRAINING
        yield dg.RunRequest(
            run_key=run_key,
            job_name=retrain_job(pipelines[waiting.pipeline]).name,
            asset_selection=asset_keys(pipelines[waiting.pipeline], kinds),
            tags={
                PIPELINE_TAG: waiting.pipeline,
                TRIGGER_TAG: waiting.trigger.value,
                DECISION_TAG: str(waiting.decision_id),
            },
        )


def _reason(decided: Sequence[ReportDecision]) -> str:
    if not decided:
        return "No new drift report."
    newest = {decision.pipeline: decision for decision in decided}
    reasons = " ".join(f"{name}: {decision.reason}" for name, decision in list(newest.items())[:MOST_REASONS])
    return f"{len(decided)} new drift reports, none calls for retraining. {reasons}"
