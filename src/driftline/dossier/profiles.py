"""The reference profiles of a version: of its training rows, and of its holdout predictions."""

import json
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from pandas.api import types

from driftline.declaration import HOLDOUT_ROW, ModelPipeline
from driftline.drift import prediction_columns
from driftline.metrics import Task
from driftline.profiles import ReferenceProfile, profile_columns
from driftline.registry import ModelVersion, version_by_id
from driftline.store import run_rows
from driftline.tracking import ActiveRun
from driftline.workspace import Workspace

# Among the artifacts of the run that trained the version.
COLUMNS_PATH = "reference_profile.json"
PREDICTIONS_PATH = "prediction_profile.json"


def store_profile(run: ActiveRun, pipeline: ModelPipeline, training: pd.DataFrame) -> None:
    """Store the profile of the rows that a run trains on."""
    _store(run, COLUMNS_PATH, profile_columns(column_values(pipeline, training)))


def store_prediction_profile(run: ActiveRun, task: Task, scores: np.ndarray, classes: Sequence[object]) -> None:
    """Store the profile of what the version that a run trains predicts on its holdout."""
    _store(run, PREDICTIONS_PATH, profile_columns(prediction_columns(task, scores, classes)))


def load_profile(workspace: Workspace, version: ModelVersion) -> ReferenceProfile | None:
    """Return the profile of a version's training rows; None for one that was trained elsewhere."""
    return _load(workspace, version.run_id, COLUMNS_PATH)


def load_prediction_profile(workspace: Workspace, version: ModelVersion) -> ReferenceProfile | None:
    """Return the profile of a version's predictions on its holdout, or None; of a refit, those of the judged one."""
    judged = version if version.judged_version_id is None else version_by_id(workspace, version.judged_version_id)
    return _load(workspace, judged.run_id, PREDICTIONS_PATH)


def _store(run: ActiveRun, path: str, profile: ReferenceProfile) -> None:
    run.log_bytes(json.dumps(profile.to_json()).encode(), path)


def _load(workspace: Workspace, run_id: str, path: str) -> ReferenceProfile | None:
    with workspace.database.reading() as session:
        artifact = run_rows.artifact(session, run_id, path)
    if artifact is None:
        return None
    return ReferenceProfile.from_json(json.loads(workspace.artifacts.get(artifact.digest)))


def column_values(pipeline: ModelPipeline, frame: pd.DataFrame) -> Mapping[str, np.ndarray]:
    """Return the columns that are watched: numbers as float64 with NaN, objects as they are, None where missing.

    Left out are all that are no features, and times, which always drift.
    """
    watched = [name for name in frame.columns if pipeline.is_feature(name) and name != HOLDOUT_ROW]
    return {name: _values(frame[name]) for name in watched if not types.is_datetime64_any_dtype(frame[name].dtype)}


def _values(column: pd.Series) -> np.ndarray:
    if types.is_numeric_dtype(column.dtype):
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    return column.astype(object).where(column.notna(), None).to_numpy(dtype=object)
