"""A pipeline whose trainer is a search: trials never see the holdout, and one challenger meets it."""

import pandas as pd
import pytest

from driftline import Blend, Choice, LightGBM, OneOf, Promote, Retrain, Search, XGBoost, autolog, load_model
from driftline.models import from_files
from driftline.registry import find_version, model_files
from driftline.retraining import read_dataset, train
from driftline.store import run_rows
from driftline.tuning.errors import SearchFailedError
from tests.histories import decisions
from tests.logged import metrics, params, tags
from tests.replays import replayed
from tests.retrainings import of_run, retrain
from tests.streams import fires, persons, read_persons
from tests.tuning.conftest import SMALL, Spy

GRID = {"space": {"depth": OneOf(1, 2)}, "method": "grid"}
SEARCH = Search(LightGBM(), XGBoost(), trials=6, blend=2, folds=2, **SMALL)


def children(workspace, run_id):
    with workspace.database.reading() as session:
        return [run for run in run_rows.newest_runs(session, first=100) if run.parent_run_id == run_id]


def test_its_trials_are_runs_below_the_run_of_the_training(workspace):
    read_dataset(workspace, persons(trainer=SEARCH))
    trained = train(workspace, persons(trainer=SEARCH))
    trials = children(workspace, trained.run_id)
    assert sorted(tags(workspace, run.run_id)["trial"] for run in trials) == list("012345")
    assert {run.experiment_id for run in trials} == {children(workspace, None)[0].experiment_id}
    assert not any(name.startswith("holdout/") for run in trials for name in metrics(workspace, run.run_id))
    assert metrics(workspace, trained.run_id)["search/trials"].last == 6
    assert params(workspace, trained.run_id)["trainer"] == "Search"
    assert "leaderboard.json" in {one.path for one in of_run(workspace, trained.run_id, run_rows.Artifact)}


def test_its_winner_becomes_champion_and_is_loaded_again(workspace):
    assert retrain(workspace, persons(trainer=SEARCH)).promoted
    model = load_model("persons@champion", workspace=workspace)
    assert (model.predict(read_persons()) == read_persons()["income"]).mean() > 0.8
    files = model_files(workspace, find_version(workspace, "persons"))
    assert from_files(files).recipe == model.recipe


def test_no_row_of_the_holdout_is_in_any_trial(workspace):
    spy, frame = Spy(), read_persons()
    pipeline = persons(trainer=Search(spy, folds=2, **GRID))
    read_dataset(workspace, pipeline)
    train(workspace, pipeline)
    split = pipeline.holdout.split(frame)
    held_out = {tuple(row) for row in split.holdout[["age", "years", "job"]].itertuples(index=False)}
    *trials, last = [{tuple(row) for row in rows.itertuples(index=False)} for rows in spy.seen]
    assert len(trials) == 4
    alike = {tuple(row) for row in split.train[["age", "years", "job"]].itertuples(index=False)} & held_out
    assert not (last - alike) & held_out
    assert not any((rows - alike) & held_out for rows in trials)


def test_where_the_holdout_is_the_newest_rows_trials_are_judged_by_the_newest_of_the_rest(workspace):
    spy = Spy()
    pipeline = fires(trainer=Search(spy, **GRID))
    read_dataset(workspace, pipeline)
    train(workspace, pipeline)
    [first, second, last] = spy.seen
    assert len(first) == len(second) < len(last)
    pd.testing.assert_frame_equal(last.iloc[: len(first)], first)  # the rows of a stream are read in their order


def test_shorter_spans_and_refits_follow_what_the_search_of_the_whole_window_chose(workspace):
    spy = Spy()
    pipeline = fires(
        trainer=Search(spy, **GRID),
        retrain=Retrain(trigger=None, choice=Choice(spans=(0.5, 0.25), min_rows=50)),
        promote=Promote(confidence=None, refit=True),
    )
    judged = retrain(workspace, pipeline)
    assert judged.promoted
    sizes = [len(rows) for rows in spy.seen]
    trials, whole, half, quarter, refit = sizes[:2], *sizes[2:]
    assert trials[0] == trials[1] < whole
    assert refit > whole > half > quarter
    assert len(sizes) == 6
    models = [load_model(f"fires/{number}", workspace=workspace) for number in (1, 2)]
    assert models[0].recipe == models[1].recipe


def test_a_search_that_finds_nothing_fails_the_decision(served):
    spy = Spy(faults={1: ValueError("too deep"), 2: ValueError("too deep")})
    pipeline = fires(trainer=Search(spy, **GRID))
    read_dataset(served, pipeline)
    with pytest.raises(SearchFailedError):
        train(served, pipeline)
    assert "No trial of the search has succeeded, 2 failed" in decisions(served)[-1].outcome


def test_a_backtest_searches_once_a_training_and_keeps_no_runs():
    spy = Spy()
    weekly = Retrain(schedule="0 7 * * 1", trigger=None, choice=None)
    done = replayed(fires(trainer=Search(spy, **GRID), retrain=weekly, drift=()))
    assert len(spy.seen) == 3 * (1 + len(done.retrainings))


def test_a_blend_of_trials_serves_a_stream_with_drift_reports():
    blend = Search(LightGBM(), XGBoost(), trials=4, blend=3, seed=1, **SMALL)
    done = replayed(fires(trainer=blend))
    assert len(done.labelled) == 42


@pytest.mark.parametrize("trainer", [SEARCH, Blend(LightGBM(trees=5), XGBoost(trees=5)), LightGBM(trees=5)])
def test_autologging_adds_no_file_to_a_version(workspace, trainer):
    autolog()
    try:
        assert retrain(workspace, persons(trainer=trainer)).promoted
    finally:
        autolog(disable=True)
    assert load_model("persons@champion", workspace=workspace).classes == ("<=50K", ">50K")
    with workspace.database.reading() as session:
        runs = run_rows.newest_runs(session, first=100)
    paths = {one.path for run in runs for one in of_run(workspace, run.run_id, run_rows.Artifact)}
    assert not {path for path in paths if path.startswith(("training_2/", "feature_importance", "examples/"))}
