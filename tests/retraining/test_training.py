"""A training is a run with all that it used and measured, and a decision that waits to be judged."""

import subprocess
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sqlmodel import select

from driftline import Sklearn, XGBoost, load_model
from driftline.registry import find_version, timeline
from driftline.retraining import read_dataset, train
from driftline.retraining.errors import UnknownDecisionError
from driftline.store import dataset_rows, run_rows
from tests.histories import decisions, events
from tests.logged import metrics, params, tags
from tests.retrainings import Broken, of_run, retrain
from tests.streams import fires, persons, read_persons


def test_a_training_is_a_run_with_all_that_it_used_and_measured(workspace):
    read = read_dataset(workspace, persons())
    trained = train(workspace, persons(), trigger="schedule", actor="ann", dagster_run_id="d1")
    with workspace.database.reading() as session:
        run = run_rows.run(session, trained.run_id)
    assert (run.status, run.dagster_run_id, run.error) == ("finished", "d1", None)
    assert params(workspace, run.run_id)["trees"] == 15
    assert list(metrics(workspace, run.run_id)) == [
        "holdout/accuracy",
        "holdout/auroc",
    ]
    assert {a.path for a in of_run(workspace, run.run_id, run_rows.Artifact)} - {"uncommitted.patch"} == {
        "environment.json",
        "model/example.json",
        "model/model.json",
        "model/model.txt",
        "plots.json",
        "prediction_profile.json",
        "reference_profile.json",
        "reference_rows.parquet",
    }
    inputs = {(i.role, i.dataset_version_id) for i in of_run(workspace, run.run_id, run_rows.RunInput)}
    assert inputs == {("training", read.training.id), ("holdout", read.holdout.id)}
    assert tags(workspace, run.run_id)["trigger"] == "schedule"


def test_a_training_records_the_commit_of_the_code(workspace, tmp_path, monkeypatch):
    identity = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org"]
    for words in (["init", "-q"], [*identity, "commit", "-q", "--allow-empty", "-m", "first"]):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    monkeypatch.chdir(tmp_path)
    read_dataset(workspace, persons())
    with workspace.database.reading() as session:
        run = run_rows.run(session, train(workspace, persons()).run_id)
    assert len(run.git_commit) == 40


def test_a_training_waits_to_be_judged(workspace):
    read_dataset(workspace, persons())
    trained = train(workspace, persons(), trigger="schedule", actor="ann")
    [decision] = decisions(workspace, "persons")
    assert (decision.status, decision.trigger, decision.actor) == ("trained", "schedule", "ann")
    assert (decision.challenger_version_id, decision.holdout_version_id) == (trained.version.id, trained.holdout.id)
    assert timeline(workspace, "persons").holder(workspace.as_of()) is None


def test_the_same_rows_give_the_same_model(workspace):
    read_dataset(workspace, persons())
    first, second = train(workspace, persons()), train(workspace, persons())
    assert (first.version.digest, first.measurements) == (second.version.digest, second.measurements)
    assert (first.version.version, second.version.version) == (1, 2)


def test_a_recipe_that_fails_fails_its_run_and_its_decision_and_nothing_else(served):
    read_dataset(served, fires())
    with pytest.raises(RuntimeError, match="cold"):
        train(served, fires(trainer=Broken()))
    failed = decisions(served)[-1]
    assert (failed.status, failed.outcome) == ("failed", "Failed: RuntimeError: the oven is cold")
    assert failed.serving_version_id == find_version(served, "fires").id
    with served.database.reading() as session:
        [run] = run_rows.newest_runs(session, status="failed")
    assert "Traceback" in run.error
    assert "the oven is cold" in run.error
    assert len(events(served)) == 1


def test_a_decision_that_asked_is_the_one_that_is_filled(served):
    read_dataset(served, fires())
    first = train(served, fires()).decision_id
    with pytest.raises(UnknownDecisionError, match="decision 99"):
        train(served, fires(), decision_id=99)
    assert [decision.status for decision in decisions(served)] == ["promoted", "trained"]
    assert first == decisions(served)[-1].id


def test_a_param_that_is_no_number_is_recorded(workspace):
    recipe = Sklearn(
        make_pipeline(SimpleImputer(missing_values=np.nan), LogisticRegression()), trusted=("numpy.dtype",)
    )
    numbers = persons(dataset=lambda _: read_persons().drop(columns="job"), trainer=recipe)
    assert retrain(workspace, numbers).promoted


def test_a_model_of_xgboost_becomes_champion_and_is_loaded_again(workspace):
    pipeline = persons(trainer=XGBoost(trees=15, max_depth=3))
    assert retrain(workspace, pipeline).promoted
    model = load_model("persons@champion", workspace=workspace)
    assert (model.flavor, model.classes) == ("xgboost", ("<=50K", ">50K"))
    assert (model.predict(read_persons()) == read_persons()["income"]).mean() > 0.8


def test_a_finished_decision_is_not_opened_again(served):
    [before] = decisions(served)
    read_dataset(served, fires())
    again = train(served, fires(), decision_id=before.id)
    after = decisions(served)[0]
    assert (after.status, after.outcome, after.started_at) == (before.status, before.outcome, before.started_at)
    assert (again.decision_id, decisions(served)[1].status) == (decisions(served)[1].id, "trained")


def test_two_readings_at_once_store_the_content_once(workspace):
    with ThreadPoolExecutor(4) as pool:
        came = list(pool.map(lambda _: read_dataset(workspace, persons()), range(4)))
    assert len({read.training.id for read in came}) == 1
    with workspace.database.reading() as session:
        assert len(session.exec(select(dataset_rows.DatasetVersion)).all()) == 2
