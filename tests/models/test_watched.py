"""Trainings that are watched on rows of their own, and cut at their best iteration."""

import numpy as np
import pytest

from driftline.metrics import Task, measure
from driftline.models import LightGBM, XGBoost, from_files, to_files
from driftline.models.watch import Watch, watched_metric
from tests.models_of_each_task import CLASSES, FEATURES, SIGNAL, TARGETS

TRAINERS = {
    "lightgbm": LightGBM(trees=60, num_leaves=7, learning_rate=0.3),
    "xgboost": XGBoost(trees=60, learning_rate=0.3),
}
NOISY = {**TARGETS, Task.REGRESSION: SIGNAL + np.random.default_rng(1).normal(size=len(SIGNAL))}


class EnoughError(Exception):
    """What a watcher raises."""


def watched(trainer, task, metric, *, on_iteration=None, patience=10):
    seen = []
    watch = Watch(
        features=FEATURES[400:],
        target=NOISY[task][400:],
        metric=metric,
        patience=patience,
        on_iteration=on_iteration or (lambda step, value: seen.append((step, value))),
    )
    rows = {"task": task, "classes": CLASSES[task]}
    return trainer.fit_watched(FEATURES[:400], NOISY[task][:400], watch, **rows), seen


@pytest.mark.parametrize("trainer", TRAINERS.values(), ids=TRAINERS)
@pytest.mark.parametrize(
    ("task", "metric"),
    [
        (Task.BINARY, "auroc"),
        (Task.BINARY, "log_loss"),
        (Task.BINARY, "accuracy"),
        (Task.MULTICLASS, "log_loss"),
        (Task.MULTICLASS, "accuracy"),
        (Task.REGRESSION, "rmse"),
        (Task.REGRESSION, "mae"),
    ],
)
def test_what_is_seen_at_the_best_iteration_is_what_the_model_scores(trainer, task, metric):
    fitted, seen = watched(trainer, task, metric)
    scored = measure(metric, task, NOISY[task][400:], fitted.model.score(FEATURES[400:])).value
    assert seen[fitted.trees - 1] == (fitted.trees - 1, pytest.approx(scored, rel=1e-5))
    better = max if metric in {"auroc", "accuracy"} else min
    assert seen[fitted.trees - 1][1] == better(value for _, value in seen)


@pytest.mark.parametrize("trainer", TRAINERS.values(), ids=TRAINERS)
def test_it_stops_when_it_gets_no_better(trainer):
    fitted, seen = watched(trainer, Task.REGRESSION, "rmse", patience=5)
    assert len(seen) == fitted.trees + 5 < trainer.trees


@pytest.mark.parametrize("trainer", TRAINERS.values(), ids=TRAINERS)
def test_the_model_of_the_best_iteration_is_that_of_as_many_trees(trainer):
    fitted, _ = watched(trainer, Task.REGRESSION, "rmse")
    again = trainer.with_params({"trees": fitted.trees}).fit(
        FEATURES[:400], NOISY[Task.REGRESSION][:400], task=Task.REGRESSION
    )
    np.testing.assert_array_equal(fitted.model.score(FEATURES), again.score(FEATURES))
    loaded = from_files(to_files(fitted.model))
    np.testing.assert_array_equal(loaded.score(FEATURES), again.score(FEATURES))


@pytest.mark.parametrize("trainer", TRAINERS.values(), ids=TRAINERS)
def test_what_the_watcher_raises_ends_the_training(trainer):
    steps = []

    def enough(step, _value):
        steps.append(step)
        if step == 3:
            raise EnoughError

    with pytest.raises(EnoughError):
        watched(trainer, Task.BINARY, "auroc", on_iteration=enough)
    assert steps == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("name", "task", "expected"),
    [
        ("average_precision", Task.BINARY, "average_precision"),
        ("f1", Task.BINARY, "log_loss"),
        ("roc_auc_ovr", Task.MULTICLASS, "log_loss"),
        ("r2", Task.REGRESSION, "rmse"),
    ],
)
def test_a_metric_that_libraries_do_not_have_is_watched_by_the_loss(name, task, expected):
    assert watched_metric(name, task) == expected


def test_params_by_their_names_change_attributes_and_extra_alike():
    changed = LightGBM(extra={"cat_l2": 1.0}).with_params({"num_leaves": 7, "cat_smooth": 5.0})
    assert changed == LightGBM(num_leaves=7, extra={"cat_l2": 1.0, "cat_smooth": 5.0})
    assert XGBoost().with_params({"gamma": 1.0, "l2": 2.0}) == XGBoost(l2=2.0, extra={"gamma": 1.0})
