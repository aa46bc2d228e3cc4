"""Runs: what is logged is what is read, and a status is true."""

import math
import subprocess

import pytest

from driftline.capture import code_state
from driftline.experiments import describe_run, list_runs
from driftline.store import run_rows
from driftline.tracking import destination_of, start_run
from driftline.tracking.errors import (
    InvalidArtifactError,
    InvalidExperimentError,
    InvalidKeyError,
    InvalidMetricError,
    RunEndedError,
)
from tests.logged import metrics, params, points, tags
from tests.workspaces import opened


def stored(workspace, run_id, table):
    with workspace.database.reading() as session:
        return run_rows.of_runs(session, table, [run_id])[run_id]


def test_a_finished_run_keeps_what_it_logged(workspace):
    with start_run("income", workspace=workspace, tags={"team": "risk"}, dagster_run_id="d1") as run:
        run.log_params({"num_leaves": 31, "note": None, "l2": math.inf, "layers": (8, 0.5)})
        run.log_bytes(b"tree", "model/model.txt")
    with workspace.database.reading() as session:
        row = run_rows.run(session, run.run_id)
    assert (row.status, row.error, row.dagster_run_id) == ("finished", None, "d1")
    assert row.ended_at >= row.started_at
    assert params(workspace, run.run_id) == {
        "num_leaves": 31,
        "note": None,
        "l2": math.inf,
        "layers": [8, 0.5],
    }
    sizes = {file.path: file.size_bytes for file in stored(workspace, run.run_id, run_rows.Artifact)}
    assert sizes["model/model.txt"] == 4
    assert tags(workspace, run.run_id) == {"team": "risk"}


def test_an_exception_fails_the_run_with_its_traceback_and_goes_on(workspace):
    with pytest.raises(ZeroDivisionError), start_run("income", workspace=workspace) as run:
        1 / 0  # noqa: B018
    with workspace.database.reading() as session:
        row = run_rows.run(session, run.run_id)
    assert row.status == "failed"
    assert "ZeroDivisionError" in row.error


def test_an_interrupt_kills_the_run(workspace):
    with pytest.raises(KeyboardInterrupt), start_run("income", workspace=workspace) as run:
        raise KeyboardInterrupt
    with workspace.database.reading() as session:
        assert run_rows.run(session, run.run_id).status == "killed"


def test_a_summary_says_first_last_min_max_and_mean_with_their_steps(workspace):
    with start_run("income", workspace=workspace) as run:
        for step, value in [(0, 0.9), (5, 0.7), (3, 0.95)]:
            run.log_metrics({"auroc": value}, step=step)
    [summary] = metrics(workspace, run.run_id).values()
    assert (summary.count, summary.first, summary.last, summary.last_step) == (3, 0.9, 0.7, 5)
    assert (summary.min, summary.min_step, summary.max, summary.max_step) == (0.7, 5, 0.95, 3)
    assert summary.mean == pytest.approx(0.85)


def test_a_value_that_is_no_number_is_kept_and_never_becomes_one(workspace):
    with start_run("income", workspace=workspace) as run:
        run.log_metrics({"loss": math.nan}, step=0)
        run.log_metrics({"loss": math.inf}, step=1)
    assert [str(value) for _, value in points(workspace, run.run_id)] == ["nan", "inf"]
    [summary] = metrics(workspace, run.run_id).values()
    assert (summary.count, summary.last, summary.min) == (2, None, None)


def test_zero_is_a_value(workspace):
    with start_run("income", workspace=workspace) as run:
        run.log_metrics({"loss": 0.0})
    [summary] = metrics(workspace, run.run_id).values()
    assert (summary.last, summary.min, summary.max) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize("key", ["", "/etc/passwd", "../up", "a//b", "x" * 251])
def test_a_key_that_is_no_relative_path_is_refused(workspace, key):
    with pytest.raises(InvalidKeyError), start_run("income", workspace=workspace) as run:
        run.log_bytes(b"", key)


@pytest.mark.parametrize("name", ["", "  ", "x" * 251, 5])
def test_an_experiment_has_a_name(workspace, name):
    with pytest.raises(InvalidExperimentError, match="1 to 250 characters"), start_run(name, workspace=workspace):
        pass
    with workspace.database.reading() as session:
        assert run_rows.experiments(session) == []


def test_what_is_no_metric_or_no_file_is_refused(workspace):
    with start_run("income", workspace=workspace, tags={"fold": 3}) as run:
        for value in ("0.5", None, 1j, [1.0]):
            with pytest.raises(InvalidMetricError, match="'loss' is a"):
                run.log_metrics({"loss": value})
        with pytest.raises(InvalidArtifactError, match="given as a str"):
            run.log_bytes("text", "notes.txt")
    assert points(workspace, run.run_id) == []
    assert tags(workspace, run.run_id) == {"fold": "3"}


def test_a_param_that_changes_is_warned_of_and_keeps_what_it_was(workspace, caplog):
    with start_run("income", workspace=workspace) as run:
        run.log_params({"lr": 0.1, "gamma": math.nan})
        run.log_params({"lr": 0.1, "gamma": math.nan, "deep": True})
        assert caplog.messages == []
        run.log_params({"lr": 0.2})
        run.log_param("lr", 0.3)
    assert caplog.messages[0] == f"The param 'lr' of run {run.run_id} was 0.1 and is 0.2 now; both are kept."
    told = describe_run(workspace, run.run_id)
    assert (told["params"]["lr"], told["params_before"]) == (0.3, {"lr": [0.1, 0.2]})


def test_a_run_that_has_ended_takes_nothing_more(workspace):
    with start_run("income", workspace=workspace) as run:
        pass
    for log in (
        lambda: run.log_metrics({"loss": 1.0}),
        lambda: run.log_params({"a": 1}),
        lambda: run.log_bytes(b"", "a.txt"),
        lambda: run.log_dataset_version(1, role="training"),
    ):
        with pytest.raises(RunEndedError, match="has ended"):
            log()


def test_the_environment_names_commit_and_remote_without_credentials(tmp_path):
    def git(*words):
        subprocess.run(
            ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org", *words],
            cwd=tmp_path,
            check=True,
            capture_output=True,
        )

    git("init")
    git("remote", "add", "origin", "https://ada:secret@example.org/forest.git")
    (tmp_path / "train.py").write_text("")
    assert code_state(tmp_path).git_commit is None
    git("add", ".")
    git("commit", "-m", "first")
    clean = code_state(tmp_path)
    (tmp_path / "train.py").write_text("1")
    assert (len(clean.git_commit), clean.git_dirty, code_state(tmp_path).git_dirty) == (40, False, True)
    assert clean.source_url == "https://example.org/forest.git"


def test_what_went_wrong_first_is_raised_where_the_end_cannot_be_stored_either(tmp_path, caplog):
    workspace = opened(f"sqlite:///{tmp_path / 'd.db'}", tmp_path / "artifacts")
    full = destination_of(workspace).sink.database

    def fill_the_disk():
        with start_run("income", workspace=workspace) as run:
            run.flush()
            with full.transaction() as transaction:  # the database may not grow any more
                transaction.one("PRAGMA max_page_count = 1")
            raise ValueError("x" * 100_000)

    with pytest.raises(ValueError, match="xxx"):
        fill_the_disk()
    assert "database or disk is full. Free space on its disk" in caplog.text
    assert "driftline sync delivers it" in caplog.text
    full.close()  # the next connection may grow again
    [run] = list_runs(workspace)
    assert run["status"] == "failed"
    workspace.database.close()
