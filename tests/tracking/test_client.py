"""A script logs without a workspace in hand: the settings say where, and the run that goes on is meant."""

import math
import sys
import threading

import pytest

import driftline
from driftline.experiments import describe_run, list_runs, metric_history
from driftline.tracking.errors import (
    ActiveRunError,
    InvalidExperimentFactsError,
    InvalidRunIdError,
    InvalidTimestampError,
    NoActiveRunError,
    UnknownRunError,
)
from tests.logged import steps
from tests.scripts import script

pytestmark = pytest.mark.usefixtures("home")


def test_three_lines_are_a_run(look):
    with driftline.start_run("income", params={"lr": 0.1}, tags={"team": "risk"}, hypothesis="More trees help.") as run:
        for epoch in range(3):
            driftline.log_metric("train/loss", 1 / (epoch + 1), step=epoch)
    told = describe_run(look(), run.run_id)
    assert (told["experiment"], told["status"], told["hypothesis"]) == ("income", "finished", "More trees help.")
    assert (told["params"], told["tags"], told["metrics"]) == ({"lr": 0.1}, {"team": "risk"}, {"train/loss": 1 / 3})


def test_the_calls_of_mlflow_are_there_by_their_names_and_their_arguments(look, tmp_path):
    (tmp_path / "notes.txt").write_text("a")
    driftline.set_experiment("ported")
    run = driftline.start_run(run_name="first")
    driftline.log_param("lr", 0.1)
    driftline.log_params({"depth": 3})
    driftline.log_metric("loss", 0.5, step=2, timestamp=1_700_000_000_123)
    driftline.log_metrics({"auc": 0.9, "f1": 0.8}, step=2)
    driftline.set_tag("kind", "tree")
    driftline.set_tags({"a": 1, "kind": None})
    driftline.log_artifact(tmp_path / "notes.txt", artifact_path="docs")
    driftline.log_text("b", "b.txt")
    driftline.log_dict({"c": [1]}, "c.json")
    driftline.log_table({"x": [1, 2]}, "t.csv")
    assert driftline.active_run() is driftline.current_run() is run
    driftline.end_run()
    told = describe_run(look(), run.run_id)
    assert (told["experiment"], told["name"], told["params"]) == ("ported", "first", {"depth": 3, "lr": 0.1})
    assert told["tags"] == {"a": "1"}
    paths = {file["path"] for file in told["artifacts"]} - {"environment.json", "uncommitted.patch"}
    assert paths == {"docs/notes.txt", "b.txt", "c.json", "t.csv"}
    [point] = metric_history(look(), run.run_id, "loss")
    assert (point.step, point.at.timestamp()) == (2, 1_700_000_000.123)
    driftline.set_experiment("default")


def test_without_a_run_a_call_starts_one_and_asking_for_it_is_an_error(look):
    with pytest.raises(NoActiveRunError, match="No run is going on"):
        driftline.current_run()
    driftline.log_metric("loss", 1.0)
    driftline.end_run()
    driftline.end_run()
    assert [run["experiment"] for run in list_runs(look())] == ["default"]


def test_runs_nest_to_any_depth_and_say_whose_part_they_are(look):
    with driftline.start_run("search") as outer:
        with pytest.raises(ActiveRunError, match=outer.run_id):
            driftline.start_run("search")
        with driftline.start_run("search", nested=True) as inner:
            with driftline.start_run("search", nested=True) as innermost:
                driftline.log_metric("loss", 3.0)
            driftline.log_metric("loss", 2.0)
        driftline.log_metric("loss", 1.0)
    told = {run["run_id"]: run for run in list_runs(look())}
    assert [told[run.run_id]["parent_run_id"] for run in (outer, inner, innermost)] == [
        None,
        outer.run_id,
        inner.run_id,
    ]
    assert [told[run.run_id]["metrics"]["loss"] for run in (outer, inner, innermost)] == [1.0, 2.0, 3.0]


def test_a_thread_logs_to_the_run_of_the_main_one_or_to_its_own(look):
    own = []

    def work():
        driftline.log_metric("shared", 1.0)
        with driftline.start_run("in a thread") as run:
            driftline.log_metric("own", 1.0)
            own.append(run)

    with driftline.start_run("main") as run:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        driftline.log_metric("main", 1.0)
    shared = set(describe_run(look(), run.run_id)["metrics"]) - {"system/cpu_s"}  # of a run that took its time
    assert shared == {"shared", "main"}
    assert set(describe_run(look(), own[0].run_id)["metrics"]) - {"system/cpu_s"} == {"own"}


def test_an_experiment_says_what_it_is_for_and_a_run_what_it_has_shown(look):
    driftline.set_experiment("aims", objective="Fewer misses.", metric="recall", direction="max", target=0.9)
    with driftline.start_run(hypothesis="Weights help.") as run:
        run.set_conclusion("They do not.")
        run.set_note("see \0 https://ann:secret@host/x")
    with look().database.reading() as session:
        [row] = session.connection().exec_driver_sql("SELECT objective, metric, direction, target FROM experiment")
    told = describe_run(look(), run.run_id)
    assert tuple(row) == ("Fewer misses.", "recall", "max", 0.9)
    assert (told["hypothesis"], told["conclusion"]) == ("Weights help.", "They do not.")
    assert told["note"] == r"see \x00 https://ann:***@host/x"
    with pytest.raises(InvalidExperimentFactsError, match="'max' or 'min'"):
        driftline.set_experiment("aims", direction="up")
    driftline.set_experiment("default")


