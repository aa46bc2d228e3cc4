"""What one piece of work reads of a pipeline's partitions: each thing once, however often it is asked for."""

from collections.abc import Sequence
from functools import cached_property

import pandas as pd

from driftline.declaration import ModelPipeline
from driftline.models import Model
from driftline.registry import CHALLENGER, CHAMPION, ModelVersion, Timeline, load_both_timelines, load_version
from driftline.rows.outcome import Outcome
from driftline.rows.reading import read_rows
from driftline.rows.serving import serving_versions
from driftline.store import model_rows
from driftline.workspace import Workspace


class PartitionReader:
    """Reads who serves partitions, their models, and the rows: a dataset function may be slow."""

    def __init__(self, workspace: Workspace, pipeline: ModelPipeline) -> None:
        self._workspace = workspace
        self._pipeline = pipeline
        self._models: dict[int, Model] = {}
        self._rows: dict[str, pd.DataFrame] = {}
        self._failed: dict[str, str] = {}

    @cached_property
    def model_id(self) -> int | None:
        """Return the row id of the registered model; None where there is none yet."""
        with self._workspace.database.reading() as session:
            model = model_rows.find_model(session, self._pipeline.name)
        return None if model is None else model.id

    @property
    def champions(self) -> Timeline:
        """Return the champion's history."""
        return self._timelines[0]

    @property
    def challengers(self) -> Timeline:
        """Return the history of who was in the shadow."""
        return self._timelines[1]

    @cached_property
    def _timelines(self) -> tuple[Timeline, Timeline]:
        if self.model_id is None:
            return Timeline(alias=CHAMPION), Timeline(alias=CHALLENGER)
        with self._workspace.database.reading() as session:
            return load_both_timelines(session, self.model_id)

    def serving(self, keys: Sequence[str], *, version: int | None = None) -> Outcome[ModelVersion]:
        """Return the version of each partition, as `serving_versions` does."""
        return serving_versions(
            self._workspace,
            self._pipeline,
            keys,
            version=version,
            champions=self.champions if version is None else None,
        )

    def model(self, version: ModelVersion) -> Model:
        """Return the model of a version, as `load_version` does."""
        if version.id not in self._models:
            self._models[version.id] = load_version(self._workspace, version, trusted=self._pipeline.trusted)
        return self._models[version.id]

    def rows(self, keys: Sequence[str]) -> Outcome[pd.DataFrame]:
        """Return the rows of each partition, as `read_rows` does.

        Raises:
            NotMaterializedError: no dataset of a table has passed its checks yet.
        """
        fresh = [key for key in keys if key not in self._rows and key not in self._failed]
        if fresh:
            outcome = read_rows(self._workspace, self._pipeline, fresh)
            self._rows |= outcome.done
            self._failed |= outcome.failed
        return Outcome(
            done={key: self._rows[key] for key in keys if key in self._rows},
            failed={key: self._failed[key] for key in keys if key in self._failed},
        )
