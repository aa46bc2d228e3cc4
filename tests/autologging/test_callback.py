"""One callback for every library that trains in iterations, and for loops of one's own."""

import logging
import subprocess
import sys

import lightgbm
import numpy as np
import pytest

from driftline.autologging import MetricsCallback
from driftline.autologging.guard import _WARNED
from driftline.experiments import metric_history
from driftline.tracking import start_run
from tests.models_of_each_task import FEATURES, SIGNAL

NUMBERS = FEATURES[["heat", "count"]]
LIGHTGBM = {"objective": "regression", "verbosity": -1, "num_threads": 1}


class Kept:
    """A run that keeps what is logged to it, in order."""

    run_id = "kept"

    def __init__(self):
        self.points = []

    def log_metrics(self, metrics, *, step=0):
        self.points.append((step, dict(metrics)))

    def series(self, key):
        return [metrics[key] for _, metrics in self.points]


class Tensor:
    """Numbers as torch has them."""

    def __init__(self, *values):
        self.values = values

    def item(self):
        if len(self.values) != 1:
            raise RuntimeError("a Tensor with several elements cannot be converted to Scalar")
        return self.values[0]


def test_a_loop_logs_what_it_names_at_its_steps(workspace):
    with start_run("loop", workspace=workspace) as run:
        metrics = MetricsCallback(run, prefix="fold_1/")
        for epoch in range(3):
            metrics.log(epoch, loss=1 / (epoch + 1), accuracy=np.float32(0.5))
    points = metric_history(workspace, run.run_id, "fold_1/loss")
    assert [(point.step, point.value) for point in points] == [(0, 1.0), (1, 0.5), (2, 1 / 3)]
    assert len(metric_history(workspace, run.run_id, "fold_1/accuracy")) == 3


def test_numbers_of_any_kind_are_logged_and_the_rest_is_left_out():
    run = Kept()
    MetricsCallback(run).log(
        0,
        a=1,
        b=np.float64(0.5),
        c=np.array(2.0),
        d=Tensor(3.0),
        e="text",
        f=None,
        g=np.arange(3),
        h=True,
        i=Tensor(1.0, 2.0),
    )
    assert run.points == [(0, {"a": 1.0, "b": 0.5, "c": 2.0, "d": 3.0, "h": 1.0})]


def test_keras_logs_at_the_end_of_an_epoch():
    run = Kept()
    callback = MetricsCallback(run)
    callback.on_epoch_end(0, {"loss": 0.5})
    callback.on_epoch_end(1, None)
    assert run.points == [(0, {"loss": 0.5})]


def test_lightgbm_logs_each_iteration_and_the_spread_over_folds():
    run, table = Kept(), lightgbm.Dataset(NUMBERS, SIGNAL)
    history = lightgbm.cv(LIGHTGBM, table, 5, nfold=3, stratified=False, callbacks=[MetricsCallback(run)])
    assert [step for step, _ in run.points] == [0, 1, 2, 3, 4]
    assert run.series("valid/l2") == history["valid l2-mean"]
    assert run.series("valid/l2/std") == history["valid l2-stdv"]


def test_the_iteration_that_stops_a_training_early_is_logged():
    run, table = Kept(), lightgbm.Dataset(NUMBERS[::2], SIGNAL[::2])
    callbacks = [lightgbm.early_stopping(3, verbose=False), MetricsCallback(run)]
    later = table.create_valid(NUMBERS[1::2], SIGNAL[1::2])
    booster = lightgbm.train(LIGHTGBM | {"learning_rate": 0.9}, table, 500, valid_sets=[later], callbacks=callbacks)
    assert len(run.points) == booster.best_iteration + 3


def test_xgboost_logs_each_iteration_and_the_spread_over_folds():
    xgboost = pytest.importorskip("xgboost")
    run, table, seen = Kept(), xgboost.DMatrix(NUMBERS, SIGNAL), {}
    xgboost.train(
        {"nthread": 1},
        table,
        4,
        evals=[(table, "own")],
        evals_result=seen,
        verbose_eval=False,
        callbacks=[MetricsCallback(run)],
    )
    assert [step for step, _ in run.points] == [0, 1, 2, 3]
    assert run.series("own/rmse") == seen["own"]["rmse"]
    folds = Kept()
    table = xgboost.cv({"nthread": 1}, table, 4, nfold=3, callbacks=[MetricsCallback(folds)])
    assert folds.series("test/rmse") == table["test-rmse-mean"].tolist()
    assert folds.series("test/rmse/std") == table["test-rmse-std"].tolist()


def test_a_run_that_does_not_take_it_stops_no_training_and_is_warned_of_once(caplog):
    _WARNED.clear()

    class Broken:
        run_id = "broken"

        def log_metrics(self, metrics, *, step=0):
            raise OSError("no answer")

    table = lightgbm.Dataset(NUMBERS, SIGNAL)
    with caplog.at_level(logging.WARNING):
        booster = lightgbm.train(LIGHTGBM, table, 3, valid_sets=[table], callbacks=[MetricsCallback(Broken())])
    assert booster.num_trees() == 3
    assert [record.message for record in caplog.records] == [
        "Autologging leaves out the metrics of an iteration: OSError: no answer"
    ]


def test_xgboost_may_be_imported_after_a_callback_is_made():
    pytest.importorskip("xgboost")
    script = """
from driftline.autologging import MetricsCallback
class Printed:
    run_id = "printed"
    def log_metrics(self, metrics, *, step=0):
        print(step, *metrics)
callback = MetricsCallback(Printed())
import numpy, xgboost
table = xgboost.DMatrix(numpy.ones((9, 1)), numpy.ones(9))
xgboost.train({}, table, 2, evals=[(table, "own")], verbose_eval=False, callbacks=[callback])
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "0 own/rmse\n1 own/rmse\n"
