"""What a run records by itself: where it came from, what was printed, its load, and a budget that ends it."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

import driftline
from driftline.experiments import describe_run, list_runs
from driftline.tracking import load
from tests.scripts import script

pytestmark = pytest.mark.usefixtures("home")


def files(workspace, run_id):
    return {
        file["path"]: workspace.artifacts.get(file["digest"]) for file in describe_run(workspace, run_id)["artifacts"]
    }


def test_the_environment_and_what_is_not_committed_are_files_of_the_run(look, tmp_path, monkeypatch):
    def git(*words):
        identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
        subprocess.run(["git", *identity, *words], cwd=tmp_path, check=True, capture_output=True)

    (tmp_path / "train.py").write_text("trees = 10\n")
    git("init")
    git("add", "train.py")
    git("commit", "-m", "first")
    (tmp_path / "train.py").write_text("trees = 20\n")
    monkeypatch.chdir(tmp_path)
    with driftline.start_run("origin") as run:
        pass
    kept = files(look(), run.run_id)
    environment = json.loads(kept["environment.json"])
    assert {"scikit-learn", "driftline"} <= set(environment["packages"])
    assert environment["machine"]["python"].startswith("CPython 3.")
    assert "-trees = 10\n+trees = 20\n" in kept["uncommitted.patch"].decode()


@pytest.mark.parametrize(("ending", "status", "code"), [("", "finished", 0), ("import os; os._exit(9)", "lost", 9)])
def test_what_a_script_prints_is_kept_also_where_it_dies(look, home, ending, status, code):
    out = script(
        f"""
        import sys, driftline
        print("before")
        run = driftline.start_run("prints")
        run.flush()
        print("epoch 1")
        sys.stderr.write("careful\\n")
        {ending}
        """,
        status=code,
    )
    assert "epoch 1" in out
    [run] = list_runs(look())
    kept = files(look(), run["run_id"])
    assert (run["status"], kept["output/stdout.txt"], kept["output/stderr.txt"]) == (status, b"epoch 1\n", b"careful\n")
    assert list((home / "journals" / "output").iterdir()) == []


def test_each_run_of_a_process_has_its_own_output(look):
    script("""
        import driftline
        for number in range(2):
            with driftline.start_run("prints", run_name=str(number)):
                print("number", number)
        with driftline.start_run("prints", run_name="quiet"):
            pass
        with driftline.start_run("prints", run_name="off", log_output=False):
            print("not kept")
    """)
    kept = {run["name"]: files(look(), run["run_id"]).get("output/stdout.txt") for run in list_runs(look())}
    assert kept == {"0": b"number 0\n", "1": b"number 1\n", "quiet": None, "off": None}


def test_a_run_that_lasts_knows_its_load_and_its_cost(look, monkeypatch):
    monkeypatch.setenv("DRIFTLINE_PRICE_PER_HOUR", "3600")
    monkeypatch.setattr(load, "SAMPLE_S", 0.3)
    monkeypatch.setattr(load, "LEAST_S", 1.0)
    with driftline.start_run("busy") as run:
        ends = time.monotonic() + 1.1
        while time.monotonic() < ends or "system/memory_bytes" not in describe_run(look(), run.run_id)["metrics"]:
            sum(range(1000))
    metrics = describe_run(look(), run.run_id)["metrics"]
    assert metrics["system/cpu_s"] > 0.3
    assert metrics["system/cost"] > 1.0
    assert metrics["system/memory_bytes"] > 1e6
    with driftline.start_run("short") as run:
        pass
    assert describe_run(look(), run.run_id)["metrics"] == {}


@pytest.mark.parametrize(
    "how", ["with driftline.start_run('b', budget=budget):", "driftline.start_run('b', budget=budget)\nif True:"]
)
def test_a_run_that_has_used_up_its_budget_is_ended(look, how):
    script(f"import driftline, time\nbudget = driftline.Budget(duration_s=0.5)\n{how}\n    time.sleep(60)", status=143)
    [run] = list_runs(look())
    assert run["status"] == "killed"
    assert "The budget of the run is used up: duration_s is" in describe_run(look(), run["run_id"])["error"]


def test_a_script_may_say_itself_what_a_used_up_budget_means(look):
    out = script("""
        import signal, time, driftline
        seen = []
        signal.signal(signal.SIGTERM, lambda *_: seen.append("checkpoint"))
        with driftline.start_run("mine", budget=driftline.Budget(duration_s=0.5)):
            while not seen:
                time.sleep(0.1)
        print(*seen)
    """)
    assert out == "checkpoint\n"
    assert [run["status"] for run in list_runs(look())] == ["finished"]


def test_a_pipelines_run_keeps_no_output_of_its_own(look, capsys):
    with driftline.start_run("steps", workspace=look()) as run:
        sys.stdout.write("seen by Dagster\n")
    assert set(files(look(), run.run_id)) - {"uncommitted.patch"} == {"environment.json"}
    assert capsys.readouterr().out == "seen by Dagster\n"
    assert Path(sys.executable).name in describe_run(look(), run.run_id)["command"]
