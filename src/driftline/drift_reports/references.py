"""What a version is compared with in drift reports: fixed when it was trained, and the same for all its reports."""

from collections.abc import Mapping
from functools import cache
from typing import Protocol

import numpy as np

from driftline.declaration import ModelPipeline
from driftline.dossier import holdout_scores, load_prediction_profile, load_profile, load_reference_rows
from driftline.metrics import Measurement
from driftline.profiles import ReferenceProfile
from driftline.registry import Timeline
from driftline.workspace import Workspace


class References(Protocol):
    """Gives the references of versions by their row id; None where a version has none."""

    def profile(self, version_id: int) -> ReferenceProfile | None:
        """Return the profile of its training rows."""

    def prediction_profile(self, version_id: int) -> ReferenceProfile | None:
        """Return the profile of what it predicts on its holdout."""

    def rows(self, version_id: int) -> Mapping[str, np.ndarray] | None:
        """Return some of its training rows, by column."""

    def score(self, version_id: int, metric: str) -> Measurement | None:
        """Return what it scored on its holdout."""


class StoredReferences:
    """The references that were stored with the versions of a pipeline."""

    def __init__(self, workspace: Workspace, pipeline: ModelPipeline, champions: Timeline) -> None:
        self._workspace = workspace
        self._pipeline = pipeline
        self._versions = {event.version.id: event.version for event in champions.events if event.version}
        self._scores = cache(self._load_scores)

    def profile(self, version_id: int) -> ReferenceProfile | None:
        """Return the profile of its training rows."""
        return load_profile(self._workspace, self._versions[version_id])

    def prediction_profile(self, version_id: int) -> ReferenceProfile | None:
        """Return the profile of what it predicts on its holdout."""
        return load_prediction_profile(self._workspace, self._versions[version_id])

    def rows(self, version_id: int) -> Mapping[str, np.ndarray] | None:
        """Return some of its training rows, by column."""
        return load_reference_rows(self._workspace, self._pipeline, self._versions[version_id])

    def score(self, version_id: int, metric: str) -> Measurement | None:
        """Return what it scored on its holdout."""
        return self._scores(version_id).get(metric)

    def _load_scores(self, version_id: int) -> dict[str, Measurement]:
        return holdout_scores(self._workspace, self._pipeline, self._versions[version_id])
