"""The job that replays a stream's past under several policies: from the Launchpad, or over the API."""

import base64

import dagster as dg
from pydantic import Field

from driftline.backtest import DEFAULT_POLICIES, Backtest, backtest, store_backtest
from driftline.charts import picture
from driftline.declaration import PIPELINE_TAG, ModelPipeline, backtest_job, replay_op
from driftline.pipelines.failure import visible_failure
from driftline.pipelines.workspace import WorkspaceResource


class BacktestConfig(dg.Config):
    """Which past, under which policies.

    Attributes:
        policies: their names, as `driftline backtest --help` tells them.
        start: the first month, day, time or key; empty: the stream's first.
        end: the last one, included; empty: the newest.
        metric: over time; empty: the pipeline's first.
        length: of the windows over time.
        hindsight: whether each policy is compared with the best schedule, trainings a week apart or a policy's.
    """

    policies: list[str] = Field(default=list(DEFAULT_POLICIES))
    start: str = ""
    end: str = ""
    metric: str = ""
    length: str = "7d"
    hindsight: bool = False


def backtest_jobs(pipeline: ModelPipeline) -> list[dg.JobDefinition]:
    """Return the job `<pipeline>_backtest` of a stream; none of a table."""
    if not pipeline.partitions.is_stream:
        return []
    partitions, name = pipeline.stream, backtest_job(pipeline.name)

    @dg.op(name=replay_op(pipeline.name), tags={PIPELINE_TAG: pipeline.name})
    def replay_past(context: dg.OpExecutionContext, config: BacktestConfig, workspace: WorkspaceResource) -> None:
        with visible_failure():
            result = backtest(
                pipeline,
                config.policies,
                start=partitions.span(config.start).start if config.start else None,
                end=partitions.span(config.end).end if config.end else None,
                metric_name=config.metric or None,
                length=config.length,
                hindsight="7d" if config.hindsight else None,
                workspace=workspace.opened,
                on_policy=lambda policy: context.log.info(f"Replaying: {policy}"),
            )
            store_backtest(workspace.opened, result)
        context.add_output_metadata({"policies": _table(result), "over time": _picture(result)})

    description = f"Replay the past of {pipeline.name} under several policies; nothing of it touches production."

    @dg.job(name=name, description=description, tags={PIPELINE_TAG: pipeline.name})
    def job() -> None:
        replay_past()

    return [job]


def _table(result: Backtest) -> dg.TableMetadataValue:
    compared = result.policies[0].regret is not None
    records = [
        dg.TableRecord(
            {
                "policy": outcome.policy,
                **{measured.metric: _number(measured.value) for measured in outcome.measurements},
                f"worst {result.length}": _number(worst.value if worst else None),
                "retrained": len(outcome.retrainings),
                "promoted": outcome.promotions,
                "CPU s": round(outcome.cpu_s, 2),
                **({"regret": _number(outcome.regret.value if outcome.regret else None)} if compared else {}),
            }
        )
        for outcome in result.policies
        for worst in [outcome.worst_window(result.metric)]
    ]
    return dg.MetadataValue.table(records)


def _picture(result: Backtest) -> dg.MarkdownMetadataValue:
    return dg.MetadataValue.md(f"![over time](data:image/png;base64,{base64.b64encode(picture(result)).decode()})")


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"
