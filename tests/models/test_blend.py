"""A blend: the weighted mean of models that were trained on the same rows, stored as the files of its members."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression, LogisticRegression

from driftline import Blend, LightGBM, XGBoost, load_model
from driftline.metrics import Task
from driftline.models import from_files, to_files
from driftline.models.errors import ModelFilesError, TrainingError
from tests.models_of_each_task import CLASSES, FEATURES, TARGETS, pipeline
from tests.retrainings import retrain
from tests.streams import persons, read_persons

BOOSTED = LightGBM(trees=5, num_leaves=7), XGBoost(trees=5, max_depth=3)


def linear(task):
    return pipeline(LinearRegression() if task is Task.REGRESSION else LogisticRegression())


def blended(task, **options):
    return Blend(*BOOSTED, linear(task), **options).fit(FEATURES, TARGETS[task], task=task, classes=CLASSES[task])


@pytest.mark.parametrize("task", list(Task))
def test_its_scores_and_its_importance_are_the_weighted_means_of_its_members(task):
    model, weights = blended(task, weights=(2, 1, 1)), (0.5, 0.25, 0.25)
    members = [one.fit(FEATURES, TARGETS[task], task=task, classes=CLASSES[task]) for one in (*BOOSTED, linear(task))]
    mean = sum(weight * one.score(FEATURES) for weight, one in zip(weights, members, strict=True))
    np.testing.assert_allclose(model.score(FEATURES), mean)
    for name in FEATURES:
        shares = [one.feature_importance[name] for one in members]
        assert model.feature_importance[name] == pytest.approx(np.dot(weights, shares))
    assert list(model.feature_importance.values()) == sorted(model.feature_importance.values(), reverse=True)


def test_each_member_keeps_its_own_files():
    assert {path.rpartition("/")[2] for path in to_files(blended(Task.BINARY)) if path.startswith("members/2/")} == {
        "example.json",
        "model.json",
        "model.skops",
    }


@settings(max_examples=10, deadline=None)
@given(st.lists(st.floats(1e-3, 1e3), min_size=2, max_size=2))
def test_any_weights_survive_the_files(weights):
    model = Blend(*BOOSTED, weights=weights).fit(FEATURES, TARGETS[Task.REGRESSION], task=Task.REGRESSION)
    loaded = from_files(to_files(model))
    np.testing.assert_array_equal(loaded.score(FEATURES), model.score(FEATURES))
    assert to_files(loaded) == to_files(model)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"shares": 1}',
        b'{"shares": [1.0]}',
        b'{"shares": [0.5, 0.6]}',
        b'{"shares": [2, -1]}',
        b'{"shares": [true, 1]}',
        b'{"shares": [NaN, 1]}',
        b'{"shares": [0.25, 0.25, 0.25, 0.25]}',
        b"[" * 100_000,
        json.dumps({"shares": [1e-3] * 1001}).encode(),
    ],
)
def test_shares_of_any_content_are_one_error(body):
    with pytest.raises(ModelFilesError, match=r"blend\.json|shares|model.json is missing"):
        from_files({**to_files(blended(Task.BINARY)), "blend.json": body})


def test_members_that_do_not_belong_together_are_refused():
    files = to_files(blended(Task.BINARY))
    other = to_files(LightGBM(trees=3).fit(FEATURES[["heat"]], TARGETS[Task.REGRESSION], task=Task.REGRESSION))
    foreign = {**files, **{f"members/0/{path}": body for path, body in other.items()}}
    with pytest.raises(ModelFilesError, match="member 0 of the blend has other columns"):
        from_files(foreign)
    nested = {**files, **{f"members/0/{path}": body for path, body in files.items()}}
    with pytest.raises(ModelFilesError, match="3 shares for 0 members"):
        from_files(nested)


@pytest.mark.parametrize(
    ("trainers", "weights", "fault"),
    [
        ((LightGBM(),), None, "takes two trainers or more"),
        ((LightGBM(), "XGBoost"), None, "takes two trainers or more"),
        ((LightGBM(), Blend(*BOOSTED)), None, "is given a blend"),
        (BOOSTED, (1,), "takes one above 0 for each member"),
        (BOOSTED, (1, 0), "takes one above 0 for each member"),
        (BOOSTED, (1, float("nan")), "takes one above 0 for each member"),
    ],
)
def test_what_is_no_blend_is_refused(trainers, weights, fault):
    with pytest.raises(TrainingError, match=fault):
        Blend(*trainers, weights=weights)


def test_its_params_are_those_of_its_members():
    params = Blend(*BOOSTED, weights=(3, 1)).params()
    assert (params["0/trainer"], params["0/weight"], params["1/max_depth"]) == ("LightGBM", 0.75, 3)


def test_a_blend_becomes_champion_and_is_loaded_again(workspace):
    recipe = Blend(LightGBM(trees=15, num_leaves=7), XGBoost(trees=15, max_depth=3))
    assert retrain(workspace, persons(trainer=recipe)).promoted
    model = load_model("persons@champion", workspace=workspace)
    assert (model.flavor, model.classes) == ("blend", ("<=50K", ">50K"))
    assert (model.predict(read_persons()) == read_persons()["income"]).mean() > 0.8
