"""`driftline truth`: labels from a file, what they outdate, and how far they have come."""

import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace

import pandas as pd
import pytest

from driftline import Window
from driftline.datasets import simulate_fire_risk
from tests.streams import day

DAY = "2025-03-01"
OTHER = {"yes": "no", "no": "yes"}


@pytest.fixture
def command(replayed, tmp_path):
    """The command line on a copy of the replayed home, with a Dagster history of its own."""
    home = tmp_path / "home"
    shutil.copytree(replayed[0].home, home, ignore=shutil.ignore_patterns("dagster"))
    return replace(replayed[0], home=home)


@pytest.fixture
def corrected(tmp_path):
    """A file in which all labels of a day are other than the dataset says."""
    rows = simulate_fire_risk(Window(day(DAY), day("2025-03-02")), rows_per_day=60)
    path = tmp_path / "labels.parquet"
    rows[["time", "station", "fire"]].assign(fire=rows["fire"].map(OTHER)).to_parquet(path)
    return path


def told(shown):
    assert shown.returncode == 0, shown.stderr
    return json.loads(shown.stdout)


def auroc(command):
    query = "SELECT value FROM evaluation_results WHERE partition_key = ? AND metric = 'auroc' ORDER BY evaluated_at"
    with closing(sqlite3.connect(command.home / "driftline.db")) as connection:
        return [value for (value,) in connection.execute(query, (DAY,))]


def test_delivered_labels_are_evaluated_at_once_and_the_old_evaluation_is_kept(command, corrected):
    [before] = auroc(command)
    shown = told(command("truth", "add", "fire_risk", corrected, "--json"))
    assert (shown["new_count"], shown["outdated"], shown["faults"]) == (60, [DAY], [])
    assert auroc(command) == [before, pytest.approx(1 - before)]


def test_the_same_labels_again_change_nothing_from_whatever_file(command, corrected, tmp_path):
    command("truth", "add", "fire_risk", corrected, "--no-evaluate")
    pd.read_parquet(corrected).to_csv(tmp_path / "labels.csv", index=False)
    again = command("truth", "add", "fire_risk", tmp_path / "labels.csv", "--no-evaluate")
    assert again.stdout.startswith("These 60 labels are here already, as delivery 1.\n")


def test_a_delivery_of_many_days_is_told_in_a_line_and_in_json_by_each(command, tmp_path):
    rows = simulate_fire_risk(Window(day("2025-03-01"), day("2025-03-06")), rows_per_day=60)
    path = tmp_path / "labels.parquet"
    rows[["time", "station", "fire"]].assign(fire=rows["fire"].map(OTHER)).to_parquet(path)
    left = command("truth", "add", "fire_risk", path, "--no-evaluate").stdout
    assert "Outdated: 5 partitions from 2025-03-01 to 2025-03-05. Evaluate them again: " in left
    shown = told(command("truth", "evaluate", "fire_risk", "--json"))
    assert (shown["outdated"], shown["still_outdated"]) == ([f"2025-03-0{n}" for n in range(1, 6)], [])


def test_evaluating_may_wait_and_the_status_says_so(command, corrected):
    left = command("truth", "add", "fire_risk", corrected, "--no-evaluate", "--source", "the fire brigade")
    assert f"Outdated: {DAY}. Evaluate them again: driftline truth evaluate fire_risk." in left.stdout
    people = command("truth", "status", "fire_risk").stdout
    said = ("the fire brigade", "2520 of 2520 predictions are labelled.", f"outdated, from {DAY} on")
    assert [part for part in said if part not in people] == []
    assert command("truth", "evaluate", "fire_risk").stdout == f"Evaluated again: {DAY}.\n"
    shown = told(command("truth", "status", "fire_risk", "--json"))
    assert ([row["new_count"] for row in shown["deliveries"]], shown["outdated"]) == ([60], [])


def test_without_a_delivery_the_status_says_how_to_make_one(replayed):
    assert "driftline truth add fire_risk labels.csv" in replayed[0]("truth", "status", "fire_risk").stdout


def test_without_a_word_the_help_teaches(driftline):
    shown = driftline("truth")
    assert [
        word for word in ("add", "status", "evaluate", "labels.csv") if word not in shown.stdout + shown.stderr
    ] == []


def test_a_file_that_is_not_there_and_a_pipeline_that_is_none_are_named(replayed, tmp_path):
    assert "No such file" in replayed[0]("truth", "add", "fire_risk", tmp_path / "none.csv").stderr
    assert "Did you mean 'fire_risk'?" in replayed[0]("truth", "status", "fire_risc").stderr