def test_a_run_goes_on_from_a_step_and_what_it_takes_back_is_kept_aside(look):
    with driftline.start_run("long") as run:
        for step in range(5000):
            run.log_metric("loss", float(step), step=step)
        run.log_metric("auc", math.nan, step=4000)
    with driftline.start_run(run_id=run.run_id, from_step=3000) as again:
        assert (again.run_id, again.experiment, again.name) == (run.run_id, "long", run.name)
        for step in range(3000, 3010):
            again.log_metric("loss", -1.0, step=step)
    workspace = look()
    assert steps(workspace, run.run_id) == list(range(3010))
    told = describe_run(workspace, run.run_id)
    assert (told["status"], told["attempt"], told["metrics"]) == ("finished", 2, {"loss": -1.0})
    with workspace.database.reading() as session:
        aside = session.connection().exec_driver_sql("SELECT count(*) FROM superseded_point").scalar()
    assert aside == 2001


def test_what_cannot_go_on_is_said():
    with pytest.raises(UnknownRunError, match="There is no run"):
        driftline.start_run(run_id="0" * 32)
    for wrong in ("../x", "A" * 32, 5):
        with pytest.raises(InvalidRunIdError, match="32 hexadecimal"):
            driftline.start_run(run_id=wrong)
    with driftline.start_run("e") as run:
        for wrong in ("now", True, 1e20):
            with pytest.raises(InvalidTimestampError, match="datetime with its zone"):
                run.log_metric("loss", 1.0, timestamp=wrong)


def test_ranks_of_one_training_write_one_run_and_the_first_of_them_ends_it(look):
    run_id = "5" * 32
    code = """
        import driftline, os
        with driftline.start_run("distributed") as run:
            run.log_metric("loss", float(os.environ["RANK"]), step=1)
    """
    for rank in ("1", "0", "2"):
        script(code, env={"DRIFTLINE_RUN_ID": run_id, "RANK": rank})
        assert list_runs(look())[0]["status"] == ("lost" if rank == "1" else "finished")  # nobody is left for now
    [run] = list_runs(look())
    assert (run["run_id"], run["experiment"]) == (run_id, "distributed")
    assert steps(look(), run_id) == [1, 1, 1]


@pytest.mark.parametrize(
    ("ending", "code", "status", "said"),
    [
        ("pass", 0, "finished", None),
        ("raise ValueError('no more')", 1, "failed", "ValueError: no more"),
        ("import sys; sys.exit(0)", 0, "finished", None),
        ("import os, signal; os.kill(os.getpid(), signal.SIGTERM)", 143, "killed", "ended by SIGTERM"),
        ("import os; os._exit(0)", 0, "lost", "ended without saying how"),
    ],
)
def test_a_run_that_nobody_ends_ends_as_its_process_does(look, ending, code, status, said):
    body = f"import driftline\ndriftline.start_run('flat')\ndriftline.log_metric('loss', 0.5)\n{ending}"
    script(body, status=code)
    [run] = list_runs(look())
    told = describe_run(look(), run["run_id"])
    assert (told["status"], told["metrics"]) == (status, {"loss": 0.5})
    assert (told["error"] is None) == (said is None)
    assert said is None or said in told["error"]


def test_an_exit_within_a_block_is_what_its_code_says(look):
    for code, status in ((0, "finished"), (None, "finished"), (3, "failed")):
        with pytest.raises(SystemExit), driftline.start_run("exits") as run:
            sys.exit(code)
        assert describe_run(look(), run.run_id)["status"] == status


def test_starting_a_run_imports_neither_sqlalchemy_nor_pandas(look):
    look()
    out = script("""
        import sys, driftline
        with driftline.start_run("light", params={"a": 1}) as run:
            run.log_metric("loss", 0.5)
            run.log_metrics({"a": 1.0, "b": 2.0})
            run.set_tag("a", "b")
        heavy = ("sqlalchemy", "sqlmodel", "pandas", "lightgbm", "numpy", "alembic")
        print([name for name in heavy if name in sys.modules])
    """)
    assert out.strip() == "[]"


def test_a_signal_that_a_user_handles_stays_theirs(look):
    script(
        """
        import os, signal, driftline
        signal.signal(signal.SIGTERM, lambda *_: print("checkpoint"))
        with driftline.start_run("mine"):
            os.kill(os.getpid(), signal.SIGTERM)
        """
    )
    assert [run["status"] for run in list_runs(look())] == ["finished"]


def test_a_nested_run_is_stored_where_its_outer_one_is(home, workspace):
    with (
        driftline.start_run("elsewhere", workspace=workspace) as outer,
        driftline.start_run("elsewhere", nested=True) as inner,
    ):
        assert inner.workspace is workspace
    told = {run["run_id"]: run["parent_run_id"] for run in list_runs(workspace)}
    assert told == {outer.run_id: None, inner.run_id: outer.run_id}


def test_a_run_that_is_given_a_workspace_makes_no_home_of_its_own(tmp_path, monkeypatch, workspace):
    monkeypatch.setenv("DRIFTLINE_HOME", str(tmp_path / "nobody's"))
    with driftline.start_run("elsewhere", workspace=workspace):
        pass
    assert not (tmp_path / "nobody's").exists()
