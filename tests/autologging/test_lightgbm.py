"""LightGBM logs itself: each iteration as it comes, the best one, and what is seen of an evaluation set."""

import json
import subprocess
import sys

import lightgbm
import numpy as np
import pytest

from driftline.metrics import Task
from driftline.models import from_files
from driftline.plots import plots_from_json
from tests.models_of_each_task import FEATURES

QUIET = {"verbosity": -1, "num_threads": 1}
FEATURES = FEATURES[["heat", "count", "kind"]]
ESTIMATORS = {
    Task.BINARY: lightgbm.LGBMClassifier,
    Task.MULTICLASS: lightgbm.LGBMClassifier,
    Task.REGRESSION: lightgbm.LGBMRegressor,
}
OBJECTIVES = {Task.BINARY: "binary", Task.MULTICLASS: "multiclass", Task.REGRESSION: "regression"}
PLOTS = {
    Task.BINARY: {"roc", "precision_recall", "calibration", "confusion_matrix"},
    Task.MULTICLASS: {"confusion_matrix"},
    Task.REGRESSION: {"residuals"},
}


def stored_model(logged, run):
    return from_files({path.removeprefix("model/"): content for path, content in logged.files(run).items()})


def scores(fitted, features, task):
    if task is Task.REGRESSION:
        return fitted.predict(features)
    return fitted.predict_proba(features)[:, 1] if task is Task.BINARY else fitted.predict_proba(features)


@pytest.mark.parametrize("task", list(Task))
def test_an_estimator_logs_iterations_plots_examples_and_a_model_that_predicts_as_it_does(logged, halves, task):
    features, target, held_out, truth = halves(task, FEATURES)
    fitted = ESTIMATORS[task](n_estimators=12, **QUIET)
    fitted.fit(features, target, eval_X=held_out, eval_y=truth)
    run = logged.only_run()
    [metric] = fitted.evals_result_["valid_0"]
    assert logged.history(run, f"valid_0/{metric}") == fitted.evals_result_["valid_0"][metric]
    plots = logged.json(run, "plots/valid_0.json")
    assert set(plots_from_json(plots["plots"])) == PLOTS[task]
    assert plots["classes"] == [str(label) for label in getattr(fitted, "classes_", ())]
    examples = logged.json(run, "examples/valid_0.json")
    assert examples["columns"] == ["heat", "count", "kind", "truth", "prediction", "score"]
    assert [row[0] for row in examples["rows"][:10]] == held_out["heat"].head(10).tolist()
    assert np.allclose(stored_model(logged, run).score(held_out), scores(fitted, held_out, task))
    assert set(logged.json(run, "feature_importance.json")) == {"heat", "count", "kind"}


@pytest.mark.parametrize("task", list(Task))
def test_train_logs_iterations_plots_and_a_model_that_predicts_as_the_booster_does(logged, halves, task):
    features, target, held_out, truth = halves(task, FEATURES)
    params = {"objective": OBJECTIVES[task], **QUIET} | ({"num_class": 3} if task is Task.MULTICLASS else {})
    table = lightgbm.Dataset(features, target)
    seen = {}
    booster = lightgbm.train(
        params,
        table,
        12,
        valid_sets=[table, lightgbm.Dataset(held_out, truth, reference=table)],
        valid_names=["training", "later"],
        callbacks=[lightgbm.record_evaluation(seen)],
    )
    run = logged.only_run()
    [metric] = seen["later"]
    assert (run["name"], run["params"]["objective"], run["params"]["num_boost_round"]) == (
        "LightGBM",
        OBJECTIVES[task],
        12,
    )
    assert logged.history(run, f"later/{metric}") == seen["later"][metric]
    assert {path for path in logged.files(run) if "plots" in path} == {"plots/later.json"}
    assert np.allclose(stored_model(logged, run).score(held_out), booster.predict(held_out))


def test_early_stopping_logs_its_best_iteration_and_stores_the_model_of_it(logged, halves):
    features, target, held_out, truth = halves(Task.BINARY, FEATURES)
    fitted = lightgbm.LGBMClassifier(n_estimators=500, learning_rate=0.5, **QUIET)
    fitted.fit(
        features, target, eval_X=(held_out,), eval_y=(truth,), callbacks=[lightgbm.early_stopping(5, verbose=False)]
    )
    run = logged.only_run()
    assert run["metrics"]["best_iteration"] == fitted.best_iteration_ < 500
    assert run["metrics"]["best/valid_0/binary_logloss"] == fitted.best_score_["valid_0"]["binary_logloss"]
    assert np.allclose(stored_model(logged, run).score(held_out), fitted.predict_proba(held_out)[:, 1])


