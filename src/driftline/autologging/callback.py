"""One callback for every library that trains in iterations, and for loops of one's own."""

from collections.abc import Mapping
from numbers import Real
from types import ModuleType
from typing import Any

from driftline.autologging.guard import safely
from driftline.autologging.patching import when_imported
from driftline.autologging.runs import Run


class _NotBefore:
    """What both libraries find under `before_iteration`: XGBoost calls it, LightGBM asks whether it is true."""

    def __call__(self, _model: Any, _epoch: int, _evals: Any) -> bool:
        """Return that the training goes on."""
        return False

    def __bool__(self) -> bool:
        """Return that the callback is called after an iteration."""
        return False


class MetricsCallback:
    """Logs the metrics of each iteration to a run while the training goes on.

    It is a callback of LightGBM (`lightgbm.train(..., callbacks=[MetricsCallback(run)])`) and of XGBoost
    (`xgboost.train(..., callbacks=[MetricsCallback(run)])`), and what a loop calls:

        metrics = MetricsCallback(run)
        for epoch in range(10):
            ...
            metrics.log(epoch, loss=loss, accuracy=accuracy)

    With Keras, `keras.callbacks.LambdaCallback(on_epoch_end=metrics.on_epoch_end)`. No error of logging stops the
    training: it is warned of once.

    Args:
        run: where to.
        prefix: before the name of each metric, such as "fold_1/".
    """

    order = 20  # of LightGBM: before early stopping, which ends the iteration
    before_iteration = _NotBefore()

    def __init__(self, run: Run, *, prefix: str = "") -> None:
        self._run, self._prefix = run, prefix
        when_imported("xgboost.callback", _join)

    def log(self, step: int, /, **metrics: Any) -> None:
        """Log metrics at a step by their names; what is not a number is left out."""
        self._log(step, metrics)

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Log what Keras says at the end of an epoch."""
        self._log(epoch, logs or {})

    def __call__(self, env: Any) -> None:
        """Log what LightGBM says at the end of an iteration: `valid_0/auc`, and of `cv` the mean and `/std`."""
        metrics: dict[str, Any] = {}
        for data, metric, value, _, *deviation in env.evaluation_result_list or ():
            metrics[f"{data}/{metric}"] = value
            if deviation:
                metrics[f"{data}/{metric}/std"] = deviation[0]
        self._log(env.iteration, metrics)

    def before_training(self, model: Any) -> Any:
        """Go on; XGBoost asks."""
        return model

    def after_training(self, model: Any) -> Any:
        """Go on; XGBoost asks."""
        return model

    def after_iteration(self, _model: Any, epoch: int, evals: Mapping[str, Mapping[str, Any]]) -> bool:
        """Log what XGBoost says at the end of an iteration: `validation_0/logloss`; of `cv` the mean and `/std`."""
        metrics: dict[str, Any] = {}
        for data, values in evals.items():
            for metric, history in values.items():
                newest = history[-1]
                mean, *deviation = newest if isinstance(newest, tuple) else (newest,)
                metrics[f"{data}/{metric}"] = mean
                if deviation:
                    metrics[f"{data}/{metric}/std"] = deviation[0]
        self._log(epoch, metrics)
        return False

    def _log(self, step: int, metrics: Mapping[str, Any]) -> None:
        numbers = {
            f"{self._prefix}{name}": number for name, value in metrics.items() if (number := _number(value)) is not None
        }
        if numbers:
            safely("the metrics of an iteration", lambda: self._run.log_metrics(numbers, step=int(step)))


def _number(value: Any) -> float | None:
    """Return a number, also one of a tensor or an array that holds it alone; None for anything else."""
    if isinstance(value, Real):
        return float(value)
    try:
        alone = value.item()
    except (AttributeError, TypeError, ValueError, RuntimeError):  # no array, or of several numbers
        return None
    return float(alone) if isinstance(alone, Real) else None


def _join(callbacks: ModuleType) -> None:
    """Have XGBoost take this class for one of its callbacks: it asks by `isinstance`."""
    callbacks.TrainingCallback.register(MetricsCallback)
