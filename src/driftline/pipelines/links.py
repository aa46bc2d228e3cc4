"""Links between Dagster's pages: from a version to the run that trained it, from a decision to its drift report."""

from collections.abc import Mapping
from typing import Any

import dagster as dg

from driftline.dagster_pages import asset_path, page
from driftline.declaration import Kind, ModelPipeline
from driftline.settings import Settings
from driftline.store import drift_rows, model_rows
from driftline.workspace import Workspace


def training_runs(workspace: Workspace, pipeline: ModelPipeline) -> dict[int, str]:
    """Return the Dagster run that trained each version of a pipeline, by its number; scripts have none."""
    with workspace.database.reading() as session:
        return model_rows.training_runs(session, pipeline.name)


def of_version(version: int, trained: Mapping[int, str], *, name: str = "version") -> dict[str, Any]:
    """Return a version as text, since a number would be plotted, with the run that trained it where it is known."""
    shown: dict[str, Any] = {name: str(version)}
    if version in trained:
        shown[f"{name} trained by"] = dg.MetadataValue.dagster_run(trained[version])
    return shown


def of_decision(workspace: Workspace, pipeline: ModelPipeline, decision_id: int) -> dict[str, Any]:
    """Return a decision as text, with the page of the drift report that asked for it, if one did."""
    with workspace.database.reading() as session:
        partition = drift_rows.partition_decided_on(session, decision_id)
    shown: dict[str, Any] = {"decision": str(decision_id)}
    if partition is not None:
        path = asset_path(pipeline.name, Kind.DRIFT.value, partition)
        shown["drift report"] = dg.MetadataValue.url(page(Settings().dagster_url, path))
    return shown
