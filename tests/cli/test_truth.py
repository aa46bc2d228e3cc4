"""`driftline truth`: labels from a file, what they outdate, and how far they have come."""

import json
import shutil
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
    shown = told(command("backfill", "fire_risk", "--from", DAY, "--to", DAY, "--missing", "--json"))
    return shown["metrics"][DAY][0]["value"]


def test_delivered_labels_are_evaluated_at_once(command, corrected):
    before = auroc(command)
    shown = told(command("truth", "add", "fire_risk", corrected, "--json"))
    assert (shown["new_count"], shown["outdated"], shown["faults"]) == (60, [DAY], [])
    assert auroc(command) == pytest.approx(1 - before)


def test_the_same_file_again_changes_nothing(command, corrected):
    command("truth", "add", "fire_risk", corrected)
    again = command("truth", "add", "fire_risk", corrected)
    assert again.stdout == "These 60 labels are here already, as delivery 1.\nNo evaluation is outdated.\n"


def test_a_csv_file_says_the_same_as_a_parquet_file(command, corrected, tmp_path):
    pd.read_parquet(corrected).to_csv(tmp_path / "labels.csv", index=False)
    assert told(command("truth", "add", "fire_risk", corrected, "--json"))["already"] is False
    assert told(command("truth", "add", "fire_risk", tmp_path / "labels.csv", "--json"))["already"] is True


def test_evaluating_may_wait_and_the_status_says_so(command, corrected):
    left = command("truth", "add", "fire_risk", corrected, "--no-evaluate", "--source", "the fire brigade")
    assert f"Outdated: {DAY}. Evaluate them again: driftline truth evaluate fire_risk." in left.stdout
    assert told(command("truth", "status", "fire_risk", "--json"))["outdated"] == [DAY]
    assert command("truth", "evaluate", "fire_risk").stdout == f"Evaluated again: {DAY}.\n"
    assert told(command("truth", "evaluate", "fire_risk", "--json"))["outdated"] == []


def test_the_status_shows_each_delivery_and_what_is_labelled(command, corrected):
    command("truth", "add", "fire_risk", corrected, "--no-evaluate", "--source", "the fire brigade")
    shown = told(command("truth", "status", "fire_risk", "--json"))
    assert [(row["source"], row["new_count"]) for row in shown["deliveries"]] == [("the fire brigade", 60)]
    assert (shown["label_count"], shown["prediction_count"]) == (2520, 2520)
    people = command("truth", "status", "fire_risk").stdout
    assert "the fire brigade" in people
    assert "2520 of 2520 predictions are labelled." in people
    assert f"1 evaluations are outdated, from {DAY} on" in people


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
