"""Some training rows of a version, which all columns of a window together are compared with."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from driftline.datasets import from_parquet, to_parquet
from driftline.declaration import ModelPipeline
from driftline.dossier.profiles import column_values
from driftline.drift import Separation
from driftline.metrics import Task
from driftline.models import LightGBM
from driftline.registry import ModelVersion
from driftline.store import run_rows
from driftline.tracking import ActiveRun
from driftline.workspace import Workspace

PATH = "reference_rows.parquet"  # among the artifacts of the run that trained the version
MOST_ROWS = 5000

_CLASSIFIER = LightGBM(num_leaves=8, trees=50, min_leaf_rows=30)


def store_reference_rows(run: ActiveRun, pipeline: ModelPipeline, training: pd.DataFrame) -> None:
    """Store some of the rows that a run trains on."""
    run.log_bytes(to_parquet(drawn_rows(pipeline, training)), PATH)


def drawn_rows(pipeline: ModelPipeline, training: pd.DataFrame) -> pd.DataFrame:
    """Return the features of up to 5,000 training rows, drawn by a fixed seed."""
    features = training[pipeline.feature_names(training.columns)]
    return features.sample(n=min(MOST_ROWS, len(features)), random_state=0).reset_index(drop=True)


def load_reference_rows(
    workspace: Workspace, pipeline: ModelPipeline, version: ModelVersion
) -> Mapping[str, np.ndarray] | None:
    """Return the stored training rows of a version by column; None for one that was trained without."""
    with workspace.database.reading() as session:
        artifact = run_rows.artifact(session, version.run_id, PATH)
    if artifact is None:
        return None
    return joint_values(pipeline, [from_parquet(workspace.artifacts.get(artifact.digest))])


def joint_values(pipeline: ModelPipeline, frames: Sequence[pd.DataFrame]) -> Mapping[str, np.ndarray]:
    """Return the columns of all frames that are watched together: all that are watched alone but the entity."""
    parts = [column_values(pipeline, frame) for frame in frames]
    shared = [name for name in parts[0] if name not in pipeline.entity and all(name in part for part in parts)]
    return {name: _joined([part[name] for part in parts]) for name in shared}


def _joined(parts: Sequence[np.ndarray]) -> np.ndarray:
    """Return the values of all parts; one without any value is of the kind of the others."""
    empty = [part.dtype == object and not any(value is not None for value in part) for part in parts]
    numeric = any(part.dtype != object for part in parts)
    return np.concatenate(
        [part.astype(float) if numeric and no else part for part, no in zip(parts, empty, strict=True)]
    )


def separate(rows: np.ndarray, in_window: np.ndarray, unseen: np.ndarray) -> Separation:
    """Return what 50 trees of 8 leaves, trained to tell two sides apart, say of other rows."""
    names = [str(place) for place in range(rows.shape[1])]
    features = pd.DataFrame(rows, columns=names)
    model = _CLASSIFIER.fit(features, in_window.astype(float), task=Task.BINARY, classes=("reference", "window"))
    importance = model.feature_importance
    return Separation(
        scores=model.score(pd.DataFrame(unseen, columns=names)),
        importance=np.array([importance[name] for name in names]),
    )
