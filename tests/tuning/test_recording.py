"""A search as runs: each trial is one, with its params, its metrics and how it ended."""

import json

import pandas as pd
import pytest

from driftline import LightGBM, OneOf, Search, XGBoost, log_metric, search_runs, start_run
from driftline.capture import Usage
from driftline.metrics import Task
from driftline.store import run_rows
from driftline.tuning.declared import DeclaredSearch
from driftline.tuning.errors import SearchFailedError
from driftline.tuning.progress import search_progress
from driftline.tuning.recording import RunRecorder
from driftline.tuning.sampler import Sampler
from driftline.tuning.trial import Rows
from driftline.tuning.trials import Rule, run_trials
from driftline.tuning.validation import random_folds
from tests.logged import metrics, params, points, tags
from tests.retrainings import of_run
from tests.tuning.conftest import BINARY, FEATURES, SMALL, TARGET, Spy, table

SEARCH = Search(LightGBM(), XGBoost(), trials=6, **SMALL)


def run_row(workspace, run_id):
    with workspace.database.reading() as session:
        return run_rows.run(session, run_id)


def board(workspace, run_id, path="leaderboard.json"):
    [artifact] = [one for one in of_run(workspace, run_id, run_rows.Artifact) if one.path == path]
    return json.loads(workspace.artifacts.get(artifact.digest))


def test_each_trial_is_a_run_below_the_run_of_the_search(workspace):
    result = SEARCH.run(table(), target="bought", experiment="tuned", workspace=workspace)
    for trial in board(workspace, result.run_id):
        row = run_row(workspace, trial["run_id"])
        assert (row.parent_run_id, row.status, row.error) == (result.run_id, "finished", None)
        assert tags(workspace, row.run_id) == {
            "trial": str(trial["trial"]),
            "trainer": trial["trainer"],
            "trial_status": "complete",
        }
        assert params(workspace, row.run_id)["learning_rate"] == pytest.approx(trial["learning_rate"])
        curve = points(workspace, row.run_id, "validation/auroc")
        assert [step for step, _ in curve] == list(range(len(curve)))
        best = metrics(workspace, row.run_id)
        assert best["best/auroc"].last == pytest.approx(trial["auroc"])
        assert dict(curve)[int(best["best/trees"].last) - 1] == pytest.approx(trial["auroc"], abs=1e-6)
        assert len(curve) <= int(best["best/trees"].last) + SEARCH.patience


def test_the_run_of_the_search_says_what_was_tried_and_chosen(workspace):
    result = SEARCH.run(table(), target="bought", experiment="tuned", workspace=workspace)
    row = run_row(workspace, result.run_id)
    assert row.experiment_id is not None
    measured = {name: one.last for name, one in metrics(workspace, row.run_id).items()}
    assert (measured["search/trials"], measured["search/complete"], measured["search/failed"]) == (6, 6, 0)
    assert measured["search/auroc"] == result.value
    chosen = params(workspace, row.run_id)
    assert (chosen["trainer"], chosen["trials"]) == ("Search", 6)
    assert chosen["chosen/trainer"] == result.trainer.name
    assert chosen["chosen/trees"] == result.trainer.trees
    assert tags(workspace, row.run_id)["search_stopped_by"] == "trials"
    assert {one.path for one in of_run(workspace, row.run_id, run_rows.Artifact)} >= {
        "leaderboard.json",
        "model/model.json",
    }


def test_a_trial_that_fails_is_a_failed_run_with_its_traceback(workspace):
    spy = Spy(faults={2: ValueError("too deep")})
    result = Search(spy, space={"depth": OneOf(1, 2)}, method="grid").run(table(), target="bought", workspace=workspace)
    [failed] = [one for one in board(workspace, result.run_id) if one["status"] == "failed"]
    row = run_row(workspace, failed["run_id"])
    assert row.status == "failed"
    assert "Traceback" in row.error
    assert "ValueError: too deep" in row.error
    assert run_row(workspace, result.run_id).status == "finished"


