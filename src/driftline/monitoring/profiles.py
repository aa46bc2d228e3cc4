"""The reference profile of a version: what its training rows looked like, a few kB a column."""

import json
from collections.abc import Mapping

import numpy as np
import pandas as pd
from pandas.api import types

from driftline.declaration import ModelPipeline
from driftline.declaration.pipeline import HOLDOUT_ROW
from driftline.drift import ReferenceProfile, profile_columns
from driftline.store import runs
from driftline.store.registry import ModelVersion
from driftline.tracking import ActiveRun
from driftline.workspace import Workspace

PATH = "reference_profile.json"  # among the artifacts of the run that trained the version


def store_profile(run: ActiveRun, pipeline: ModelPipeline, training: pd.DataFrame) -> None:
    """Store the profile of the rows that a run trains on."""
    profile = profile_columns(column_values(pipeline, training))
    run.log_artifact(PATH, json.dumps(profile.to_json()).encode())


def load_profile(workspace: Workspace, version: ModelVersion) -> ReferenceProfile | None:
    """Return the profile of a version's training rows; None for one that was trained elsewhere."""
    with workspace.database.reading() as session:
        artifact = session.get(runs.Artifact, (version.run_id, PATH))
    if artifact is None:
        return None
    return ReferenceProfile.from_json(json.loads(workspace.artifacts.get(artifact.digest)))


def column_values(pipeline: ModelPipeline, frame: pd.DataFrame) -> Mapping[str, np.ndarray]:
    """Return the columns that are watched: numbers as float64 with NaN, text as objects with None.

    Left out are the target, the event time and other times, which always drift.
    """
    watched = [name for name in frame.columns if name not in (*pipeline.not_features, HOLDOUT_ROW)]
    return {name: _values(frame[name]) for name in watched if not types.is_datetime64_any_dtype(frame[name].dtype)}


def _values(column: pd.Series) -> np.ndarray:
    if types.is_numeric_dtype(column.dtype):
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    return column.astype(object).where(column.notna(), None).to_numpy(dtype=object)
