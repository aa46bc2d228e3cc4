"""LightGBM's own `train`."""

import inspect
import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from driftline.autologging.callback import MetricsCallback
from driftline.autologging.guard import is_part_of_training, run_of, safely, training
from driftline.autologging.options import Options, current
from driftline.autologging.parameters import plain_params
from driftline.autologging.rows import Rows, sampled, table_of
from driftline.autologging.runs import Run
from driftline.autologging.sklearn_fit import best_scores
from driftline.autologging.training_log import TrainingLog
from driftline.metrics import Task
from driftline.models import Question, fitted_booster

_REGRESSIONS = frozenset(
    {"regression", "regression_l1", "huber", "fair", "poisson", "quantile", "mape", "gamma", "tweedie"}
)


def logged_train(train: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Return what `lightgbm.train` returns, and log what went in, each iteration, and what came out."""
    options = current()
    if options is None or is_part_of_training():
        return train(*args, **kwargs)
    with training(), run_of(options.runs, "LightGBM") as run:
        bound = None if run is None else safely("a training", lambda: inspect.signature(train).bind(*args, **kwargs))
        if run is None or bound is None:
            return train(*args, **kwargs)
        bound.apply_defaults()
        return _train(options, run, train, bound)


def _train(options: Options, run: Run, train: Callable[..., Any], bound: inspect.BoundArguments) -> Any:
    log, given = TrainingLog(run=run, what=options.what), bound.arguments
    safely("the params", lambda: _log_params(log, given))
    rows = safely("the rows", lambda: _rows(given)) or {}  # before LightGBM frees them
    table = safely("the rows", lambda: table_of(given["train_set"].data))
    callback = MetricsCallback(run, prefix=log.prefix)
    given["callbacks"] = [*(given.get("callbacks") or ()), callback]
    booster = train(*bound.args, **bound.kwargs)
    safely("the duration", log.duration)
    safely("the best iteration", lambda: _log_best_iteration(log, booster))
    question = safely("the objective", lambda: _question(booster))
    if question is not None:
        for name, one in rows.items():
            fitted = _Scores(booster)
            log.evaluation(name, fitted, one, question, is_held_out=name != "training")
        if table is not None:
            safely(
                "the model",
                lambda: log.model(fitted_booster(booster, table, task=question.task, classes=question.classes)),
            )
    return booster


def _log_params(log: TrainingLog, given: Mapping[str, Any]) -> None:
    rounds = {"num_boost_round": given["num_boost_round"]}
    log.params({"estimator": "lightgbm", **rounds, **plain_params(given["params"])})


def _log_best_iteration(log: TrainingLog, booster: Any) -> None:
    if booster.best_iteration > 0:  # early stopping has found one
        log.metrics({"best_iteration": float(booster.best_iteration)} | best_scores(booster.best_score))


def _rows(given: Mapping[str, Any]) -> dict[str, Rows]:
    """Return a sample of the training rows and of each other set that the training measures, by name."""
    sets = given["valid_sets"] or []
    sets = sets if isinstance(sets, list | tuple) else [sets]
    names = given["valid_names"] or [f"valid_{number}" for number in range(len(sets))]
    named = dict(zip([names] if isinstance(names, str) else names, sets, strict=False))
    held_out = {name: one for name, one in named.items() if one is not given["train_set"]}
    samples = {name: sampled(one.data, one.label) for name, one in {"training": given["train_set"], **held_out}.items()}
    return {name: one for name, one in samples.items() if one is not None}


def _question(booster: Any) -> Question | None:
    """Return what a booster predicts; None where its objective is another, such as a ranking."""
    found = re.search(r"^objective=(\w+)", booster.model_to_string(num_iteration=1), re.MULTILINE)
    objective = found[1] if found else ""
    if objective == "binary":
        return Question(task=Task.BINARY, classes=(0, 1))
    if objective in {"multiclass", "multiclassova"}:
        return Question(task=Task.MULTICLASS, classes=tuple(range(booster.num_model_per_iteration())))
    return Question(task=Task.REGRESSION, classes=()) if objective in _REGRESSIONS else None


class _Scores:
    """A booster that answers as scikit-learn's estimators do."""

    def __init__(self, booster: Any) -> None:
        self.predict = booster.predict

    def predict_proba(self, inputs: Any) -> np.ndarray:
        """Return probabilities, shape (n_rows, n_classes)."""
        scores = np.asarray(self.predict(inputs))
        return np.column_stack([1 - scores, scores]) if scores.ndim == 1 else scores
