"""The assets that watch production: predictions, ground truth, evaluations, drift reports; one step, many partitions.

One step makes all of them, so that a partition that fails in one of them is named and loses no other, in any
of them: what follows a failed step in a Dagster run would be skipped for all partitions. It reads the dataset once.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import dagster as dg

from driftline.declaration import TABLE_KEY, VERSION_TAG, Kind, ModelPipeline
from driftline.drift_reports import DriftReportResult, report_drift
from driftline.errors import DriftlineError
from driftline.evaluations import Evaluated, LabelCount, LabelledReader, count_labels, evaluate
from driftline.metrics import Measurement, metric
from driftline.pipelines.failure import partitions_failure, visible_failure
from driftline.pipelines.keys import asset_key, dagster_partitions, described
from driftline.pipelines.links import of_version, training_runs
from driftline.pipelines.tables import effect_values, finding_text, metric_table, metric_values, slice_table
from driftline.pipelines.workspace import WorkspaceResource
from driftline.predictions import Predicted, predict
from driftline.rollout import assign_traffic, evaluate_shadow, judge_bandit, predict_shadow
from driftline.rows import Outcome
from driftline.workspace import Workspace

DESCRIPTIONS = {
    Kind.PREDICTIONS: "What the champion of the time predicts for each partition.",
    Kind.GROUND_TRUTH: "The labels of each partition's predictions, as far as they have arrived.",
    Kind.EVALUATION: "The predictions measured against ground truth, as far as it has arrived.",
    Kind.DRIFT: "What the windows up to each partition say about drift; read by the sensor.",
}


def monitoring_assets(pipeline: ModelPipeline) -> dg.AssetsDefinition:
    """Return the assets `predictions`, `ground_truth`, `evaluation` and `drift` of a pipeline, made by one step."""
    floor_check = dg.AssetCheckSpec(
        "floor",
        asset=asset_key(pipeline, Kind.EVALUATION),
        description=f"{pipeline.metrics[0]} is not worse than {pipeline.floor}.",
    )

    @dg.multi_asset(
        name=f"{pipeline.name}__monitoring",
        specs=[_spec(pipeline, kind, after) for kind, after in _upstream(pipeline)],
        check_specs=[] if pipeline.floor is None else [floor_check],
        partitions_def=dagster_partitions(pipeline),
        backfill_policy=dg.BackfillPolicy.single_run() if pipeline.partitions.is_stream else None,
        can_subset=True,
    )
    def monitoring(
        context: dg.AssetExecutionContext, workspace: WorkspaceResource
    ) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        keys = _by_time(pipeline, context.partition_keys) if pipeline.partitions.is_stream else [TABLE_KEY]
        failed: dict[str, str] = {}
        reader, trained = LabelledReader(workspace.opened, pipeline), training_runs(workspace.opened, pipeline)
        include_challenger = VERSION_TAG not in context.run.tags
        if include_challenger:
            with visible_failure():
                _assign_traffic(pipeline, workspace.opened, context, reader, keys)
        for kind, work in _work(pipeline, workspace.opened, context, reader).items():
            if asset_key(pipeline, kind) in context.selected_asset_keys:
                with visible_failure():
                    outcome = work(keys)
                failed |= {key: why for key, why in outcome.failed.items() if key not in failed}
                yield from _materialize(context, pipeline, kind, outcome, trained)
                if kind is Kind.EVALUATION and pipeline.floor is not None and context.selected_asset_check_keys:
                    yield _floor_result(pipeline, pipeline.floor, outcome)
        if include_challenger:
            with visible_failure():
                _work_in_the_shadow(pipeline, workspace.opened, context, reader, keys)
                _judge_bandit(pipeline, workspace.opened, context, reader)
        if failed:
            raise partitions_failure(pipeline.partitions, failed, len(keys))

    return monitoring


def _by_time(pipeline: ModelPipeline, keys: Sequence[str]) -> list[str]:
    """Return partitions oldest first: Dagster gives those of a list of keys in any order."""
    return sorted(keys, key=lambda key: pipeline.stream.window(key).start)


def _upstream(pipeline: ModelPipeline) -> Iterator[tuple[Kind, Kind]]:
    kinds = pipeline.monitoring_kinds
    yield from zip(kinds, (Kind.CHAMPION, *kinds), strict=False)


def _spec(pipeline: ModelPipeline, kind: Kind, after: Kind) -> dg.AssetSpec:
    return dg.AssetSpec(
        asset_key(pipeline, kind),
        deps=[asset_key(pipeline, after)],
        kinds={"parquet" if kind is Kind.PREDICTIONS else "sql"},
        skippable=True,  # a partition whose labels have not come yet stays missing
        **described(pipeline, DESCRIPTIONS[kind]),
    )


def _work(
    pipeline: ModelPipeline, opened: Workspace, context: dg.AssetExecutionContext, reader: LabelledReader
) -> Mapping[Kind, Callable[[list[str]], Outcome[Any]]]:
    run_id = context.run.run_id
    version = int(context.run.tags[VERSION_TAG]) if VERSION_TAG in context.run.tags else None
    return {
        Kind.PREDICTIONS: lambda keys: predict(
            opened, pipeline, keys, version=version, dagster_run_id=run_id, reader=reader.partitions
        ),
        Kind.GROUND_TRUTH: lambda keys: count_labels(opened, pipeline, keys, version=version, reader=reader),
        Kind.EVALUATION: lambda keys: evaluate(
            opened, pipeline, keys, version=version, dagster_run_id=run_id, reader=reader
        ),
        Kind.DRIFT: lambda keys: report_drift(opened, pipeline, keys, dagster_run_id=run_id, reader=reader),
    }


def _work_in_the_shadow(
    pipeline: ModelPipeline,
    opened: Workspace,
    context: dg.AssetExecutionContext,
    reader: LabelledReader,
    keys: list[str],
) -> None:
    """Predict and evaluate with the shadow; its failures are logged and fail nothing that is served."""
    for kind, work in ((Kind.PREDICTIONS, predict_shadow), (Kind.EVALUATION, evaluate_shadow)):
        if asset_key(pipeline, kind) in context.selected_asset_keys:
            outcome = work(opened, pipeline, keys, reader=reader, dagster_run_id=context.run.run_id)
            for why in outcome.failed.values():
                context.log.warning(f"In the shadow: {why}")


def _assign_traffic(
    pipeline: ModelPipeline,
    opened: Workspace,
    context: dg.AssetExecutionContext,
    reader: LabelledReader,
    keys: list[str],
) -> None:
    """Give each partition of a bandit its share before it is predicted; where that fails, the champion serves all."""
    if asset_key(pipeline, Kind.PREDICTIONS) in context.selected_asset_keys:
        try:
            assign_traffic(opened, pipeline, keys, reader=reader)
        except DriftlineError as error:
            context.log.warning(f"Bandit skipped for this run: {error}")


def _judge_bandit(
    pipeline: ModelPipeline, opened: Workspace, context: dg.AssetExecutionContext, reader: LabelledReader
) -> None:
    """End the bandit where it is time; where that fails it is asked again with the next evaluation."""
    if asset_key(pipeline, Kind.EVALUATION) in context.selected_asset_keys:
        try:
            decision = judge_bandit(opened, pipeline, reader=reader)
        except DriftlineError as error:
            context.log.warning(f"Bandit skipped for this run: {error}")
        else:
            if decision is not None:
                context.log.info(f"The bandit has ended. {decision.outcome}")


def _materialize(
    context: dg.AssetExecutionContext,
    pipeline: ModelPipeline,
    kind: Kind,
    outcome: Outcome[Any],
    trained: Mapping[int, str],
) -> Iterator[dg.MaterializeResult]:
    """Materialize the partitions that are done and leave the others missing."""
    key = asset_key(pipeline, kind)
    for waiting in outcome.waiting.values():
        context.log.info(waiting)
    for partition, done in outcome.done.items():
        for sentence in done.left_out if isinstance(done, Evaluated) else ():
            context.log.warning(f"{pipeline.partitions.title(partition)}: {sentence}")
    if not pipeline.partitions.is_stream:
        for done in outcome.done.values():
            yield dg.MaterializeResult(asset_key=key, metadata=_metadata(done, trained))
    elif outcome.waiting or outcome.failed:
        for partition, done in outcome.done.items():
            context.log_event(dg.AssetMaterialization(key, partition=partition, metadata=_metadata(done, trained)))
    else:
        for partition, done in outcome.done.items():
            context.add_asset_metadata(_metadata(done, trained), asset_key=key, partition_key=partition)
        yield dg.MaterializeResult(asset_key=key)


def _metadata(
    done: Predicted | LabelCount | Evaluated | DriftReportResult, trained: Mapping[int, str]
) -> dict[str, Any]:
    """Return what people look at; small, since there is one for each partition."""
    version = of_version(done.version, trained)
    if isinstance(done, Predicted):
        shown: dict[str, Any] = {"dagster/row_count": done.row_count, **version}
        if done.estimates:
            shown["estimated, if only the inputs changed"] = metric_table(done.estimates)
            shown |= metric_values(done.estimates)
        return shown if done.mean_score is None else {**shown, "mean score": done.mean_score}
    if isinstance(done, LabelCount):
        return {
            **version,
            "labelled": f"{done.label_count} of {done.row_count} predictions",
            "labelled share": done.label_count / done.row_count,
            "delivered": done.delivered_count,
            "from the dataset": done.label_count - done.delivered_count,
            "corrected": done.corrected_count,
        }
    if isinstance(done, Evaluated):
        return {
            **version,
            "predictions": done.row_count,
            "labels": done.label_count,
            **metric_values(done.measurements),
            "metrics": metric_table(done.measurements),
            **({"slices": slice_table(done.slices)} if done.slices else {}),
            **({"rows left out": "\n".join(done.left_out)} if done.left_out else {}),
        }
    shown = {
        **version,
        "verdict": str(done.verdict),
        "summary": done.summary,
        "report": str(done.report_id),  # as text: a number would be plotted
        **effect_values(done.findings),
    }
    return shown if done.verdict == "ok" else {**shown, "findings": finding_text(done.findings)}


def _floor_result(pipeline: ModelPipeline, floor: float, outcome: Outcome[Evaluated]) -> dg.AssetCheckResult:
    """Return the check that warns of evaluations whose first metric is surely worse than the floor.

    Surely is with the better end of its interval; a value without an interval counts as it is.
    """
    name = pipeline.metrics[0]
    sign = 1 if metric(name).greater_is_better else -1
    measured = {key: done.measurements[0] for key, done in sorted(outcome.done.items())}
    values = {key: one.value for key, one in measured.items() if one.value is not None}
    best = {key: _better_end(measured[key], greater_is_better=sign > 0) for key in values}
    below = {key: values[key] for key, end in best.items() if end is not None and sign * end < sign * floor}
    title = pipeline.partitions.title
    records = [dg.TableRecord({"partition": title(key), name: value}) for key, value in list(below.items())[:200]]
    return dg.AssetCheckResult(
        asset_key=asset_key(pipeline, Kind.EVALUATION),
        check_name="floor",
        passed=not below,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            "floor": floor,
            "evaluated": len(values),
            "surely worse": len(below),
            **({"partitions": dg.MetadataValue.table(records)} if records else {}),
        },
    )


def _better_end(measured: Measurement, *, greater_is_better: bool) -> float | None:
    """Return the better end of the interval, or the value where there is none."""
    end = measured.ci_high if greater_is_better else measured.ci_low
    return measured.value if end is None else end
