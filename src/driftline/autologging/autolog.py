"""Turns autologging on and off."""

from types import ModuleType

from driftline.autologging.options import Options, set_options
from driftline.autologging.patching import around, around_fits, when_imported
from driftline.autologging.runs import TrackedRuns
from driftline.autologging.training_log import What
from driftline.workspace import Workspace


def autolog(
    *,
    experiment: str | None = None,
    workspace: Workspace | None = None,
    models: bool = True,
    plots: bool = True,
    examples: bool = True,
    disable: bool = False,
) -> None:
    """Log each training of scikit-learn, LightGBM and XGBoost's estimators in this process from now on.

    A training is a `fit` of what can predict, also of a pipeline or a search, and a `lightgbm.train`. Logged are its
    params, the metrics of each iteration while they come, its duration, the best iteration, metrics on up to 10,000 of
    the training rows and of each evaluation set, the model with its signature and its importance, and for evaluation
    sets plots and examples. The candidates of a search are runs below its own. What a training trains as a part of it
    is not logged again.

    It logs to the run that is going on, or to one that ends with the training. Nothing that goes wrong with logging
    stops a training; it is warned of once.

    Args:
        experiment: of the runs that it starts; by default that of `start_run`.
        workspace: where these are stored; by default where the settings say.
        models: whether models are stored.
        plots: whether plots of evaluation sets are stored.
        examples: whether examples of what is predicted for evaluation sets are stored: rows of them.
        disable: turn it off.
    """
    if disable:
        set_options(None)
        return
    what = What(models=models, plots=plots, examples=examples)
    set_options(Options(runs=TrackedRuns(experiment, workspace), what=what))
    when_imported("sklearn.base", _patch_sklearn)
    when_imported("lightgbm", _patch_lightgbm)


def _patch_sklearn(base: ModuleType) -> None:
    from driftline.autologging.sklearn_fit import logged_fit  # noqa: PLC0415 - once scikit-learn is there

    around_fits(base.BaseEstimator, logged_fit)


def _patch_lightgbm(lightgbm: ModuleType) -> None:
    from driftline.autologging.lightgbm_training import logged_train  # noqa: PLC0415 - once LightGBM is there

    lightgbm.train = lightgbm.engine.train = around(lightgbm.train, logged_train)  # type: ignore[attr-defined]
