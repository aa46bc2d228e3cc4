"""Fitting a challenger and comparing it with the champion: pure, for a training in use and for a backtest alike."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from driftline.datasets import Newest, Split, classes_of, encode, slice_values, task_of
from driftline.declaration import ModelPipeline
from driftline.errors import InvalidInputError
from driftline.health import HoldoutLoss, holdout_after, losses_and_excess, sample_mean
from driftline.metrics import (
    Comparison,
    Measurement,
    Slice,
    SliceComparison,
    Task,
    compare,
    compare_slices,
    measure,
    measure_rows,
    measure_slices,
    scored_rows,
)
from driftline.models import Model
from driftline.registry.errors import incomparable_classes
from driftline.tuning import Search


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """A model with what it scored on the holdout.

    Attributes:
        model: fitted on the training rows.
        measurements: each metric of the pipeline on the holdout, with its interval.
        truth: the labels of the holdout, encoded, shape (n_rows,).
        scores: what the model predicts on the holdout, shape (n_rows,) or (n_rows, n_classes).
        slices: each metric on each slice of the holdout.
    """

    model: Model
    measurements: tuple[Measurement, ...]
    truth: np.ndarray
    scores: np.ndarray
    slices: tuple[Slice, ...] = ()


@dataclass(frozen=True, kw_only=True)
class HoldoutComparison:
    """What a challenger and the champion scored on the same rows.

    Attributes:
        challenger: its first metric.
        comparison: with the champion; None without one, or with one that cannot score these rows.
        champion_fault: why it cannot, where the policy promotes all the same.
        slices: the comparison on each slice of the holdout, where the policy asks for it.
    """

    challenger: Measurement
    comparison: Comparison | None = None
    champion_fault: str | None = None
    slices: tuple[SliceComparison, ...] = ()


def split_rows(pipeline: ModelPipeline, rows: pd.DataFrame, changed_at: datetime | None) -> Split:
    """Return the rows to train on and the holdout; after a change of the world the holdout of a stream is shorter.

    Args:
        pipeline: the declaration.
        rows: labelled.
        changed_at: when the world is estimated to have changed; None: the level of the pipeline is kept.

    Raises:
        HoldoutError: one of the two parts has no rows.
        InvalidColumnError: a holdout in time finds no times to part the rows by.
    """
    holdout = pipeline.holdout
    if changed_at is None or not isinstance(holdout, Newest) or rows.empty:
        return holdout.split(rows)
    newest = rows[pipeline.time_column].max()
    return holdout.split(rows, length=holdout_after(holdout.length, changed_at, newest))


def fit(pipeline: ModelPipeline, training: pd.DataFrame, holdout: pd.DataFrame) -> Fitted:
    """Return the model that the pipeline's recipe makes of `training`, scored on `holdout`.

    Raises:
        TrainingError: there is nothing to learn from these rows.
        TargetClassError: the holdout has a class that the training rows lack.
    """
    return measured_on(pipeline, fit_model(pipeline, training), holdout)


def measured_on(pipeline: ModelPipeline, model: Model, holdout: pd.DataFrame) -> Fitted:
    """Return a model with what it scores on `holdout`.

    Raises:
        TargetClassError: the holdout has a class that the model does not know.
    """
    truth = encode(pipeline.target, holdout, classes=model.classes)
    scored = scored_rows(model.task, truth, model.score(holdout))
    return Fitted(
        model=model,
        measurements=tuple(measure_rows(name, scored) for name in pipeline.metrics),
        truth=scored.truth,
        scores=scored.scores,
        slices=measure_slices(pipeline.metrics, scored, slice_values(holdout, pipeline.slices)),
    )


def holdout_loss(fitted: Fitted) -> HoldoutLoss:
    """Return what a model lost on its holdout: where the level of its pipeline begins."""
    losses, excess = losses_and_excess(fitted.model.task, fitted.truth, fitted.scores)
    return HoldoutLoss(loss=sample_mean(losses), excess=sample_mean(excess))


def fit_model(pipeline: ModelPipeline, rows: pd.DataFrame, *, like: Model | None = None) -> Model:
    """Return the model that the pipeline's recipe makes of `rows`.

    Args:
        pipeline: the declaration.
        rows: labelled.
        like: a model whose params are taken, where the recipe is a search: it does not search again.

    Raises:
        MissingColumnError: a declared feature is not among the columns.
        TrainingError: there is nothing to learn from these rows.
        SearchFailedError: the recipe is a search, none of whose trials has succeeded.
    """
    classes, task = classes_of(pipeline.target, rows), task_of(pipeline.target, rows)
    features = rows[pipeline.feature_names(rows.columns)]
    target, trainer, holdout = encode(pipeline.target, rows, classes=classes), pipeline.trainer, pipeline.holdout
    if not isinstance(trainer, Search):
        return trainer.fit(features, target, task=task, classes=classes)
    if like is not None and like.recipe is not None:
        return trainer.fit_like(like.recipe, features, target, task=task, classes=classes)
    times = rows[holdout.time_column or pipeline.time_column] if isinstance(holdout, Newest) else None
    return trainer.fit(features, target, task=task, classes=classes, judged_by=pipeline.metrics[0], times=times)


def compare_on_holdout(
    pipeline: ModelPipeline, holdout: pd.DataFrame, challenger: Model, champion: Model | None
) -> HoldoutComparison:
    """Return how the challenger compares with the champion on the rows of one holdout.

    Raises:
        IncomparableModelsError: their scores are about different classes, and the policy keeps the champion then.
        InvalidInputError: the champion cannot score these rows, and the policy keeps it then.
    """
    first = pipeline.metrics[0]
    truth = encode(pipeline.target, holdout, classes=challenger.classes)
    scores = challenger.score(holdout)
    if champion is None:
        return HoldoutComparison(challenger=measure(first, challenger.task, truth, scores))
    try:
        champion_scores = _champion_scores(pipeline, champion, challenger, holdout)
    except InvalidInputError as error:
        if pipeline.promote.if_champion_fails == "keep":
            raise
        return HoldoutComparison(challenger=measure(first, challenger.task, truth, scores), champion_fault=str(error))
    comparison = compare(first, challenger.task, truth, champion_scores, scores)
    slices = _by_slice(pipeline, holdout, challenger.task, truth, (champion_scores, scores))
    return HoldoutComparison(challenger=comparison.challenger, comparison=comparison, slices=slices)


def _by_slice(
    pipeline: ModelPipeline, holdout: pd.DataFrame, task: Task, truth: np.ndarray, scores: tuple[np.ndarray, np.ndarray]
) -> tuple[SliceComparison, ...]:
    """Return how the challenger, the second of `scores`, compares with the champion on each slice."""
    if pipeline.promote.slice_margin is None:
        return ()
    champion, challenger = (scored_rows(task, truth, model_scores) for model_scores in scores)
    return compare_slices(pipeline.metrics[0], champion, challenger, slice_values(holdout, pipeline.slices))


def _champion_scores(pipeline: ModelPipeline, champion: Model, challenger: Model, holdout: pd.DataFrame) -> np.ndarray:
    if scored_about(champion) != scored_about(challenger):
        raise incomparable_classes(pipeline.name, scored_about(champion), scored_about(challenger))
    return champion.score(holdout)


def scored_about(model: Model) -> tuple[object, ...]:
    """Return what a model's scores are about: the positive class, or all classes in their order."""
    return (str(model.task), *(model.classes[-1:] if model.task is Task.BINARY else model.classes))