def test_a_search_that_finds_nothing_keeps_its_table_and_fails(workspace):
    spy = Spy(faults={1: ValueError("too flat")})
    with pytest.raises(SearchFailedError):
        Search(spy, space={"depth": OneOf(1)}, method="grid").run(table(), target="bought", workspace=workspace)
    with workspace.database.reading() as session:
        [parent] = [run for run in run_rows.newest_runs(session, status="failed") if run.parent_run_id is None]
    [row] = board(workspace, parent.run_id)
    assert (row["status"], row["error"], row["auroc"]) == ("failed", "ValueError: too flat", None)


def test_a_second_search_of_one_run_overwrites_nothing(workspace):
    with start_run("twice", workspace=workspace) as run:
        for _ in range(2):
            SEARCH.fit(FEATURES, TARGET, **BINARY)
        log_metric("after", 1.0)
    first, second = board(workspace, run.run_id), board(workspace, run.run_id, "search_2/leaderboard.json")
    assert [one["auroc"] for one in first] == [one["auroc"] for one in second]
    assert not {one["run_id"] for one in first} & {one["run_id"] for one in second}
    assert "search_2/chosen/trainer" in params(workspace, run.run_id)
    assert metrics(workspace, run.run_id)["after"].last == 1.0


def test_several_folds_are_told_apart_in_the_run_of_a_trial(workspace):
    result = Search(LightGBM(), trials=1, folds=2, **SMALL).run(table(), target="bought", workspace=workspace)
    [trial] = board(workspace, result.run_id)
    assert {"fold_0/validation/auroc", "fold_1/validation/auroc"} <= set(metrics(workspace, trial["run_id"]))


def test_outside_of_any_run_a_plain_fit_writes_nothing(home):
    SEARCH.fit(FEATURES, TARGET, **BINARY)
    assert len(search_runs()) == 0


def test_who_listens_hears_of_each_trial():
    heard = []
    with search_progress(heard.append):
        SEARCH.fit(FEATURES, TARGET, **BINARY)
    assert [one.done for one in heard] == list(range(7))
    assert {one.total for one in heard} == {6}
    assert heard[0].best is None
    assert heard[-1].best == max(one.best for one in heard[1:])
    SEARCH.fit(FEATURES, TARGET, **BINARY)
    assert len(heard) == 7


class Clock:
    """A search that uses a second whenever it asks."""

    seconds = 0.0

    def __call__(self):
        self.seconds += 1.0
        return Usage(duration_s=self.seconds, cpu_s=0.0, cost=None)


def searched_for(time, workspace, run):
    search: DeclaredSearch = Search(LightGBM(), time=time, patience=30, most_trees=300, prune=False)
    chosen = search.spaces()
    folds = random_folds(TARGET, task=Task.BINARY, share=0.2, count=1, seed=0)
    rows = Rows(features=FEATURES, target=TARGET, folds=folds, **BINARY)
    rule = Rule(metric="auroc", limits=search.limits(chosen), most_trees=300, patience=30, blend=1)
    sampler = Sampler(chosen, method="tpe", seed=0, greater_is_better=True, prune=False, trials=None)
    return run_trials(sampler, rows, rule, recorder=RunRecorder(run), usage=Clock())


def test_a_spent_time_cuts_the_trial_short_that_is_running_but_not_the_first(workspace):
    with start_run("timed", workspace=workspace) as run:
        long, stop = searched_for("1m", workspace, run)
        [only], stop_at_once = searched_for("1s", workspace, run)
    assert (stop, stop_at_once) == ("time", "time")
    assert {str(one.status) for one in long[:-1]} == {"complete"}
    assert (long[-1].status, long[-1].value) == ("stopped", None)
    assert tags(workspace, long[-1].run_id)["trial_status"] == "stopped"
    assert run_row(workspace, long[-1].run_id).status == "finished"
    assert only.status == "complete"
    assert pd.notna(only.value)
