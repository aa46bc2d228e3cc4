"""`driftline runs --filter`, `compare` and `leaderboard`: for people, as JSON, and as files."""

import json
import math

import pandas as pd
import pytest

from driftline.settings import Settings
from driftline.tracking import start_run
from driftline.workspace import open_workspace


@pytest.fixture
def logged(driftline):
    """The command line on a home with four runs, and their ids."""
    workspace, ids = open_workspace(Settings(home=driftline.home)), []
    for number in range(4):
        params = {"model": ["tree", "net"][number // 2], "seed": number, "lr": 0.1}
        with start_run("income", run_name=f"run-{number}", params=params, workspace=workspace) as run:
            for step in range(5):
                run.log_metrics({"auc": number / 10 + step / 100, "noise": math.nan}, step=step)
        ids.append(run.run_id)
    workspace.database.close()
    return driftline, ids


def test_runs_are_filtered_and_ordered(logged):
    command, ids = logged
    shown = command(
        "runs", "--filter", "metrics.auc > 0.1 and params.seed < 3", "--order-by", "metrics.auc ASC", "--json"
    )
    assert [run["run_id"] for run in json.loads(shown.stdout)] == ids[1:3]
    shown = command("runs", "--order-by", "params.model", "--order-by", "metrics.auc DESC", "--first", "1")
    assert shown.stdout.startswith("Runs, by params.model, metrics.auc DESC")
    assert ids[3][:8] in shown.stdout


def test_a_wrong_filter_is_shown_with_the_place(logged):
    command, _ = logged
    shown = command("runs", "--filter", "metrics.auc > 0.1 and statsu = 'failed'")
    assert shown.returncode == 1
    assert shown.stderr.splitlines() == [
        "driftline: A run has no attribute 'statsu' (character 23).",
        "  metrics.auc > 0.1 and statsu = 'failed'",
        "                        ^",
        "Did you mean 'status'?",
    ]


def test_a_name_that_nobody_logged_is_pointed_out(logged):
    command, _ = logged
    shown = command("runs", "--filter", "metrics.acu > 0.1")
    assert shown.stdout == "No run is like that. Nothing was ever logged as 'acu'. Did you mean 'auc'?\n"


@pytest.mark.parametrize(("table", "rows"), [("runs", 2), ("values", 2 * 5), ("points", 2 * 10)])
def test_runs_are_written_to_files(logged, table, rows):
    command, _ = logged
    for name, read in (("runs.csv", pd.read_csv), ("runs.parquet", pd.read_parquet)):
        shown = command("runs", "--filter", "params.model = 'net'", "--output", name, "--table", table)
        assert shown.stdout == f"{rows} rows are in {name}.\n"
        assert len(read(command.folder / name)) == rows


def test_runs_are_compared(logged):
    command, ids = logged
    shown = command("compare", ids[0][:8], ids[3])
    assert "model  tree" in shown.stdout
    assert "0.34 ▁▃▅▆█" in shown.stdout
    assert "not finite" in shown.stdout
    assert "Params that are the same: lr 0.1" in shown.stdout
    compared = json.loads(command("compare", *ids[:2], "--json").stdout)
    assert compared["params"] == {"seed": {ids[0]: 0, ids[1]: 1}}
    assert command("compare", ids[0]).stderr.startswith("driftline: 1 run is given to compare.")


def test_the_params_of_an_experiment_are_ranked(logged):
    command, ids = logged
    board = json.loads(command("leaderboard", "income", "--metric", "auc", "--json").stdout)
    assert [(one["rank"], one["params"], one["n"]) for one in board["entries"]] == [
        (1, {"model": "net"}, 2),
        (2, {"model": "tree"}, 2),
    ]
    shown = command("leaderboard", "income", "--metric", "auc")
    assert shown.stdout.startswith("auc of income, larger is better")
    assert ids[3][:8] in shown.stdout
    by_seed = command("leaderboard", "income", "--metric", "auc", "--repeated", "fold", "--json")
    assert len(json.loads(by_seed.stdout)["entries"]) == 4
    assert "No metric decides" in command("leaderboard", "income").stderr