@pytest.mark.filterwarnings("ignore:The argument 'eval_set' is deprecated")
def test_an_evaluation_set_in_the_older_form_is_found(logged, halves):
    features, target, held_out, truth = halves(Task.REGRESSION, FEATURES)
    sets = [(features, target), (held_out, truth)]
    lightgbm.LGBMRegressor(n_estimators=3, **QUIET).fit(features, target, eval_set=sets, eval_names=["own", "later"])
    run = logged.only_run()
    assert {path for path in logged.files(run) if "plots" in path} == {"plots/later.json"}
    assert len(logged.history(run, "later/l2")) == 3


def test_the_best_iteration_of_train_is_logged(logged, halves):
    features, target, held_out, truth = halves(Task.BINARY, FEATURES)
    table = lightgbm.Dataset(features, target)
    booster = lightgbm.train(
        {"objective": "binary", "learning_rate": 0.5, **QUIET},
        table,
        500,
        valid_sets=[table.create_valid(held_out, truth)],
        callbacks=[lightgbm.early_stopping(5, verbose=False)],
    )
    run = logged.only_run()
    assert run["metrics"]["best_iteration"] == booster.best_iteration < 500
    assert run["metrics"]["best/valid_0/binary_logloss"] == booster.best_score["valid_0"]["binary_logloss"]


def test_categories_that_do_not_occur_in_training_keep_the_numbers_of_the_booster(logged, halves):
    features, target, held_out, _ = halves(Task.REGRESSION, FEATURES)
    features = features.assign(kind=features["kind"].cat.set_categories(["aspen", "élm", "pine", "oak"]))
    fitted = lightgbm.LGBMRegressor(n_estimators=12, **QUIET).fit(features, target)
    assert np.allclose(stored_model(logged, logged.only_run()).score(held_out), fitted.predict(held_out))


def test_examples_of_missing_cells_and_infinities_are_json(logged, halves):
    features, target, held_out, truth = halves(Task.BINARY, FEATURES)
    held_out = held_out.assign(
        heat=[np.nan, np.inf, *held_out["heat"][2:]], kind=held_out["kind"].cat.set_categories(["oak"])
    )
    lightgbm.LGBMClassifier(n_estimators=3, **QUIET).fit(features, target, eval_X=held_out, eval_y=truth)
    examples = json.loads(logged.files(logged.only_run())["examples/valid_0.json"], parse_constant=pytest.fail)
    assert [row[0] for row in examples["rows"][:2]] == [None, "Infinity"]
    assert {row[2] for row in examples["rows"]} == {None, "oak"}


def test_an_objective_of_ones_own_is_logged_without_a_model(logged, halves):
    features, target, _, _ = halves(Task.REGRESSION, FEATURES)

    def squares(scores, rows):
        return scores - rows.get_label(), np.ones_like(scores)

    lightgbm.train({"objective": squares, **QUIET}, lightgbm.Dataset(features, target), 3)
    run = logged.only_run()
    assert run["status"] == "finished"
    assert "model/model.json" not in logged.files(run)


def test_a_ranking_is_logged_without_a_model(logged, halves):
    features, target, _, _ = halves(Task.MULTICLASS, FEATURES)
    lightgbm.LGBMRanker(n_estimators=3, **QUIET).fit(features, target, group=[len(features)])
    run = logged.only_run()
    assert (run["name"], run["status"]) == ("LGBMRanker", "finished")
    assert "final/training/rmse" not in run["metrics"]


@pytest.mark.parametrize("order", ["before", "after"])
def test_libraries_may_be_imported_before_and_after(order):
    imports = "import lightgbm, sklearn.linear_model\n"
    script = f"""
import sys, numpy
{imports if order == "before" else ""}
from driftline.autologging import autolog
from driftline.autologging.options import Options, set_options
from driftline.autologging.training_log import What
{"assert 'lightgbm' not in sys.modules" if order == "after" else ""}
names = []
class Names:
    def active(self): return None
    def start(self, *, name, parent=None):
        names.append(name)
        raise OSError
autolog()
set_options(Options(runs=Names(), what=What()))
{imports if order == "after" else ""}
lightgbm.train({{"verbosity": -1}}, lightgbm.Dataset(numpy.ones((100, 1)), numpy.ones(100)), 1)
lightgbm.LGBMRegressor(verbosity=-1).fit([[1.0], [2.0]] * 50, [1.0, 2.0] * 50)
sklearn.linear_model.Ridge().fit([[1.0], [2.0]], [1.0, 2.0])
print(names)
"""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "['LightGBM', 'LGBMRegressor', 'Ridge']\n"
