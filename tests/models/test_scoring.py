"""Scores: their shape, what they do not depend on, and what is refused."""

import time
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from driftline.datasets.errors import MissingColumnError
from driftline.metrics import Task
from driftline.models import LightGBM
from driftline.models.errors import (
    ScoringError,
)
from tests.models_of_each_task import CLASSES, EVERY, FEATURES, ROWS, TARGETS, TRAINERS, pipeline, trained


@pytest.mark.parametrize(("flavor", "task"), EVERY)
def test_scores_have_the_shape_of_the_task_and_are_good(flavor, task):
    model = trained(flavor, task)
    scores = model.score(FEATURES)
    assert scores.shape == ((ROWS, 3) if task is Task.MULTICLASS else (ROWS,))
    truth = TARGETS[task]
    if task is Task.REGRESSION:
        assert np.corrcoef(scores, truth)[0, 1] > 0.9
    else:
        labels = np.array(CLASSES[task], dtype=object)[truth]
        assert (model.predict(FEATURES).to_numpy() == labels).mean() > 0.8


@pytest.mark.parametrize("flavor", TRAINERS)
def test_predictions_keep_the_index_and_probabilities_add_up_to_one(flavor):
    model = trained(flavor, Task.BINARY)
    given = FEATURES.head(3).set_axis(["a", "b", "c"])
    likely = model.predict_proba(given)
    assert list(likely.columns) == ["no", "yes"]
    assert likely.index.tolist() == model.predict(given).index.tolist() == ["a", "b", "c"]
    np.testing.assert_allclose(likely.sum(axis=1), 1)
    np.testing.assert_array_equal(likely["yes"], model.score(given))


@pytest.mark.parametrize(("flavor", "task"), EVERY)
def test_no_rows_give_no_scores(flavor, task):
    model = trained(flavor, task)
    assert len(model.score(FEATURES[:0])) == 0
    assert model.predict(FEATURES[:0]).empty


@pytest.mark.parametrize("flavor", TRAINERS)
def test_scoring_enforces_the_signature(flavor):
    with pytest.raises(MissingColumnError, match="'kind'"):
        trained(flavor, Task.BINARY).score(FEATURES.drop(columns="kind"))


@pytest.mark.parametrize("flavor", TRAINERS)
def test_how_text_is_held_changes_no_score(flavor):
    model = trained(flavor, Task.BINARY)
    as_text = FEATURES.assign(kind=FEATURES["kind"].astype(object))
    np.testing.assert_array_equal(model.score(as_text), model.score(FEATURES))


def test_lightgbm_reads_a_new_category_as_missing():
    model = trained("lightgbm", Task.BINARY)
    new, missing = FEATURES.assign(kind="maple"), FEATURES.assign(kind=None)
    np.testing.assert_array_equal(model.score(new), model.score(missing))


def test_lightgbm_scores_do_not_depend_on_how_many_rows_are_scored():
    model = trained("lightgbm", Task.BINARY)
    many = pd.concat([FEATURES] * 3, ignore_index=True)
    np.testing.assert_array_equal(model.score(many)[:ROWS], model.score(FEATURES))


def test_lightgbm_takes_a_time_as_a_number():
    late = (FEATURES["when"] > pd.Timestamp("2026-01-10", tz="UTC")).to_numpy().astype(int)
    features = FEATURES[["when", "heat"]]
    model = LightGBM(trees=5).fit(features, late, task=Task.BINARY, classes=("early", "late"))
    assert model.feature_importance["when"] > 0.9
    in_nanoseconds = features.assign(when=features["when"].dt.as_unit("ns"))
    np.testing.assert_array_equal(model.score(in_nanoseconds), model.score(features))


def test_sklearn_gives_a_class_without_training_rows_no_probability():
    model = pipeline(LogisticRegression()).fit(
        FEATURES, TARGETS[Task.BINARY] * 2, task=Task.MULTICLASS, classes=("a", "b", "c")
    )
    scores = model.score(FEATURES)
    assert (scores[:, 1] == 0).all()
    np.testing.assert_allclose(scores.sum(axis=1), 1)


def test_a_regression_has_no_probabilities():
    with pytest.raises(ScoringError, match="regression"):
        trained("lightgbm", Task.REGRESSION).predict_proba(FEATURES)


def test_a_small_table_is_scored_within_milliseconds():
    model = trained("lightgbm", Task.BINARY)
    rows = FEATURES.head(48)

    def elapsed():
        start = time.perf_counter()
        model.score(rows)
        return time.perf_counter() - start

    # The best of many is what the code takes; the others are what a busy machine adds.
    assert min(elapsed() for _ in range(50)) < 0.005


class Broken:
    def score(self, _features):
        raise ValueError("the oven is cold")

    def to_bytes(self):
        return b""


def test_an_estimator_that_raises_is_named_with_its_words():
    model = replace(trained("lightgbm", Task.BINARY), estimator=Broken())
    with pytest.raises(ScoringError, match="ValueError: the oven is cold"):
        model.score(model.example)
