"""Runs that differ in a seed alone count as one entry, and only those that are scored on the same data are ranked."""

import math
import statistics

import pandas as pd
import pytest

from driftline.experiments import leaderboard, metric_history
from driftline.experiments.errors import (
    InvalidDirectionError,
    MetricNotLoggedError,
    NoDecidingMetricError,
    UnknownExperimentError,
)
from driftline.experiments.leaderboard import _SMALLER_IS_BETTER
from driftline.metrics.catalogue import METRICS
from driftline.tracking import set_experiment, start_run


def logged(workspace, auc, *, holdouts=(), experiment="income", fails=False, **params):
    with start_run(experiment, params=params, workspace=workspace) as run:
        for step, value in enumerate(auc if isinstance(auc, list) else [auc]):
            run.log_metrics({"auc": value, "log_loss": 1 - value}, step=step)
        run.log_input(pd.DataFrame({"x": [1]}), name="rows", role="training")
        for rows in holdouts:
            run.log_input(pd.DataFrame({"x": range(rows)}), name=f"holdout-{rows}", role="holdout")
        if fails:
            run.end("failed")
    return run.run_id


def test_seeds_are_averaged_and_params_ranked(workspace):
    trees = [logged(workspace, auc, model="tree", depth=3, seed=seed) for seed, auc in enumerate([0.8, 0.9, 0.85])]
    logged(workspace, 0.86, model="net", depth=3, seed=0)
    logged(workspace, 0.99, model="net", depth=3, fails=True)
    board = leaderboard("income", metric="auc", workspace=workspace)
    assert [(one.rank, one.params, one.n) for one in board.entries] == [
        (1, {"model": "net"}, 1),
        (2, {"model": "tree"}, 3),
    ]
    assert board.entries[1].mean == pytest.approx(0.85)
    assert board.entries[1].standard_deviation == pytest.approx(statistics.stdev([0.8, 0.9, 0.85]))
    assert board.entries[0].standard_deviation is None
    assert board.entries[1].run_ids == (trees[1], trees[2], trees[0])


def test_a_seed_of_a_part_is_a_seed(workspace):
    for number in range(2):
        logged(workspace, 0.8, **{"model__random_state": number, "data/seed": number, "seeded": True})
    [entry] = leaderboard("income", metric="auc", workspace=workspace).entries
    assert (entry.n, entry.standard_deviation) == (2, 0.0)


def test_a_smaller_loss_is_better_unless_it_is_said_otherwise(workspace):
    logged(workspace, 0.8, model="tree")
    logged(workspace, 0.9, model="net")
    best = [leaderboard("income", metric="log_loss", direction=one, workspace=workspace) for one in (None, "max")]
    assert [(board.direction, board.entries[0].params["model"]) for board in best] == [("min", "net"), ("max", "tree")]
    with pytest.raises(InvalidDirectionError, match="'up'"):
        leaderboard("income", metric="auc", direction="up", workspace=workspace)


@pytest.mark.parametrize("name", METRICS)
def test_the_direction_of_each_metric_that_driftline_computes_is_known_by_its_name(name):
    assert METRICS[name].greater_is_better is not bool(set(name.split("_")) & _SMALLER_IS_BETTER)


def test_runs_that_are_not_scored_on_the_same_data_are_below_the_line(workspace):
    for seed in range(2):
        logged(workspace, 0.8, model="tree", seed=seed, holdouts=(3, 4))
    logged(workspace, 0.95, model="net", holdouts=(3,))
    logged(workspace, 0.7, model="forest", holdouts=(3, 4, 5))
    board = leaderboard("income", metric="auc", workspace=workspace)
    assert [(one.rank, one.params["model"]) for one in board.entries] == [(1, "tree"), (2, "forest"), (None, "net")]
    assert [lacking.partition("@")[0] for lacking in board.entries[2].lacks] == ["holdout-4"]
    assert [name.partition("@")[0] for name in board.datasets] == ["holdout-3", "holdout-4"]


def test_folds_are_scored_on_data_of_their_own_and_a_run_without_any_does_not_count(workspace):
    for fold in range(3):
        logged(workspace, 0.8 + fold / 100, model="tree", fold=fold, holdouts=(fold + 1,))
        logged(workspace, 0.7, model="net", fold=fold, holdouts=(fold + 1,))
    logged(workspace, 0.1, model="tree", fold=3)
    logged(workspace, 0.9, model="forest", fold=0, holdouts=(1, 2))
    board = leaderboard("income", metric="auc", workspace=workspace)
    assert [(one.rank, one.params["model"], one.n) for one in board.entries] == [
        (1, "tree", 3),
        (2, "net", 3),
        (None, "forest", 1),
    ]
    assert board.entries[0].mean == pytest.approx(0.81)


def test_another_aggregate_than_the_last_value_may_decide(workspace):
    run_id = logged(workspace, [0.5, 0.9, 0.7], model="tree")
    logged(workspace, [0.8, 0.8, 0.8], model="net")
    assert leaderboard("income", metric="auc", workspace=workspace).entries[0].params == {"model": "net"}
    best = leaderboard("income", metric="auc.max", workspace=workspace).entries[0]
    assert best.mean == max(point.value for point in metric_history(workspace, run_id, "auc"))


def test_the_experiment_says_which_metric_decides(workspace):
    with pytest.raises(UnknownExperimentError, match="no experiment 'income'"):
        leaderboard("income", workspace=workspace)
    logged(workspace, 0.8, model="tree")
    with pytest.raises(NoDecidingMetricError, match="Name one of auc, log_loss"):
        leaderboard("income", workspace=workspace)
    with pytest.raises(MetricNotLoggedError, match="Did you mean 'auc'"):
        leaderboard("income", metric="acu", workspace=workspace)


def test_a_value_that_is_not_finite_is_no_score(workspace):
    logged(workspace, math.nan, model="tree", seed=0)
    logged(workspace, 0.5, model="tree", seed=1)
    [entry] = leaderboard("income", metric="auc", workspace=workspace).entries
    assert (entry.n, entry.mean) == (1, 0.5)


def test_a_decided_metric_and_its_direction_are_taken_from_the_experiment(workspace):
    set_experiment("income", metric="auc", direction="min")
    try:
        logged(workspace, 0.8, experiment=None, model="tree")
        logged(workspace, 0.9, experiment=None, model="net")
    finally:
        set_experiment("default")
    board = leaderboard("income", workspace=workspace)
    assert (board.metric, board.direction, board.entries[0].params) == ("auc", "min", {"model": "tree"})
