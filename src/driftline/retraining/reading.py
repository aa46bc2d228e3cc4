"""Reading a pipeline's dataset: checked, split into training rows and holdout, and kept as versions."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime

import pandas as pd

from driftline.datasets import (
    Column,
    Window,
    content_digest,
    schema_of,
    slice_faults,
    statistics_of,
    to_parquet,
    usable_rows,
)
from driftline.declaration import ModelPipeline
from driftline.errors import DriftlineError
from driftline.ground_truth import known_truth
from driftline.registry import record_declaration, timeline
from driftline.retraining.dataset_checks import DatasetChecks, check_dataset, kept_columns
from driftline.retraining.earlier import change_of_world
from driftline.retraining.fitting import split_rows
from driftline.rows import filter_window, future_rows, load_frame
from driftline.store import dataset_rows
from driftline.store.dataset_rows import DatasetVersion
from driftline.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class DatasetReadResult:
    """What one reading gave; without problems, both versions are there.

    Attributes:
        as_of: what was known at this time was read.
        window: of a stream.
        checks: what speaks against training on it, and what each quality rule found.
        left_out: why some rows are in neither part.
        training: the rows to learn from.
        holdout: the rows that champion and challenger are scored on.
    """

    as_of: datetime
    window: Window | None
    checks: DatasetChecks
    left_out: tuple[str, ...]
    training: DatasetVersion | None
    holdout: DatasetVersion | None

    @property
    def problems(self) -> tuple[str, ...]:
        """Return why training must not use it."""
        return self.checks.problems


def read_dataset(
    workspace: Workspace, pipeline: ModelPipeline, *, dagster_run_id: str | None = None
) -> DatasetReadResult:
    """Read, check, split and store the dataset that a training now would use.

    Rows of a stream whose label is not known yet are left out; delivered labels are filled in. A row without a label,
    or with a cell of another kind than the rest of its column, is left out and told of. While the level of the pipeline
    is lost, the holdout is the newer half of what lies after the change, at most the declared one. A dataset that does
    not pass its checks, or breaks a quality rule of the severity `error`, is recorded with its problems and never
    trained on; nothing of it is stored.

    Raises:
        InvalidDatasetError: the dataset function raises or gives no DataFrame.
    """
    until = training_time(workspace, pipeline)
    window = pipeline.training_rows(until)
    source, ahead = load_frame(pipeline, window, for_checks=True), None
    if window is not None:
        ahead = future_rows(pipeline, source, workspace.clock())
        source = filter_window(pipeline, source, window)
    schema = _previous(workspace, pipeline)
    usable = usable_rows(_labelled(workspace, pipeline, source, until), pipeline.target, schema=schema)
    checks = check_dataset(pipeline, usable.frame, source=source, as_of=until, previous_schema=schema)
    frame = kept_columns(pipeline, usable.frame)
    if ahead is not None:
        checks = replace(checks, faults=(ahead, *checks.faults))
    if not checks.faults:
        checks = replace(checks, faults=tuple(slice_faults(frame, pipeline.slices)))
    parts: dict[str, pd.DataFrame] = {}
    if not checks.problems:
        try:
            pipeline.feature_names(frame.columns)
            split = split_rows(pipeline, frame, change_of_world(workspace, pipeline))
            parts = {"training": split.train, "holdout": split.holdout}
        except DriftlineError as error:
            checks = replace(checks, faults=(str(error),))
    versions = {part: _version(workspace, pipeline, part, rows, window) for part, rows in parts.items()}
    with workspace.database.transaction() as session:
        dataset_rows.append_reading(
            session,
            pipeline=pipeline.name,
            recipe_version=pipeline.version,
            as_of=until,
            read_at=workspace.clock(),
            training_version_id=versions["training"].id if versions else None,
            holdout_version_id=versions["holdout"].id if versions else None,
            columns=[asdict(column) for column in schema_of(frame)] if not checks.problems else [],
            problems=list(checks.problems),
            warnings=list(checks.warnings),
            left_out=list(usable.left_out),
            dagster_run_id=dagster_run_id,
            declaration_digest=record_declaration(session, pipeline, workspace.clock()),
        )
    return DatasetReadResult(
        as_of=until,
        window=window,
        checks=checks,
        left_out=usable.left_out,
        training=versions.get("training"),
        holdout=versions.get("holdout"),
    )


@dataclass(frozen=True, kw_only=True)
class NewestReading:
    """What the newest reading of a pipeline's dataset said of it.

    Attributes:
        problems: why training must not use it.
        warnings: why quality rules are broken that only warn.
        left_out: why some rows are in neither part.
    """

    problems: tuple[str, ...]
    warnings: tuple[str, ...]
    left_out: tuple[str, ...]


def newest_reading(workspace: Workspace, name: str) -> NewestReading | None:
    """Return what the newest reading of a pipeline's dataset said; None: it was never read."""
    with workspace.database.reading() as session:
        row = dataset_rows.newest_reading(session, name)
    if row is None:
        return None
    return NewestReading(problems=tuple(row.problems), warnings=tuple(row.warnings), left_out=tuple(row.left_out))


def _labelled(workspace: Workspace, pipeline: ModelPipeline, rows: pd.DataFrame, until: datetime) -> pd.DataFrame:
    """Return the rows of a stream whose label counts at `until`, with it in the target column; of a table, all."""
    if not pipeline.partitions.is_stream:
        return rows
    truth, column = known_truth(workspace, pipeline, rows, until=until), pipeline.target.column
    if pipeline.ground_truth.delivered:  # the dataset's own column may come and go; ours has one place, at the end
        rows = rows.drop(columns=column, errors="ignore")
    return rows[truth.due].assign(**{column: truth.labels.array})


def training_time(workspace: Workspace, pipeline: ModelPipeline) -> datetime:
    """Return the time up to which a training now may look."""
    first = not timeline(workspace, pipeline.name).events
    return pipeline.training_time(workspace.as_of(), first=first)


def _previous(workspace: Workspace, pipeline: ModelPipeline) -> tuple[Column, ...] | None:
    """Return the schema of the last reading that passed, unless the recipe's version has changed since."""
    with workspace.database.reading() as session:
        reading = dataset_rows.newest_reading(session, pipeline.name, passed=True)
    if reading is None or reading.recipe_version != pipeline.version:
        return None
    return tuple(Column(**column) for column in reading.columns)


def _version(
    workspace: Workspace, pipeline: ModelPipeline, part: str, rows: pd.DataFrame, window: Window | None
) -> DatasetVersion:
    """Store the rows, or return the version that has the same content already."""
    name = f"{pipeline.name}/{part}"
    digest = content_digest(rows)
    with workspace.database.reading() as session:
        stored = dataset_rows.dataset_version(session, name, digest)
    if stored is not None:
        return stored
    artifact_digest = workspace.artifacts.put(to_parquet(rows))
    with workspace.database.transaction() as session:
        return dataset_rows.add_version(
            session,
            dataset=name,
            digest=digest,
            columns=[asdict(column) for column in schema_of(rows)],
            statistics=[asdict(column) for column in statistics_of(rows)],
            row_count=len(rows),
            artifact_digest=artifact_digest,
            window_start=window.start if window else None,
            window_end=window.end if window else None,
            created_at=workspace.clock(),
        )
