"""`driftline runs` and `driftline models`: for people, and as JSON for scripts."""

import json
import math

import pytest

from driftline.settings import Settings
from driftline.tracking import start_run
from driftline.workspace import open_workspace


@pytest.mark.parametrize(("command", "advice"), [("runs", "driftline.start_run(...)"), ("models", "driftline demo")])
def test_an_empty_home_says_what_to_do(driftline, command, advice):
    shown = driftline(command)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout.startswith(f"No {command} in sqlite:///")
    assert advice in " ".join(shown.stdout.split())
    assert not driftline.home.exists()


@pytest.mark.parametrize("command", ["runs", "models"])
def test_an_empty_home_is_an_empty_list_to_a_script(driftline, command):
    assert json.loads(driftline(command, "--json").stdout) == []


def test_a_filter_that_nothing_passes_is_not_called_an_empty_home(replayed):
    command, _ = replayed
    assert command("runs", "--experiment", "fires").stdout.startswith("No run is like that.")


def test_runs_are_listed_newest_first_with_their_metrics(replayed):
    command, _ = replayed
    runs = json.loads(command("runs", "--json", "--experiment", "fire_risk", "--status", "finished").stdout)
    assert [run["experiment"] for run in runs] == ["fire_risk", "fire_risk"]
    assert runs[0]["started_at"] > runs[1]["started_at"]
    assert {"holdout/auroc", "holdout/log_loss"} <= set(runs[0]["metrics"])
    assert json.loads(command("runs", "--json", "--first", "1").stdout) == runs[:1]


def test_a_run_is_shown_by_the_start_of_its_id(replayed):
    command, _ = replayed
    newest = json.loads(command("runs", "--json").stdout)[0]["run_id"]
    told = json.loads(command("runs", newest[:8], "--json").stdout)
    assert (told["run_id"], told["params"]["num_leaves"]) == (newest, 7)
    assert {item["role"] for item in told["inputs"]} == {"training", "holdout"}
    assert newest in command("runs", newest[:8]).stdout


def test_the_points_of_a_metric_are_shown_with_a_chart(driftline):
    workspace = open_workspace(Settings(home=driftline.home))
    with start_run("e", workspace=workspace) as run:
        for step in range(200):
            run.log_metrics({"loss": 1.0 / (step + 1)}, step=step)
    workspace.database.close()
    shown = driftline("runs", run.run_id[:8], "--metric", "loss")
    assert shown.stdout.startswith("loss from step 0 to 199:\n1 ┐\n  █")
    points = json.loads(driftline("runs", run.run_id, "--metric", "loss", "--json").stdout)
    assert [point["step"] for point in points] == list(range(200))
    assert points[1]["value"] == 0.5
    assert "no metric 'los'" in driftline("runs", run.run_id, "--metric", "los").stderr
    assert "is of one run" in driftline("runs", "--metric", "loss").stderr


def test_json_is_json_also_where_a_number_is_none(driftline):
    workspace = open_workspace(Settings(home=driftline.home))
    with start_run("e", workspace=workspace) as run:
        run.log_params({"gamma": math.nan, "nested": [1.5, -math.inf]})
        run.log_metrics({"loss": math.inf})
    workspace.database.close()

    def told(*words):
        return json.loads(driftline(*words, "--json").stdout, parse_constant=pytest.fail)

    shown = told("runs", run.run_id)
    assert (shown["params"], shown["metrics"]) == ({"gamma": "NaN", "nested": [1.5, "-Infinity"]}, {"loss": None})
    assert told("runs")[0]["metrics"] == {"loss": None}


def test_the_table_of_runs_shows_what_the_json_says(replayed):
    command, _ = replayed
    shown = command("runs").stdout
    assert [run["run_id"][:8] in shown for run in json.loads(command("runs", "--json").stdout)] == [True, True]


def test_models_are_listed_with_their_champions(replayed):
    command, _ = replayed
    [model] = json.loads(command("models", "--json").stdout)
    assert (model["model"], model["versions"], model["champion"]) == ("fire_risk", 2, 2)
    assert "fire_risk" in command("models").stdout


def test_a_model_is_shown_with_its_versions_and_who_was_champion(replayed):
    command, _ = replayed
    told = json.loads(command("models", "fire_risk", "--json").stdout)
    assert [(v["version"], v["alias"]) for v in told["versions"]] == [(2, "champion"), (1, None)]
    assert [(e["version"], e["previous"]) for e in told["history"]] == [(2, 1), (1, None)]
    assert "Who was champion, newest first" in command("models", "fire_risk").stdout


@pytest.mark.parametrize(
    ("at", "version"),
    [("2020-01-01", None), ("2025-03-10T23:59:59Z", 1), ("2025-03-11T01:00:00+01:00", 2)],
)
def test_the_champion_of_a_past_time_is_told(replayed, at, version):
    command, _ = replayed
    told = json.loads(command("models", "fire_risk", "--at", at, "--json").stdout)
    assert told["version"] == version


def test_a_time_before_the_first_champion_is_said_in_words(replayed):
    command, _ = replayed
    assert "had no champion at 2020-01-01" in command("models", "fire_risk", "--at", "2020-01-01").stdout


def test_the_champion_of_a_past_time_comes_with_the_evidence(replayed):
    command, _ = replayed
    shown = command("models", "fire_risk", "--at", "2025-03-20").stdout
    assert "Promoted: auroc" in shown
    assert "Retrain: auroc" in shown
