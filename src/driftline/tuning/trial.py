"""One trial: params of a trainer, measured on rows that it did not learn from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from statistics import fmean

import numpy as np
import pandas as pd

from driftline.datasets import Label
from driftline.metrics import Task, measure
from driftline.models import BoostingTrainer, Model, Param, Trainer, Watch, watched_metric
from driftline.tuning.errors import SearchFailedError
from driftline.tuning.validation import Fold


class TrialStatus(StrEnum):
    """How a trial ended."""

    COMPLETE = "complete"
    PRUNED = "pruned"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True, eq=False)
class Rows:
    """The rows that a search learns from and chooses by.

    Attributes:
        features: the columns to learn from.
        target: encoded, shape (n_rows,).
        task: what it is.
        classes: the labels by class index.
        folds: which rows are for what.
        seed: what randomness of a training starts from; None: the trainer's own.
    """

    features: pd.DataFrame
    target: np.ndarray
    task: Task
    classes: tuple[Label, ...]
    folds: tuple[Fold, ...]
    seed: int | None = None

    @property
    def truth(self) -> tuple[np.ndarray, ...]:
        """Return the target of the validation rows, fold by fold."""
        return tuple(self.target[fold.validation] for fold in self.folds)


@dataclass(frozen=True, kw_only=True, eq=False)
class Trial:
    """What came of a trial.

    Attributes:
        number: from 0 on, in the order of the trials.
        place: of the trainer in the search.
        label: the trainer's name.
        params: what was chosen of it, with `trees` where they were found by watching.
        status: how it ended.
        value: of the metric, the mean over the folds; None where it has none.
        seconds: how long it took.
        error: why it failed.
        run_id: of its run; None where it has none.
        scores: what its models predict for the validation rows, fold by fold.
    """

    number: int
    place: int
    label: str
    params: Mapping[str, Param]
    status: TrialStatus
    value: float | None
    seconds: float
    error: str | None = None
    run_id: str | None = None
    scores: tuple[np.ndarray, ...] = field(default=(), repr=False)


@dataclass(frozen=True, kw_only=True, eq=False)
class Evaluation:
    """What a trainer is worth by its validation rows.

    Attributes:
        value: of the metric, the mean over the folds.
        trees: boosting rounds that were best, the mean over the folds; None of a trainer without them.
        scores: what its models predict for the validation rows, fold by fold.
    """

    value: float
    trees: int | None
    scores: tuple[np.ndarray, ...]


Report = Callable[[int, int | None, float], None]


def evaluate(trainer: Trainer, rows: Rows, *, metric: str, patience: int, report: Report) -> Evaluation:
    """Return what a trainer is worth by the rows of each fold that it did not learn from.

    Args:
        trainer: with all of its params; one that boosts has the most trees that there may be.
        rows: with their folds.
        metric: what it is judged by.
        patience: iterations without a better value after which a training ends.
        report: called with the fold, the iteration and the value of what is watched after each iteration, and after
            each fold of a trainer that does not boost with None and the value of the metric; what it raises ends the
            trial.

    Raises:
        SearchFailedError: the metric has no value.
        DriftlineError: the trainer cannot learn from these rows, or its scores cannot be measured.
    """
    values, trees, scores = [], [], []
    for number, fold in enumerate(rows.folds):
        watch = Watch(
            features=rows.features.iloc[fold.validation],
            target=rows.target[fold.validation],
            metric=watched_metric(metric, rows.task),
            patience=patience,
            on_iteration=partial(report, number),
        )
        model, rounds = _fit(trainer, rows, fold, watch)
        scored = model.score(watch.features)
        values.append(value_of(metric, rows.task, watch.target, scored))
        scores.append(scored)
        if rounds is None:
            report(number, None, values[-1])
        else:
            trees.append(rounds)
    return Evaluation(value=fmean(values), trees=max(1, round(fmean(trees))) if trees else None, scores=tuple(scores))


def value_of(metric: str, task: Task, truth: np.ndarray, scores: np.ndarray) -> float:
    """Return the value of a metric.

    Raises:
        SearchFailedError: it has none on these rows.
        InvalidScoresError: scores are not what the task asks for, as NaN.
    """
    measured = measure(metric, task, truth, scores)
    if measured.value is None:
        raise SearchFailedError(f"The metric {metric} has no value: {measured.note}. Look at the validation rows.")
    return measured.value


def mean_value(metric: str, task: Task, truth: Sequence[np.ndarray], scores: Sequence[np.ndarray]) -> float:
    """Return the mean of a metric over the folds."""
    return fmean(value_of(metric, task, own, scored) for own, scored in zip(truth, scores, strict=True))


def _fit(trainer: Trainer, rows: Rows, fold: Fold, watch: Watch) -> tuple[Model, int | None]:
    features, target = rows.features.iloc[fold.training], rows.target[fold.training]
    if not isinstance(trainer, BoostingTrainer):
        return trainer.fit(features, target, task=rows.task, classes=rows.classes, seed=rows.seed), None
    fitted = trainer.fit_watched(features, target, watch, task=rows.task, classes=rows.classes, seed=rows.seed)
    return fitted.model, fitted.trees
