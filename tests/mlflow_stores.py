"""Stores that MLflow itself writes, in a process of its own: it changes warnings, loggers and the environment."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

SCRIPT = """
import json, logging, sys, warnings
warnings.simplefilter("ignore")
logging.disable(logging.WARNING)
import mlflow
import pandas as pd

uri = sys.argv[1]
mlflow.set_tracking_uri(uri)
houses = mlflow.set_experiment("houses").experiment_id
client = mlflow.MlflowClient()
client.set_experiment_tag(houses, "mlflow.note.content", "What a house costs")
with mlflow.start_run(run_name="first", description="a note") as run:
    mlflow.log_params({"lr": 0.1, "rate": "1e-3", "trees": 30, "early": True, "name": "x y"})
    for step in range(6):
        mlflow.log_metric("loss/train", 1 / (step + 1), step=step)
    mlflow.log_metric("gap", float("nan"), step=2)
    mlflow.log_metric("limit", float("inf"))
    mlflow.log_metric("limit", float("-inf"), step=1)
    mlflow.log_metric("loss/train", 7.5, step=3)
    mlflow.set_tags({"team": "fire", "mlflow.source.git.commit": "0" * 40, "mlflow.source.git.branch": "work"})
    mlflow.log_text("hello", "notes/a.txt")
    mlflow.log_text("flavors:\\n  python_function: {}\\n  sklearn: {pickled_model: model.pkl}\\n", "model/MLmodel")
    mlflow.log_text("not a pickle", "model/model.pkl")
    mlflow.log_text("flavors:\\n  xgboost: {}\\n", "other/MLmodel")
    mlflow.log_input(mlflow.data.from_pandas(pd.DataFrame({"area": [1.5, 2.5]}), name="sales"), context="training")
    with mlflow.start_run(run_name="inner", nested=True) as inner:
        mlflow.log_param("fold", 1)
try:
    with mlflow.start_run(run_name="broken"):
        raise ZeroDivisionError
except ZeroDivisionError:
    pass
deleted = client.create_run(run.info.experiment_id)
client.delete_run(deleted.info.run_id)
client.create_run(run.info.experiment_id, run_name="going on")

client.create_registered_model("house-price", description="the model")
for path in ("model", "model", "other"):
    client.create_model_version("house-price", f"runs:/{run.info.run_id}/{path}", run.info.run_id)
client.set_registered_model_alias("house-price", "champion", 1)
client.set_registered_model_alias("house-price", "nightly", 3)
client.set_model_version_tag("house-price", "2", "checked", "by Ada")
client.transition_model_version_stage("house-price", "2", "Staging")
client.transition_model_version_stage("house-price", "3", "Archived")

runs = client.search_runs([run.info.experiment_id], run_view_type=3)
print(json.dumps([
    {
        "run_id": one.info.run_id,
        "params": one.data.params,
        "tags": one.data.tags,
        "points": sorted(
            [key, point.step, point.timestamp, str(point.value)]
            for key in one.data.metrics
            for point in client.get_metric_history(one.info.run_id, key)
        ),
        "latest": {key: str(value) for key, value in one.data.metrics.items()},
    }
    for one in runs
]))
"""


def write_store(uri: str, folder: Path) -> list[dict[str, Any]]:
    """Fill a store of MLflow's, its files in a folder, and return what MLflow says of its runs."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW_", "GIT_"))}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, uri],
        cwd=folder,
        env={**environment, "MLFLOW_ALLOW_FILE_STORE": "true", "MLFLOW_DISABLE_TELEMETRY": "true"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])
