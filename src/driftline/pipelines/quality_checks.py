"""The checks of a pipeline's dataset in Dagster: driftline's own, and one for each quality rule of the declaration."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from driftline.declaration import Kind, ModelPipeline
from driftline.pipelines.keys import asset_key
from driftline.quality import TABLE_CHECK, RuleResult
from driftline.retraining import DatasetReadResult

_SEVERITIES = {"error": dg.AssetCheckSeverity.ERROR, "warn": dg.AssetCheckSeverity.WARN}


def check_specs(pipeline: ModelPipeline) -> Iterator[dg.AssetCheckSpec]:
    """Give the checks; one that may stop the training blocks the assets after the dataset."""
    key = asset_key(pipeline, Kind.DATASET)
    yield dg.AssetCheckSpec(
        TABLE_CHECK,
        asset=key,
        blocking=True,
        description="The rows can be trained on: their columns, target and classes fit the declaration and the last "
        "training. Otherwise nothing is trained, and the champion goes on.",
    )
    for rule in pipeline.quality:
        is_error = rule.severity == "error"
        yield dg.AssetCheckSpec(rule.check_name, asset=key, blocking=is_error, description=rule.description)


def check_results(read: DatasetReadResult) -> Iterator[dg.AssetCheckResult]:
    """Give what each of the checks found in one reading."""
    faults = "\n".join(read.checks.faults)
    yield dg.AssetCheckResult(
        passed=not faults,
        check_name=TABLE_CHECK,
        description=faults or None,
        metadata={"problems": faults or "none", "rows left out": "\n".join(read.left_out) or "none"},
    )
    for result in read.checks.rules:
        yield dg.AssetCheckResult(
            passed=result.passed,
            check_name=result.rule.check_name,
            severity=_SEVERITIES[result.rule.severity],
            description=result.message,
            metadata=_metadata(result),
        )


def _metadata(result: RuleResult) -> dict[str, Any]:
    records = [dg.TableRecord({"row": example.row, "value": example.value}) for example in result.examples]
    return {
        "rows": result.row_count,
        "rows that break it": result.broken_count,
        "share that breaks it": result.broken_share,
        **result.measured,
        **({"first rows": dg.MetadataValue.table(records)} if records else {}),
    }
