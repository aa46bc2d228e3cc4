"""Training a challenger: one run in the experiment database, one new model version."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from driftline.datasets import from_parquet
from driftline.declaration import ModelPipeline
from driftline.dossier import (
    loss_measurements,
    store_holdout,
    store_plots,
    store_prediction_profile,
    store_profile,
    store_reference_rows,
)
from driftline.metrics import Measurement, Task, scored_rows
from driftline.models import Model
from driftline.plots import calibration_error
from driftline.registry import Decision, ModelVersion, register
from driftline.retraining.candidates import candidates, describe_candidates, rows_from
from driftline.retraining.choice import Candidate, choose
from driftline.retraining.earlier import change_of_world, earlier_champions
from driftline.retraining.errors import failed_checks
from driftline.retraining.fitting import Fitted, fit_model, holdout_loss, measured_on
from driftline.retraining.progress import claim, lock_name, record_challenger, record_failure
from driftline.rows.errors import no_dataset
from driftline.store import dataset_rows
from driftline.store.dataset_rows import DatasetReading, DatasetVersion
from driftline.store.decision_rows import Trigger
from driftline.tracking import ActiveRun, start_run
from driftline.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class TrainingResult:
    """A challenger, trained now or recalled, with what it scored on the holdout.

    Attributes:
        decision_id: the decision that it waits to be judged by.
        run_id: the run that trained the candidates.
        version: the challenger.
        model: the same, loaded.
        training: what it was trained on.
        holdout: what it was scored on.
        measurements: each metric on the holdout, with its interval.
        truth: the labels of the holdout, encoded, shape (n_rows,).
        scores: what the challenger predicts on the holdout.
        recalled: it is an earlier version that was better than all that were trained now.
    """

    decision_id: int
    run_id: str
    version: ModelVersion
    model: Model
    training: DatasetVersion
    holdout: DatasetVersion
    measurements: tuple[Measurement, ...]
    truth: np.ndarray
    scores: np.ndarray
    recalled: bool = False


def train(
    workspace: Workspace,
    pipeline: ModelPipeline,
    *,
    decision_id: int | None = None,
    trigger: Trigger = Trigger.MANUAL,
    actor: str = "unknown",
    dagster_run_id: str | None = None,
) -> TrainingResult:
    """Train on the newest dataset that was read, if it passed its checks, and register the challenger.

    Args:
        workspace: where the dataset lies and the model goes.
        pipeline: the declaration.
        decision_id: the decision that asked for it; None makes one for `trigger`.
        trigger: why, where no decision asked: schedule or manual.
        actor: who.
        dagster_run_id: the Dagster run that this is part of.

    Raises:
        NotMaterializedError: the dataset was never read.
        InvalidDatasetError: the newest one did not pass its checks.
        LockedError: another retraining of this pipeline runs.
    """
    with workspace.lock(lock_name(pipeline.name)):
        reading = _passed(workspace, pipeline)
        decision = claim(
            workspace,
            pipeline,
            decision_id=decision_id,
            trigger=trigger,
            actor=actor,
            as_of=reading.as_of,
            dagster_run_id=dagster_run_id,
        )
        try:
            return _train(workspace, pipeline, reading, decision)
        except BaseException as error:
            record_failure(workspace, decision.id, error)
            raise


def load_rows(workspace: Workspace, version: DatasetVersion) -> pd.DataFrame:
    """Return the content of a dataset version."""
    return from_parquet(workspace.artifacts.get(version.kept_digest))


def _train(
    workspace: Workspace, pipeline: ModelPipeline, reading: DatasetReading, decision: Decision
) -> TrainingResult:
    dagster_run_id = decision.dagster_run_id
    with workspace.database.reading() as session:
        training = dataset_rows.find_version(session, reading.training_version_id)
        holdout = dataset_rows.find_version(session, reading.holdout_version_id)
    if training is None or holdout is None:
        raise no_dataset(pipeline.name)
    tags = {"pipeline": pipeline.name, "trigger": decision.trigger, "recipe_version": pipeline.version}
    with start_run(pipeline.name, workspace=workspace, tags=tags, dagster_run_id=dagster_run_id, nested=True) as run:
        run.log_dataset_version(training.id, role="training")
        run.log_dataset_version(holdout.id, role="holdout")
        run.log_params({"trainer": pipeline.trainer.name, **pipeline.trainer.params()})
        rows, held_out = load_rows(workspace, training), load_rows(workspace, holdout)
        choice = _choose(workspace, pipeline, reading, rows, held_out)
        fitted = measured_on(pipeline, choice.chosen.model, held_out)
        run.log_metrics({f"holdout/{m.metric}": m.value for m in fitted.measurements if m.value is not None})
        version = choice.recalled or _register(run, pipeline, reading, choice.chosen, rows=rows, fitted=fitted)
    if choice.recalled is None:
        measured = (*fitted.measurements, *_calibration(fitted), *loss_measurements(holdout_loss(fitted)))
        slices = fitted.slices
        store_holdout(workspace, pipeline, version, holdout, measured, slices=slices, dagster_run_id=dagster_run_id)
    record_challenger(workspace, decision.id, version, holdout, candidates=choice.described)
    return TrainingResult(
        decision_id=decision.id,
        run_id=run.run_id,
        version=version,
        model=fitted.model,
        training=training,
        holdout=holdout,
        measurements=fitted.measurements,
        truth=fitted.truth,
        scores=fitted.scores,
        recalled=choice.recalled is not None,
    )


@dataclass(frozen=True, kw_only=True)
class _Choice:
    """The candidate that meets the champion, the earlier version that it is, if it is one, and all candidates."""

    chosen: Candidate
    recalled: ModelVersion | None
    described: list[dict[str, Any]]


def _choose(
    workspace: Workspace,
    pipeline: ModelPipeline,
    reading: DatasetReading,
    rows: pd.DataFrame,
    held_out: pd.DataFrame,
) -> _Choice:
    earlier = earlier_champions(workspace, pipeline)
    tried = candidates(
        pipeline,
        rows,
        held_out,
        window=pipeline.training_rows(reading.as_of),
        changed_at=change_of_world(workspace, pipeline),
        recallable=earlier.recallable,
        fit=lambda _, part, like: fit_model(pipeline, part, like=like),
    )
    place = choose(tried)
    recalled = tried[place].recalled
    return _Choice(
        chosen=tried[place],
        recalled=None if recalled is None else earlier.versions[recalled],
        described=describe_candidates(tried, place, earlier.numbers),
    )


def _register(
    run: ActiveRun,
    pipeline: ModelPipeline,
    reading: DatasetReading,
    chosen: Candidate,
    *,
    rows: pd.DataFrame,
    fitted: Fitted,
) -> ModelVersion:
    """Register what was trained, with what is kept of it."""
    learned = rows_from(pipeline, rows, chosen.trained_from)
    if chosen.trained_from is not None:
        run.log_params({"trained_from": chosen.trained_from.isoformat()})
    store_profile(run, pipeline, learned)
    store_reference_rows(run, pipeline, learned)
    store_plots(run, scored_rows(fitted.model.task, fitted.truth, fitted.scores), fitted.model.classes)
    store_prediction_profile(run, fitted.model.task, fitted.scores, fitted.model.classes)
    through = reading.as_of
    return register(run, pipeline.name, fitted.model, trained_through=through, trained_from=chosen.trained_from)


def _calibration(fitted: Fitted) -> tuple[Measurement, ...]:
    """Return how far probabilities are from what was observed on the holdout, for two classes."""
    return (calibration_error(fitted.truth, fitted.scores),) if fitted.model.task is Task.BINARY else ()


def _passed(workspace: Workspace, pipeline: ModelPipeline) -> DatasetReading:
    with workspace.database.reading() as session:
        reading = dataset_rows.newest_reading(session, pipeline.name)
    if reading is None:
        raise no_dataset(pipeline.name)
    if reading.problems:
        raise failed_checks(pipeline.name, reading.problems)
    return reading
