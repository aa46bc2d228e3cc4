"""The queries."""

from functools import partial
from typing import Annotated

import strawberry

from driftline.api.context import Info, from_row
from driftline.api.schema import filters
from driftline.api.schema.alerts import Alert
from driftline.api.schema.backtests import Backtest
from driftline.api.schema.decisions import Decision, DriftReport, decision_node, newest_decisions
from driftline.api.schema.evaluations import Evaluation
from driftline.api.schema.fields import field
from driftline.api.schema.ground_truth import GroundTruthDelivery, newest_deliveries
from driftline.api.schema.models import RegisteredModel
from driftline.api.schema.page import After, Connection, First, after_id, after_run, id_key, page, run_key, size
from driftline.api.schema.pipelines import Pipeline, pipelines
from driftline.api.schema.runs import Experiment, Run
from driftline.experiments import end_lost_runs
from driftline.registry import known_model
from driftline.store import drift_rows, model_rows, run_rows
from driftline.store.decision_rows import DecisionStatus
from driftline.store.run_rows import RunStatus
from driftline.tracking.errors import unknown_run

ModelName = Annotated[str, strawberry.argument(description="The name of a registered model.")]
OfModelName = Annotated[str | None, strawberry.argument(description="Only of this registered model.")]


@strawberry.type(description="Experiments, the registry, and the monitoring of production; queries change nothing.")
class Query:
    """The root of every query."""

    @field("All experiments, by name.")
    async def experiments(self, info: Info) -> list[Experiment]:
        """Return all experiments."""
        return [from_row(Experiment, row) for row in await info.context.reader.ask(run_rows.experiments)]

    @field("Runs, newest first.")
    async def runs(
        self,
        info: Info,
        experiment: Annotated[str | None, strawberry.argument(description="Only of this experiment.")] = None,
        status: Annotated[RunStatus | None, strawberry.argument(description="Only with this status.")] = None,
        first: First = 50,
        after: After = None,
    ) -> Connection[Run]:
        """Return a page of runs."""
        before, more = after_run(after), size(first) + 1
        await info.context.reader.on_thread(partial(end_lost_runs, info.context.workspace))
        rows = await info.context.reader.ask(filters.runs, experiment, status=status, first=more, before=before)
        return page(Run, rows, first, run_key)

    @field("One run.")
    async def run(
        self, info: Info, run_id: Annotated[strawberry.ID, strawberry.argument(description="Its whole id.")]
    ) -> Run | None:
        """Return one run."""
        await info.context.reader.on_thread(partial(end_lost_runs, info.context.workspace))
        row = await info.context.reader.ask(run_rows.run, run_id)
        if row is None:
            raise unknown_run(run_id)
        return from_row(Run, row)

    @field("All registered models, by name.")
    async def models(self, info: Info) -> list[RegisteredModel]:
        """Return all registered models."""
        return [from_row(RegisteredModel, row) for row in await info.context.reader.ask(model_rows.models)]

    @field("One registered model.")
    async def model(self, info: Info, name: ModelName) -> RegisteredModel | None:
        """Return one registered model."""
        return from_row(RegisteredModel, await info.context.reader.ask(known_model, name))

    @field("Evaluations of a model, newest first.")
    async def evaluations(  # noqa: PLR0917  the arguments of a GraphQL field are named
        self,
        info: Info,
        model: ModelName,
        version: Annotated[int | None, strawberry.argument(description="Only of this version.")] = None,
        dataset: Annotated[
            str | None,
            strawberry.argument(description="The pipeline's name: production; or <pipeline>/holdout or /estimated."),
        ] = None,
        start: Annotated[
            str | None, strawberry.argument(description="The first month, day, time or partition key: 2025-03-01.")
        ] = None,
        end: Annotated[str | None, strawberry.argument(description="The last one, included.")] = None,
        first: First = 50,
        after: After = None,
    ) -> Connection[Evaluation]:
        """Return a page of evaluations."""
        rows = await info.context.reader.ask(
            filters.evaluations,
            model,
            version=version,
            dataset=dataset,
            start=start,
            end=end,
            first=size(first) + 1,
            before=after_id(after),
        )
        return page(Evaluation, rows, first, id_key)

    @field("Drift reports, newest first.")
    async def drift_reports(
        self, info: Info, model: OfModelName = None, first: First = 50, after: After = None
    ) -> Connection[DriftReport]:
        """Return a page of drift reports."""
        model_id, before, more = await _model_id(info, model), after_id(after), size(first) + 1
        rows = await info.context.reader.ask(drift_rows.reports, model_id, first=more, before=before)
        return page(DriftReport, rows, first, id_key)

    @field("Decisions about retraining and about who serves, newest first.")
    async def decisions(
        self,
        info: Info,
        model: OfModelName = None,
        status: Annotated[DecisionStatus | None, strawberry.argument(description="Only with this status.")] = None,
        first: First = 50,
        after: After = None,
    ) -> Connection[Decision]:
        """Return a page of decisions."""
        model_id, before, more = await _model_id(info, model), after_id(after), size(first) + 1
        rows = await info.context.reader.ask(newest_decisions, model_id, status=status, first=more, before=before)
        return page(Decision, rows, first, id_key, node=decision_node)

    @field("Alerts, newest first.")
    async def alerts(
        self,
        info: Info,
        model: OfModelName = None,
        open: Annotated[  # noqa: A002  (the word of the field)
            bool | None,
            strawberry.argument(description="true: the open ones; false: the resolved ones."),
        ] = None,
        first: First = 50,
        after: After = None,
    ) -> Connection[Alert]:
        """Return a page of alerts."""
        before, more = after_id(after), size(first) + 1
        rows = await info.context.reader.ask(filters.alerts, model, is_open=open, first=more, before=before)
        return page(Alert, rows, first, id_key)

    @field("Backtests, newest first.")
    async def backtests(
        self,
        info: Info,
        pipeline: Annotated[str | None, strawberry.argument(description="Only of this pipeline.")] = None,
        first: First = 10,
        after: After = None,
    ) -> Connection[Backtest]:
        """Return a page of backtests."""
        before, more = after_id(after), size(first) + 1
        rows = await info.context.reader.ask(filters.backtests, pipeline, first=more, before=before)
        return page(Backtest, rows, first, id_key)

    @field("Deliveries of labels for a pipeline, newest first.")
    async def ground_truth(
        self,
        info: Info,
        pipeline: Annotated[str, strawberry.argument(description="The name of a pipeline.")],
        first: First = 50,
        after: After = None,
    ) -> Connection[GroundTruthDelivery]:
        """Return a page of deliveries."""
        before, more = after_id(after), size(first) + 1
        rows = await info.context.reader.ask(newest_deliveries, pipeline, first=more, before=before)
        return page(GroundTruthDelivery, rows, first, id_key)

    @field("Every pipeline with its declaration as of its last run, by name.")
    async def pipelines(self, info: Info) -> list[Pipeline]:
        """Return all pipelines."""
        return await info.context.reader.ask(pipelines)


async def _model_id(info: Info, name: str | None) -> int | None:
    """Return the row id of a model, None for no name; raise UnknownModelError where there is no such model."""
    return None if name is None else (await info.context.reader.ask(known_model, name)).id
