"""Training: what a recipe is given, what it records and what it refuses."""

import json

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import RandomForestRegressor, StackingClassifier, VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC, LinearSVC

from driftline.metrics import Task
from driftline.models import LightGBM, Sklearn, to_files
from driftline.models.errors import (
    TrainingError,
)
from tests.models_of_each_task import FEATURES, ROWS, SIGNAL, TARGETS, TRAINERS, pipeline, trained


@pytest.mark.parametrize("flavor", TRAINERS)
def test_importance_is_a_share_and_finds_the_signal(flavor):
    importance = trained(flavor, Task.BINARY).feature_importance
    assert sum(importance.values()) == pytest.approx(1)
    assert set(importance) == set(FEATURES.columns)
    assert next(iter(importance)) == "heat"


def test_another_seed_gives_another_model():
    assert to_files(trained("lightgbm", Task.BINARY, seed=1)) != to_files(trained("lightgbm", Task.BINARY, seed=2))


def test_lightgbm_params_are_what_was_chosen():
    params = LightGBM(num_leaves=15, extra={"cat_smooth": 20}).params()
    assert params["num_leaves"] == 15
    assert params["cat_smooth"] == 20


def test_lightgbm_refuses_extra_params_that_it_sets_itself():
    with pytest.raises(TrainingError, match="num_leaves, seed in extra"):
        LightGBM(extra={"seed": 1, "num_leaves": 3})


def test_sklearn_params_are_plain_and_its_name_is_the_last_step():
    trainer = pipeline(LogisticRegression(C=0.5))
    assert trainer.name == "LogisticRegression"
    assert trainer.params()["logisticregression__C"] == 0.5
    json.dumps(trainer.params())


def test_sklearn_leaves_the_given_estimator_unfitted():
    trainer = pipeline(LogisticRegression())
    trainer.fit(FEATURES, TARGETS[Task.BINARY], task=Task.BINARY, classes=("no", "yes"))
    assert not hasattr(trainer.estimator[-1], "coef_")


def test_sklearn_seeds_what_leaves_its_randomness_open():
    forest = Sklearn(RandomForestRegressor(5), trusted=("sklearn.tree._tree.Tree",))
    one, again, other = (
        forest.fit(FEATURES[["heat"]], SIGNAL, task=Task.REGRESSION, seed=seed).score(FEATURES) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(one, again)
    assert (one != other).any()


class Fallback(ClassifierMixin, BaseEstimator):
    """A classifier of somebody's own that is another one once it is fitted; it counts its fittings."""

    fits = 0

    def __init__(self, last=None):
        self.last = last

    def fit(self, x, y):
        type(self).fits += 1
        self.chosen_ = (self.last or GaussianNB()).fit(x, y)
        self.classes_ = self.chosen_.classes_
        return self

    def predict(self, x):
        return self.chosen_.predict(x)

    def __getattr__(self, name):
        if name == "predict_proba" and "chosen_" in vars(self):
            return getattr(self.chosen_, name)
        raise AttributeError(name)


def fitted_on_heat(estimator):
    trainer = Sklearn(estimator, trusted=("tests.models.test_training.Fallback",))
    rows = {"features": FEATURES[["heat"]], "target": TARGETS[Task.BINARY]}
    return trainer.fit(**rows, task=Task.BINARY, classes=("no", "yes"))


PARTS = [("a", LogisticRegression()), ("b", GaussianNB())]


@pytest.mark.parametrize(
    "estimator",
    [
        StackingClassifier(PARTS, cv=2),
        make_pipeline(StackingClassifier(PARTS, cv=2)),
        OneVsRestClassifier(StackingClassifier(PARTS, cv=2)),
        Fallback(),
    ],
)
def test_sklearn_takes_a_classifier_that_has_probabilities_once_it_is_fitted(estimator):
    scores = fitted_on_heat(estimator).score(FEATURES)
    assert ((scores > 0.5) == TARGETS[Task.BINARY]).mean() > 0.8


@pytest.mark.parametrize(
    "estimator",
    [
        LinearSVC(),
        SVC(),
        VotingClassifier(PARTS),
        StackingClassifier(PARTS, final_estimator=LinearSVC(), cv=2),
        Fallback(LinearSVC()),
    ],
)
def test_sklearn_refuses_a_classifier_without_probabilities(estimator):
    with pytest.raises(TrainingError, match="has no predict_proba, which the task binary needs"):
        fitted_on_heat(estimator)


@pytest.mark.parametrize("last", [LinearSVC(), SVC()])
def test_sklearn_refuses_before_it_fits_where_no_fitting_could_help(last):
    before = Fallback.fits
    with pytest.raises(TrainingError, match="has no predict_proba"):
        fitted_on_heat(make_pipeline(Fallback(), last))
    assert Fallback.fits == before


@pytest.mark.parametrize(
    ("target", "classes", "message"),
    [
        (np.zeros(ROWS), ("no", "yes"), "one class index"),
        (np.zeros(3), ("no", "yes"), r"shape \(3,\)"),
        (np.full(ROWS, np.nan), ("no", "yes"), "600 targets are not finite"),
        (np.arange(ROWS) % 3, ("no", "yes"), "class indexes 0 to 2 and 2 class labels"),
        (np.arange(ROWS) % 2, (), "0 class labels"),
    ],
)
def test_rows_that_teach_nothing_are_refused(target, classes, message):
    for trainer in (LightGBM(), pipeline(LogisticRegression())):
        with pytest.raises(TrainingError, match=message):
            trainer.fit(FEATURES, target, task=Task.BINARY, classes=classes)


def test_an_empty_table_is_refused():
    with pytest.raises(TrainingError, match=r"shape \(0, 6\)"):
        LightGBM().fit(FEATURES[:0], np.zeros(0), task=Task.REGRESSION)
