"""A search from a script or a plain fit: what it tries, what it chooses, and what ends it."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from driftline import Between, Blend, LightGBM, OneOf, Search, Sklearn, Target, XGBoost
from driftline.datasets.errors import MissingColumnError
from driftline.metrics import Task
from driftline.models import from_files, to_files
from driftline.models.errors import TrainingError
from driftline.tuning.errors import InvalidSearchError, SearchFailedError
from tests.models_of_each_task import CLASSES, TARGETS
from tests.models_of_each_task import FEATURES as EVERY_TYPE
from tests.tuning.conftest import BINARY, FEATURES, SMALL, TARGET, Spy, table

FAULT = ValueError("too deep")


def shown(result):
    return result.leaderboard.drop(columns=["seconds", "run_id"])


@pytest.mark.parametrize("task", list(Task))
def test_several_trainers_are_searched_for_each_task(home, task):
    search = Search(LightGBM(), XGBoost(), trials=6, **SMALL)
    model = search.fit(EVERY_TYPE, TARGETS[task], task=task, classes=CLASSES[task])
    assert {one["trainer"] for one in model.recipe["members"]} <= {"LightGBM", "XGBoost"}
    assert from_files(to_files(model)).recipe == model.recipe


def test_the_same_seed_and_rows_give_the_same_trials_and_the_same_model(home):
    search = Search(LightGBM(), XGBoost(), trials=14, blend=3, **SMALL)
    first, second = (search.run(table(), target="bought") for _ in range(2))
    pd.testing.assert_frame_equal(shown(first), shown(second))
    assert to_files(first.model) == to_files(second.model)
    assert first.trainer == second.trainer
    other = Search(LightGBM(), XGBoost(), trials=14, blend=3, seed=1, **SMALL).run(table(), target="bought")
    assert not shown(first).equals(shown(other))


def test_the_winner_is_the_best_trial_fitted_on_all_rows(home):
    result = Search(LightGBM(), trials=8, **SMALL).run(table(), target="bought")
    best = result.leaderboard.iloc[0]
    assert result.value == best["auroc"] == result.leaderboard["auroc"].max()
    assert (result.trainer.num_leaves, result.trainer.trees) == (best["num_leaves"], best["trees"])
    features = table().drop(columns="bought")
    again = result.trainer.fit(features, TARGET, **BINARY)
    np.testing.assert_array_equal(result.model.score(features), again.score(features))


def test_it_begins_with_what_each_trainer_has_by_itself(home):
    own = LightGBM(num_leaves=11, learning_rate=0.07), XGBoost(max_depth=4)
    board = Search(*own, trials=2, **SMALL).run(table(), target="bought").leaderboard.set_index("trial")
    assert (board.loc[0, "num_leaves"], board.loc[0, "learning_rate"], board.loc[1, "max_depth"]) == (11, 0.07, 4)


def test_only_what_is_named_is_chosen(home):
    space = {"num_leaves": OneOf(5, 6), "cat_smooth": Between(1.0, 2.0)}
    trainer = Search(LightGBM(l2=3.0), space=space, trials=5, **SMALL).run(table(), target="bought").trainer
    assert trainer == replace(trainer, l2=3.0, learning_rate=0.1)
    assert trainer.num_leaves in {5, 6}
    assert set(trainer.extra) == {"cat_smooth"}


def test_hopeless_trials_are_cut_short_and_never_win(home):
    search = Search(LightGBM(), space={"column_share": OneOf(0.01, 1.0), "l2": Between(0.1, 1e5, log=True)})
    frame = table(rows=1500)
    pruned, whole = (
        Search(*search.trainers, space=search.space, trials=25, prune=prune, patience=30).run(frame, target="bought")
        for prune in (True, False)
    )
    assert (pruned.leaderboard["status"] == "pruned").sum() >= 3
    assert set(whole.leaderboard["status"]) == {"complete"}
    assert pruned.leaderboard.iloc[0]["status"] == "complete"
    assert pruned.leaderboard.loc[pruned.leaderboard["status"] == "pruned", "auroc"].isna().all()


def test_a_goal_ends_it(home):
    result = Search(LightGBM(), trials=50, goal=0.6, **SMALL).run(table(), target="bought")
    assert (result.stopped_by, len(result.leaderboard)) == ("goal", 1)


def test_a_goal_of_a_loss_is_reached_from_above(home):
    result = Search(LightGBM(), trials=3, goal=0.01, metric="log_loss", **SMALL).run(table(), target="bought")
    assert (result.stopped_by, result.metric) == ("trials", "log_loss")
    assert result.value == result.leaderboard["log_loss"].min()


def test_a_trial_that_fails_stops_no_other(home):
    spy = Spy(faults={2: FAULT})
    result = Search(spy, space={"depth": OneOf(1, 2, 3)}, method="grid").run(table(), target="bought")
    failed = result.leaderboard.set_index("depth").loc[2]
    assert (failed["status"], failed["error"]) == ("failed", "ValueError: too deep")
    assert sorted(result.leaderboard["status"]) == ["complete", "complete", "failed"]
    assert result.trainer.depth in {1, 3}


def test_params_that_an_estimator_refuses_fail_their_trial_alone(home):
    trainer = Sklearn(make_pipeline(StandardScaler(), LogisticRegression()))
    space = {"logisticregression__C": OneOf(1.0, -1.0)}
    rows = table()[["age", "income", "bought"]]
    board = Search(trainer, space=space, method="grid").run(rows, target="bought").leaderboard
    assert list(board["status"]) == ["complete", "failed"]
    assert "InvalidParameterError" in board["error"][1]


def test_a_trial_whose_scores_are_nan_fails(home):
    board = Search(Spy(nan=2), space={"depth": OneOf(1, 2)}, method="grid").run(table(), target="bought").leaderboard
    assert list(board["status"]) == ["complete", "failed"]
    assert "InvalidScoresError" in board["error"][1]


def test_where_all_trials_fail_the_first_error_is_said(home):
    spy = Spy(faults={1: FAULT, 2: FAULT})
    with pytest.raises(
        SearchFailedError, match=r"No trial of the search has succeeded, 2 failed.*ValueError: too deep"
    ):
        Search(spy, space={"depth": OneOf(1, 2)}, method="grid").fit(FEATURES, TARGET, **BINARY)


def test_it_gives_up_where_everything_fails_and_only_time_would_end_it(home):
    spy = Spy(faults=dict.fromkeys(range(1, 100), FAULT))
    with pytest.raises(SearchFailedError, match="20 failed"):
        Search(spy, space={"depth": Between(1, 99)}, time="4w").fit(FEATURES, TARGET, **BINARY)


def test_a_grid_tries_each_combination_once(home):
    space = {"num_leaves": OneOf(5, 7, 9), "LightGBM.l2": OneOf(0.1, 1.0), "XGBoost.max_depth": OneOf(2, 3)}
    board = Search(LightGBM(), XGBoost(), space=space, method="grid", **SMALL).run(table(), target="bought").leaderboard
    assert len(board) == 8
    assert not board[["num_leaves", "l2", "max_depth"]].duplicated().any()


def test_a_grid_is_never_truncated():
    search = Search(LightGBM(), space={"num_leaves": OneOf(5, 7, 9)}, method="grid", trials=2)
    with pytest.raises(InvalidSearchError, match="The grid has 3 combinations and the search 2 trials"):
        search.fit(FEATURES, TARGET, **BINARY)


def test_a_grid_has_values_and_no_ranges():
    with pytest.raises(InvalidSearchError, match=r"the values of LightGBM\.l2 one by one, and it is Between"):
        Search(LightGBM(), space={"l2": Between(0.1, 1.0)}, method="grid").fit(FEATURES, TARGET, **BINARY)


def test_a_limit_of_cost_needs_a_price(home, monkeypatch):
    search = Search(LightGBM(), cost=1e-9, **SMALL)
    with pytest.raises(InvalidSearchError, match="DRIFTLINE_PRICE_PER_HOUR"):
        search.fit(FEATURES, TARGET, **BINARY)
    monkeypatch.setenv("DRIFTLINE_PRICE_PER_HOUR", "1")
    result = search.run(table(), target="bought")
    assert (result.stopped_by, len(result.leaderboard)) == ("cost", 1)


def test_no_trial_learns_from_the_rows_that_it_is_judged_by(home):
    spy = Spy()
    frame = table()
    Search(spy, space={"depth": OneOf(1, 2)}, method="grid", folds=3).run(frame, target="bought")
    *trials, last = spy.seen
    assert len(trials) == 6
    assert {len(rows) for rows in trials} == {266, 267}
    assert len(last) == len(frame)


def test_in_time_trials_learn_from_the_older_rows(home):
    spy, frame = Spy(), table()
    Search(spy, space={"depth": OneOf(1)}, trials=1, share=0.25).run(frame, target="bought", time_column="day")
    learnt, last = spy.seen
    assert "day" not in learnt.columns
    assert frame.loc[learnt.index, "day"].max() < frame.drop(index=learnt.index)["day"].min()
    assert (len(learnt), len(last)) == (300, 400)


def test_a_group_stands_on_one_side_and_nothing_learns_from_its_column(home):
    spy, frame = Spy(), table()
    search = Search(spy, space={"depth": OneOf(1)}, trials=1, group="customer")
    result = search.run(frame.drop(columns="day"), target="bought")
    learnt, last = spy.seen
    assert not set(frame.loc[learnt.index, "customer"]) & set(frame.drop(index=learnt.index)["customer"])
    assert "customer" not in last.columns
    assert result.model.score(frame.drop(columns="customer")).shape == (len(frame),)


@pytest.mark.parametrize("arguments", [{"target": "sold"}, {"target": "bought", "time_column": "hour"}])
def test_a_missing_column_is_named(home, arguments):
    with pytest.raises(MissingColumnError, match=r"'(sold|hour)'|sold|hour"):
        Search(LightGBM(), trials=1).run(table(), **arguments)


def test_rows_that_teach_nothing_are_refused_before_any_trial(home):
    with pytest.raises(TrainingError, match="one class index"):
        Search(LightGBM(), trials=1).fit(FEATURES, np.zeros(len(TARGET)), **BINARY)


def test_a_blend_of_the_best_trials_is_not_worse_on_the_validation_rows(home):
    result = Search(LightGBM(), XGBoost(), trials=12, blend=4, folds=2, **SMALL).run(
        table(), target=Target("bought", positive_class="yes")
    )
    assert isinstance(result.trainer, Blend)
    assert 2 <= len(result.trainer.trainers) <= 4
    assert result.best_trial in result.trainer.trainers
    assert result.value >= result.leaderboard["auroc"].max()
    assert sum(result.trainer.weights) == pytest.approx(1)
    loaded = from_files(to_files(result.model))
    np.testing.assert_array_equal(loaded.score(table()), result.model.score(table()))


def test_a_recipe_is_followed_without_searching_again(home):
    search = Search(LightGBM(), XGBoost(), trials=10, blend=3, **SMALL)
    model = search.fit(FEATURES, TARGET, **BINARY)
    again = search.fit_like(from_files(to_files(model)).recipe, FEATURES, TARGET, **BINARY)
    assert to_files(again) == to_files(model)


@pytest.mark.parametrize("recipe", [{}, {"members": []}, {"members": [{"trainer": "SVC"}]}, {"members": 3}])
def test_a_recipe_of_another_declaration_is_refused(recipe):
    with pytest.raises(InvalidSearchError, match="does not fit the trainers of the search"):
        Search(LightGBM(), trials=1).following(recipe)
