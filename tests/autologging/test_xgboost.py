"""XGBoost's estimators log themselves: each iteration as it comes, and a model in XGBoost's own format."""

import numpy as np
import pytest

from driftline.metrics import Task
from driftline.models import from_files
from tests.models_of_each_task import FEATURES

xgboost = pytest.importorskip("xgboost")
NUMBERS = FEATURES[["heat", "count"]]
QUIET = {"n_jobs": 1, "verbosity": 0}
ESTIMATORS = {Task.BINARY: "XGBClassifier", Task.MULTICLASS: "XGBClassifier", Task.REGRESSION: "XGBRegressor"}


def stored_model(logged, run):
    return from_files({path.removeprefix("model/"): content for path, content in logged.files(run).items()})


def scores(fitted, features, task):
    if task is Task.REGRESSION:
        return fitted.predict(features)
    return fitted.predict_proba(features)[:, 1] if task is Task.BINARY else fitted.predict_proba(features)


@pytest.mark.parametrize("task", list(Task))
def test_an_estimator_logs_iterations_plots_and_a_model_that_predicts_as_it_does(logged, halves, task):
    features, target, held_out, truth = halves(task, NUMBERS)
    fitted = getattr(xgboost, ESTIMATORS[task])(n_estimators=12, **QUIET)
    fitted.fit(features, target, eval_set=[(held_out, truth)], verbose=False)
    run = logged.only_run()
    [(metric, seen)] = fitted.evals_result()["validation_0"].items()
    assert (run["name"], run["params"]["n_estimators"]) == (ESTIMATORS[task], 12)
    assert logged.history(run, f"validation_0/{metric}") == seen
    assert "plots/validation_0.json" in logged.files(run)
    assert np.allclose(stored_model(logged, run).score(held_out), scores(fitted, held_out, task))
    assert set(logged.json(run, "feature_importance.json")) == {"heat", "count"}
    assert fitted.callbacks is None


def test_early_stopping_stores_the_model_of_the_best_iteration(logged, halves):
    features, target, held_out, truth = halves(Task.REGRESSION, NUMBERS)
    fitted = xgboost.XGBRegressor(n_estimators=200, learning_rate=0.9, early_stopping_rounds=3, **QUIET)
    fitted.fit(features, target, eval_set=[(held_out, truth)], verbose=False)
    run = logged.only_run()
    assert run["metrics"]["best_iteration"] == fitted.best_iteration < 199
    assert np.allclose(stored_model(logged, run).score(held_out), fitted.predict(held_out))


def test_a_model_on_text_is_left_out_and_the_rest_is_logged(logged, halves, caplog):
    features, target, _, _ = halves(Task.REGRESSION, FEATURES[["heat", "kind"]])
    xgboost.XGBRegressor(n_estimators=3, enable_categorical=True, **QUIET).fit(features, target)
    run = logged.only_run()
    assert "model/model.json" not in logged.files(run)
    assert run["metrics"]["final/training/r2"] > 0
