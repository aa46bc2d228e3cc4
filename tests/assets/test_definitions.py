"""definitions.py: what Dagster loads."""

import os
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from assets import PIPELINES
from definitions import defs

ROOT = Path(__file__).parents[2]
KINDS = {"champion", "dataset", "drift", "evaluation", "model", "predictions"}


def test_all_definitions_fit_together():
    dg.Definitions.validate_loadable(defs)


@pytest.mark.parametrize("pipeline", PIPELINES, ids=lambda pipeline: pipeline.name)
def test_a_pipeline_has_six_assets_and_a_stream_its_ground_truth_and_two_jobs(pipeline):
    keys = {key.path[1] for key in defs.resolve_asset_graph().get_all_asset_keys() if key.path[0] == pipeline.name}
    late = {"ground_truth"} if pipeline.partitions.is_stream else set()
    assert keys == KINDS | late
    retrain, monitor = (defs.resolve_job_def(f"{pipeline.name}_{work}") for work in ("retrain", "monitor"))
    watched = {"predictions", "evaluation", "drift"} | late
    assert {key.path[1] for key in monitor.asset_layer.executable_asset_keys} == watched
    trained = KINDS - watched if pipeline.partitions.is_stream else KINDS
    assert {key.path[1] for key in retrain.asset_layer.executable_asset_keys} == trained


@pytest.mark.parametrize("pipeline", PIPELINES, ids=lambda pipeline: pipeline.name)
def test_a_pipeline_is_described_and_owned(pipeline):
    graph = defs.resolve_asset_graph()
    for kind in KINDS:
        spec = graph.get(dg.AssetKey([pipeline.name, kind]))
        assert spec.description
        assert list(spec.owners) == list(pipeline.owners)


def test_a_schedule_for_each_that_declares_one_a_sensor_for_each_stream_and_two_over_all():
    declared = {f"{pipeline.name}_passive" for pipeline in PIPELINES if pipeline.retrain.schedule}
    assert {schedule.name for schedule in defs.schedules} == declared
    streams = {f"{pipeline.name}_truth" for pipeline in PIPELINES if pipeline.partitions.is_stream}
    assert {sensor.name for sensor in defs.sensors} == {"drift", "alerts", *streams}


def test_dagster_finds_the_workspace_sound(tmp_path):
    command = [sys.executable, "-m", "dagster", "definitions", "validate", "-w", "workspace.yaml"]
    environment = {**os.environ, "DAGSTER_HOME": str(tmp_path), "DRIFTLINE_HOME": str(tmp_path)}
    found = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    assert "driftline" in found.stderr + found.stdout
