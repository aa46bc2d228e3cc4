"""What a search is declared by, and what is refused of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from driftline import Between, LightGBM, OneOf, Search, Sklearn, XGBoost
from driftline.clock import InvalidTimeError
from driftline.metrics.errors import UnknownMetricError
from driftline.tuning.default_spaces import default_space
from driftline.tuning.errors import InvalidSearchError
from driftline.tuning.spaces import spaces
from tests.tuning.conftest import Spy


@pytest.mark.parametrize("low", [1, 0.5])
def test_numbers_between_whole_ones_are_whole(low):
    assert Between(low, 3).is_whole == isinstance(low, int)
    assert 2 in Between(low, 3)
    assert (2.5 in Between(low, 3)) != isinstance(low, int)
    assert 4 not in Between(low, 3)


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_between_holds_its_ends_and_is_never_empty(low, high):
    if low < high:
        assert low in Between(low, high)
        assert high in Between(low, high)
    else:
        with pytest.raises(InvalidSearchError, match="is empty"):
            Between(low, high)


@pytest.mark.parametrize(
    ("make", "fault"),
    [
        (lambda: Between(0, 1, log=True), "has no logarithm"),
        (lambda: Between(0, float("inf")), "not a finite number"),
        (lambda: Between("a", "b"), "not a finite number"),
        (OneOf, "does not hold numbers"),
        (lambda: OneOf([1]), "does not hold numbers"),
        (lambda: OneOf(1, 1), "holds a value twice"),
    ],
)
def test_a_distribution_without_values_is_refused(make, fault):
    with pytest.raises(InvalidSearchError, match=fault):
        make()


def test_one_of_tells_numbers_from_booleans():
    assert 1 in OneOf(1, "a", None)
    assert True not in OneOf(1, "a", None)
    assert repr(OneOf(1, "a")) == "OneOf(1, 'a')"


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ({}, "it has no trainer"),
        ({"trainers": (LightGBM,)}, "its trainer is <class"),
        ({"trainers": (Search(LightGBM()),)}, "its trainer is a search"),
        ({"method": "bayes"}, "its method is 'bayes'"),
        ({"trials": 0}, "its trials is 0"),
        ({"folds": 1.5}, "its folds is 1.5"),
        ({"blend": 0}, "its blend is 0"),
        ({"share": 1.0}, "its share is 1.0"),
        ({"cost": -1.0}, "its cost is -1.0"),
        ({"goal": float("nan")}, "its goal is nan"),
        ({"space": {"num_leaves": (8, 16)}}, r"'num_leaves' is chosen from \(8, 16\)"),
        ({"space": {"num_leafs": Between(8, 16)}}, "the param 'num_leafs'.*Did you mean 'num_leaves'"),
        ({"space": {"LightGBM.max_dept": Between(8, 16)}}, "Did you mean 'max_depth'"),
        ({"space": {"trees": Between(8, 16)}}, "the param 'trees'"),
        ({"trainers": (Sklearn(GaussianNB()),)}, "GaussianNB to search: it has no default space"),
        ({"trainers": (object(),)}, "its trainer is <object"),
    ],
)
def test_what_cannot_be_searched_is_refused_when_it_is_declared(arguments, fault):
    trainers = arguments.pop("trainers", (LightGBM(),) if arguments else ())
    with pytest.raises(InvalidSearchError, match=fault):
        Search(*trainers, **arguments)


def test_durations_and_metrics_are_looked_at_when_they_are_declared():
    with pytest.raises(InvalidTimeError, match="'soon'"):
        Search(LightGBM(), time="soon")
    with pytest.raises(UnknownMetricError, match="aurok"):
        Search(LightGBM(), metric="aurok")


def test_a_name_is_meant_for_each_trainer_that_has_it_and_a_qualified_one_for_that_alone():
    light, boost = spaces(
        (LightGBM(), XGBoost()), {"l2": Between(0.1, 1.0), "XGBoost.gamma": Between(1.0, 2.0), "num_leaves": OneOf(7)}
    )
    assert dict(light.distributions) == {"l2": Between(0.1, 1.0), "num_leaves": OneOf(7)}
    assert dict(boost.distributions) == {"l2": Between(0.1, 1.0), "gamma": Between(1.0, 2.0)}


def test_a_trainer_of_which_nothing_is_named_is_searched_in_its_default_space():
    light, boost = spaces((LightGBM(), XGBoost()), {"num_leaves": OneOf(7)})
    assert dict(light.distributions) == {"num_leaves": OneOf(7)}
    assert boost.distributions == default_space(XGBoost(), has_texts=True)


def test_two_trainers_of_one_name_are_told_apart_by_numbers():
    first, second = spaces((LightGBM(), LightGBM(l2=1.0)), {"LightGBM 2.num_leaves": OneOf(7)})
    assert (first.label, second.label) == ("LightGBM 1", "LightGBM 2")
    assert dict(second.distributions) == {"num_leaves": OneOf(7)}


def test_the_default_space_of_a_pipeline_is_that_of_its_last_step():
    trainer = Sklearn(make_pipeline(StandardScaler(), LogisticRegression()))
    assert list(default_space(trainer, has_texts=False)) == ["logisticregression__C"]


def test_categories_have_params_where_there_are_texts():
    assert default_space(LightGBM(), has_texts=True).keys() - default_space(LightGBM(), has_texts=False).keys() == {
        "cat_smooth",
        "cat_l2",
    }


def test_equal_searches_are_equal_values():
    first, second = (Search(LightGBM(), Spy(), trials=3, space={"depth": OneOf(1, 2)}) for _ in range(2))
    assert first == second
    assert hash(first) == hash(second)
    assert first != Search(LightGBM(), Spy(), trials=4, space={"depth": OneOf(1, 2)})


def test_its_params_say_what_is_fixed_and_what_is_chosen():
    params = Search(LightGBM(l2=2.0), trials=7, space={"num_leaves": Between(8, 64, log=True)}).params()
    assert params["trainers"] == "LightGBM"
    assert (params["trials"], params["folds"], params["goal"]) == (7, 1, None)
    assert (params["LightGBM.l2"], params["LightGBM.num_leaves"]) == (2.0, "Between(low=8, high=64, log=True)")
    assert "trainers" in params


def test_it_trusts_what_its_trainers_trust():
    assert Search(LightGBM(), Sklearn(LogisticRegression(), trusted=("a.B",))).trusted == ("a.B",)
