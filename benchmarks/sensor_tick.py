"""A tick of both sensors over 200 pipelines with nothing new: `python benchmarks/sensor_tick.py`.

The reference is a tick of a sensor that does nothing, on the same Dagster instance.
"""

import os
import tempfile
import time
from collections.abc import Callable
from statistics import median

import dagster as dg
import numpy as np
import pandas as pd

from driftline import LightGBM, ModelPipeline, Newest, PerformanceDrift, Target
from driftline.clock import now
from driftline.declaration import Daily
from driftline.metrics import Task
from driftline.pipelines import WorkspaceResource, alert_sensor, dagster_home, drift_sensor, open_instance
from driftline.registry import load_timeline, move_alias, register
from driftline.retraining import decide_reports
from driftline.store import drift_rows
from driftline.tracking import start_run
from driftline.workspace import Workspace, open_workspace

PIPELINES = 200
REPORTS = 30  # of each
TICKS = 20

FEATURES = pd.DataFrame({"heat": np.arange(40.0)})
MODEL = LightGBM(trees=2, num_leaves=3).fit(
    FEATURES, (FEATURES["heat"] > 20).to_numpy().astype(int), task=Task.BINARY, classes=("no", "yes")
)


def read(window: object) -> pd.DataFrame:
    """Return nothing: no tick reads a dataset."""
    raise NotImplementedError(window)


def declared(number: int) -> ModelPipeline:
    """Return one of many equal pipelines."""
    return ModelPipeline(
        name=f"model_{number}",
        dataset=read,
        target=Target("fire", positive_class="yes"),
        trainer=LightGBM(),
        metrics=("auroc",),
        holdout=Newest(duration="7d"),
        partitions=Daily("2025-02-10"),
        training_window="28d",
        drift=(PerformanceDrift("auroc"),),
    )


def fill(workspace: Workspace, pipeline: ModelPipeline) -> None:
    """Give a pipeline a champion and reports that say ok."""
    with start_run(pipeline.name, workspace=workspace) as run:
        version = register(run, pipeline.name, MODEL, trained_through=now())
    with workspace.database.transaction() as session:
        at = now()
        move_alias(
            session,
            version.model_id,
            version,
            seen=load_timeline(session, version.model_id),
            effective_at=at,
            as_of=at,
            recorded_at=at,
            actor="benchmark",
            reason="The first.",
        )
        for number in range(REPORTS):
            drift_rows.add_report(
                session,
                model_id=version.model_id,
                version_id=version.id,
                partition_key=f"2025-03-{number + 1:02}",
                reference="the holdout",
                verdict="ok",
                summary="No drift.",
                digest=f"{number}",
                created_at=now(),
            )


def timed(tick: Callable[[], object]) -> list[float]:
    """Return the milliseconds of each tick."""
    spent = []
    for _ in range(TICKS):
        started = time.perf_counter()
        tick()
        spent.append(1000 * (time.perf_counter() - started))
    return spent


def main() -> None:
    """Print the milliseconds of a tick of each sensor."""
    os.environ["DRIFTLINE_HOME"] = tempfile.mkdtemp(prefix="driftline_ticks_")
    os.environ.pop("DAGSTER_HOME", None)
    pipelines = [declared(number) for number in range(PIPELINES)]
    workspace = open_workspace()
    for pipeline in pipelines:
        fill(workspace, pipeline)
    decide_reports(workspace, {pipeline.name: pipeline for pipeline in pipelines})

    @dg.sensor(name="nothing", target="*")
    def nothing() -> dg.SkipReason:
        return dg.SkipReason("Nothing.")

    resources = {"workspace": WorkspaceResource()}
    sensors = [nothing, drift_sensor(pipelines), alert_sensor(pipelines)]
    definitions = dg.Definitions(resources=resources, sensors=sensors)
    print(f"{PIPELINES} pipelines with {REPORTS} decided reports each, {TICKS} ticks with nothing new")
    print("| sensor | median ms | slowest ms | times the empty sensor |")
    print("|---|---|---|---|")
    with open_instance(dagster_home()) as instance:
        reference = 0.0
        for sensor in sensors:

            def tick(sensor: dg.SensorDefinition = sensor) -> None:
                with dg.build_sensor_context(
                    instance=instance, definitions=definitions, resources=resources
                ) as context:
                    sensor.evaluate_tick(context)

            spent = timed(tick)
            reference = reference or median(spent)
            print(f"| {sensor.name} | {median(spent):.1f} | {max(spent):.1f} | {median(spent) / reference:.1f} |")


if __name__ == "__main__":
    main()
