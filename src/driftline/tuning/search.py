"""A search for hyperparameters is a trainer: it tries many, and gives the model of the best."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from driftline.datasets import Label, Target, classes_of, encode, task_of
from driftline.datasets.errors import MissingColumnError
from driftline.metrics import Task, metric
from driftline.models import Model, check_training, to_files
from driftline.settings import Settings
from driftline.tracking import active_run, start_run
from driftline.tuning.declared import DeclaredSearch
from driftline.tuning.errors import invalid_search, unfit_validation
from driftline.tuning.finding import Finding, find
from driftline.tuning.recording import RunRecorder, Unrecorded
from driftline.tuning.result import SearchResult
from driftline.tuning.sampler import Sampler
from driftline.tuning.trial import Rows
from driftline.tuning.trials import Rule
from driftline.tuning.usage import usage_meter
from driftline.tuning.validation import Fold, check_folds, random_folds, time_folds

if TYPE_CHECKING:
    from driftline.workspace import Workspace

_USUAL_METRICS = {Task.BINARY: "auroc", Task.MULTICLASS: "log_loss", Task.REGRESSION: "rmse"}


class Search(DeclaredSearch):
    """How to search for the params of one or several trainers, and train with the best: `Search(LightGBM())`.

    It is a trainer: give it to a pipeline, or call `run` from a script. Trials learn from one part of the training rows
    and are judged by another; the holdout is in neither. The winner is then fitted on all training rows, with as many
    trees as were best. Each trial is a run below the run of the training. The same rows and seed give the same winner,
    unless time, CPU time or cost ends the search. Searching needs `pip install 'driftline[search]'`.
    """

    def fit(
        self,
        features: pd.DataFrame,
        target: np.ndarray,
        *,
        task: Task,
        classes: tuple[Label, ...] = (),
        seed: int | None = None,
        judged_by: str | None = None,
        times: pd.Series | None = None,
    ) -> Model:
        """Return the model of the best trial, or the blend of several; see `Trainer.fit`.

        Args:
            features: the columns to learn from, without the target.
            target: the encoded target: class indexes or values, finite, shape (n_rows,).
            task: what to predict.
            classes: the labels by class index; empty for regression.
            seed: what randomness starts from; None: the search's own, and the trainers' own.
            judged_by: the metric where the search names none; None: AUROC, log loss or RMSE.
            times: of the rows, shape (n_rows,): trials are judged by the newest ones; None: by some at random.

        Raises:
            TrainingError: there is nothing to learn from these rows.
            SearchFailedError: no trial has succeeded.
            InvalidSearchError: the rows cannot be parted, or a grid is too large.
            LibraryMissingError: Optuna, or the library of a trainer, is not installed.
        """
        return self._find(
            features, target, task=task, classes=classes, seed=seed, judged_by=judged_by, times=times
        ).model

    def fit_like(
        self,
        recipe: Mapping[str, Any],
        features: pd.DataFrame,
        target: np.ndarray,
        *,
        task: Task,
        classes: tuple[Label, ...] = (),
    ) -> Model:
        """Return a model with what an earlier search has chosen, without searching; see `fit`.

        Args:
            recipe: of the model that was chosen.
            features: the columns to learn from, without the target.
            target: the encoded target, shape (n_rows,).
            task: what to predict.
            classes: the labels by class index; empty for regression.

        Raises:
            InvalidSearchError: the recipe was chosen under another declaration.
            TrainingError: there is nothing to learn from these rows.
        """
        learnt = features if self.group is None else features.drop(columns=self.group)
        model = self.following(recipe).fit(learnt, target, task=task, classes=classes)
        return replace(model, recipe=dict(recipe))

    def run(
        self,
        frame: pd.DataFrame,
        *,
        target: str | Target,
        experiment: str | None = None,
        time_column: str | None = None,
        workspace: "Workspace | None" = None,
    ) -> SearchResult:
        """Search from a script, as a run of its own, and return what was found.

        Args:
            frame: the rows to learn from and to choose by; keep the rows for a last, honest look elsewhere.
            target: the column to predict.
            experiment: that the run belongs to; by default that of `start_run`.
            time_column: event times: trials are judged by the newest rows, and nothing learns from the column.
            workspace: where the run is stored; by default where the settings say.

        Raises:
            DriftlineError: what `fit` raises, or the target cannot be learnt.
        """
        aim = Target(target) if isinstance(target, str) else target
        task, classes = task_of(aim, frame), classes_of(aim, frame)
        if time_column is not None and time_column not in frame.columns:
            raise MissingColumnError([time_column], frame.columns)
        apart = [column for column in (aim.column, time_column) if column is not None]
        params = {"trainer": self.name, **self.params()}
        with start_run(experiment, params=params, workspace=workspace, nested=True) as run:
            run.log_input(frame, name=run.experiment)
            found = self._find(
                frame.drop(columns=apart),
                encode(aim, frame, classes=classes),
                task=task,
                classes=classes,
                times=None if time_column is None else frame[time_column],
            )
            for path, content in to_files(found.model).items():
                run.log_bytes(content, f"model/{path}")
        return SearchResult(
            model=found.model,
            trainer=found.trainer,
            best_trial=found.best_trial,
            metric=found.metric,
            value=found.value,
            leaderboard=pd.DataFrame(list(found.leaderboard)),
            stopped_by=found.stopped_by,
            run_id=run.run_id,
        )

    def _find(
        self,
        features: pd.DataFrame,
        target: np.ndarray,
        *,
        task: Task,
        classes: tuple[Label, ...],
        seed: int | None = None,
        judged_by: str | None = None,
        times: pd.Series | None = None,
    ) -> Finding:
        check_training(features, target, task=task, classes=classes)
        judge = metric(self.metric or judged_by or _USUAL_METRICS[task], task)
        groups = self._groups(features)
        learnt = features if self.group is None else features.drop(columns=self.group)
        start = self.seed if seed is None else seed
        folds = self._folds(target, task, start, groups, times)
        chosen = self.spaces(has_texts=any(_is_text(learnt[name]) for name in learnt.columns))
        limits, price, run = self.limits(chosen), Settings().price_per_hour, active_run()
        if self.cost is not None and price is None:
            raise invalid_search("its cost is limited and no price is known", "Set DRIFTLINE_PRICE_PER_HOUR.")
        sampler = Sampler(
            chosen,
            method=self.method,
            seed=start,
            greater_is_better=judge.greater_is_better,
            prune=self.prune,
            trials=limits.trials,
        )
        return find(
            sampler,
            Rows(features=learnt, target=target, task=task, classes=classes, folds=folds, seed=seed),
            Rule(
                metric=judge.name,
                limits=limits,
                most_trees=self.most_trees,
                patience=self.patience,
                blend=self.blend,
            ),
            trainers={one.label: one.trainer for one in chosen},
            recorder=Unrecorded() if run is None else RunRecorder(run),
            usage=usage_meter(price_per_hour=price),
        )

    def _groups(self, features: pd.DataFrame) -> np.ndarray | None:
        if self.group is None:
            return None
        if self.group not in features.columns:
            raise MissingColumnError([self.group], features.columns)
        return features[self.group].to_numpy()

    def _folds(
        self, target: np.ndarray, task: Task, seed: int, groups: np.ndarray | None, times: pd.Series | None
    ) -> tuple[Fold, ...]:
        if times is None:
            folds = random_folds(target, task=task, share=self.share, count=self.folds, seed=seed, groups=groups)
        else:
            if times.isna().any():
                fault = f"{int(times.isna().sum())} of {len(times)} rows have no time"
                raise unfit_validation(fault, "Leave these rows out.")
            folds = time_folds(pd.factorize(times, sort=True)[0], share=self.share, count=self.folds)
        check_folds(folds, target, task)
        return folds


def _is_text(column: pd.Series) -> bool:
    return column.dtype.kind not in "iufbM"
