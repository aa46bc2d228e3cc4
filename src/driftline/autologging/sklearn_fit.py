"""The `fit` of scikit-learn's estimators, and of those that other libraries build in their image."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from driftline.autologging.callback import MetricsCallback
from driftline.autologging.guard import is_part_of_training, run_of, safely, training
from driftline.autologging.options import Options, current
from driftline.autologging.parameters import class_of, params_of
from driftline.autologging.rows import sampled, table_of
from driftline.autologging.runs import Run
from driftline.autologging.search import log_search
from driftline.autologging.training_log import TrainingLog
from driftline.models import any_fitted, is_of, own_importance, question_of


def logged_fit(fit: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Return what a `fit` returns, and log what went in and what came out.

    What predicts nothing, as a scaler, is not logged; nor is what another training fits as a part of it.
    """
    estimator, options = args[0], current()
    if options is None or is_part_of_training():
        return fit(*args, **kwargs)
    name = safely("a training", lambda: class_of(estimator) if hasattr(estimator, "predict") else None)
    if name is None:
        return fit(*args, **kwargs)
    with training(), run_of(options.runs, name) as run:
        if run is None:
            return fit(*args, **kwargs)
        return _fit(options, run, fit, args, kwargs)


def _fit(options: Options, run: Run, fit: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    estimator, log = args[0], TrainingLog(run=run, what=options.what)
    given = dict(zip(("X", "y"), args[1:], strict=False)) | kwargs
    safely("the params", lambda: log.params({"estimator": type(estimator).__name__, **params_of(estimator)}))
    with _listening(estimator, log, kwargs) as listened:
        result = fit(*args, **listened)
    safely("the duration", log.duration)
    safely("the fitted estimator", lambda: _log_fitted(log, estimator, given))
    safely("the search", lambda: log_search(options.runs, run, estimator, prefix=log.prefix))
    return result


@contextmanager
def _listening(estimator: Any, log: TrainingLog, kwargs: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give the arguments of a fit that logs its iterations: LightGBM takes a callback there, XGBoost as a parameter."""
    callback = MetricsCallback(log.run, prefix=log.prefix)
    if is_of(estimator, "LGBMModel"):
        yield {**kwargs, "callbacks": [*(kwargs.get("callbacks") or ()), callback]}
    elif is_of(estimator, "XGBModel"):
        before = estimator.callbacks
        estimator.callbacks = [*(before or ()), callback]
        try:
            yield kwargs
        finally:
            estimator.callbacks = before
    else:
        yield kwargs


def _log_fitted(log: TrainingLog, estimator: Any, given: Mapping[str, Any]) -> None:
    safely("the best iteration", lambda: _log_best_iteration(log, estimator))
    question = question_of(estimator)
    if question is None:
        return
    rows = sampled(given.get("X"), given.get("y"))
    if rows is not None:
        log.evaluation("training", estimator, rows, question, is_held_out=False)
    for name, (inputs, truth) in _evaluation_sets(estimator, given).items():
        held_out = sampled(inputs, truth)
        if held_out is not None and inputs is not given.get("X"):
            log.evaluation(name, estimator, held_out, question, is_held_out=True)
    table = table_of(given.get("X"))
    if table is not None:
        best = getattr(estimator, "best_estimator_", estimator)
        model = safely("the model", lambda: any_fitted(best, table, question))
        if model is not None:
            safely("the model", lambda: log.model(model))
        safely("the feature importance", lambda: _log_pipeline_importance(log, estimator))


def _log_best_iteration(log: TrainingLog, estimator: Any) -> None:
    """Log where early stopping found the best iteration: LightGBM counts from 1, XGBoost from 0."""
    if is_of(estimator, "LGBMModel"):
        if estimator.best_iteration_:  # 0 is none
            log.metrics({"best_iteration": float(estimator.best_iteration_)} | best_scores(estimator.best_score_))
    elif is_of(estimator, "XGBModel") and hasattr(estimator, "best_iteration"):
        log.metrics({"best_iteration": float(estimator.best_iteration), "best_score": float(estimator.best_score)})


def best_scores(scores: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Return LightGBM's metrics at the best iteration, such as `best/valid_0/auc`."""
    return {
        f"best/{data}/{metric}": float(value) for data, values in scores.items() for metric, value in values.items()
    }


def _log_pipeline_importance(log: TrainingLog, estimator: Any) -> None:
    """Store the importance of the columns that the last step of a pipeline has read."""
    pipeline = getattr(estimator, "best_estimator_", estimator)
    steps = getattr(pipeline, "steps", None)
    if not steps or len(steps) < 2:
        return
    shares = own_importance(steps[-1][1], [str(name) for name in pipeline[:-1].get_feature_names_out()])
    if shares:
        log.importance(shares)


def _evaluation_sets(estimator: Any, given: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return the evaluation sets of a fit of LightGBM or XGBoost by the names that the library gives them."""
    sets = given.get("eval_set") or ()
    sets = [sets] if isinstance(sets, tuple) and len(sets) == 2 and not isinstance(sets[0], tuple) else list(sets)
    if given.get("eval_X") is not None:  # LightGBM from 4.7 on
        inputs, truths = given["eval_X"], given["eval_y"]
        sets = list(zip(inputs, truths, strict=False)) if isinstance(inputs, tuple) else [(inputs, truths)]
    stem = "valid" if is_of(estimator, "LGBMModel") else "validation"
    names = given.get("eval_names") or [f"{stem}_{number}" for number in range(len(sets))]
    return {name: (one[0], one[1]) for name, one in zip(names, sets, strict=False)}
