"""`driftline backfill`: any range, the champion of the time or a named version, and only what is left."""

import json
import shutil
from dataclasses import replace

import pytest

RANGE = ("fire_risk", "--from", "2025-02-10", "--to", "2025-02-14")
SIMULATED = "lambda window: simulate_fire_risk(window, rows_per_day=60)"
BROKEN = """
def read(window):
    if window.start.day <= 12 < window.end.day and window.start.month == 2:
        raise OSError("the station is down")
    return simulate_fire_risk(window, rows_per_day=60)
"""


@pytest.fixture
def command(replayed, tmp_path):
    """The command line on a copy of the replayed database and its artifacts, with a Dagster history of its own."""
    home = tmp_path / "home"
    shutil.copytree(replayed[0].home, home, ignore=shutil.ignore_patterns("dagster"))
    return replace(replayed[0], home=home)


def told(shown):
    return json.loads(shown.stdout)


def test_a_named_version_is_evaluated_on_days_it_did_not_serve_and_what_it_learnt_from_is_said(command):
    shown = told(command("backfill", *RANGE, "--version", 2, "--json"))
    assert (shown["run"], shown["evaluated"], shown["faults"]) == (5, 5, [])
    assert [found[0]["metric"] for found in shown["metrics"].values()] == ["auroc"] * 5
    assert shown["trained_on"].startswith("[2025-02-")


def test_with_missing_the_same_command_does_only_what_is_left(command):
    assert told(command("backfill", *RANGE, "--missing", "--json"))["run"] == 0
    assert told(command("backfill", *RANGE, "--version", 2, "--json"))["run"] == 5
    assert told(command("backfill", *RANGE, "--version", 2, "--missing", "--json"))["run"] == 0


def test_the_champion_of_the_time_gives_what_it_gave(command):
    before = told(command("backfill", *RANGE, "--missing", "--json"))
    after = told(command("backfill", *RANGE, "--json"))
    assert (after["run"], after["metrics"]) == (5, before["metrics"])


def test_a_day_that_fails_is_named_and_loses_no_other(command, tmp_path):
    broken = tmp_path / "project"
    shutil.copytree(command.folder, broken)
    assets = (broken / "assets.py").read_text().replace(SIMULATED, "read")
    (broken / "assets.py").write_text(assets.replace("\nfire_risk = ", f"{BROKEN}\nfire_risk = "))
    command = replace(command, folder=broken)
    shown = command("backfill", *RANGE, "--version", 2, "--json")
    assert (shown.returncode, told(shown)["evaluated"], told(shown)["waiting_or_failed"]) == (1, 4, ["2025-02-12"])
    assert "2025-02-12: The dataset function" in told(shown)["faults"][0]
    assert "the station is down" in told(shown)["faults"][0]
    again = command("backfill", *RANGE)  # as the champion of the time, on days that are evaluated
    assert "5 of 5 partitions are evaluated, 4 of them now.\n1 could not be evaluated again: " in again.stdout


def test_what_another_version_would_have_done_is_not_shown_as_production(command, replayed):
    assert told(command("backfill", *RANGE, "--version", 2, "--json"))["evaluated"] == 5
    assert command("demo").stdout == replayed[1]


def test_people_get_a_table(command):
    shown = command("backfill", *RANGE, "--missing")
    assert "5 of 5 partitions are evaluated, 0 of them now." in shown.stdout
    assert "2025-02-14" in shown.stdout


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ("fire_risk", "--from", "2024-01-01", "--to", "2024-01-05"),
            "2025-02-10 (inclusive) to 2025-03-24 (exclusive)",
        ),
        (("fire_risk", "--from", "2025-02-14", "--to", "2025-02-10"), "No partition of 'fire_risk' lies between"),
        (("fire_risk", "--from", "soon", "--to", "2025-02-10"), "'soon' is not an ISO 8601 time"),
        (("fire_risc", "--from", "2025-02-10", "--to", "2025-02-10"), "Did you mean 'fire_risk'?"),
        ((*RANGE, "--version", 99), "has no version 99"),
    ],
)
def test_what_cannot_be_backfilled_is_said_in_a_sentence(command, words, sentence):
    shown = command("backfill", *words)
    assert (shown.returncode, shown.stdout) == (1, "")
    assert sentence in shown.stderr
    assert "Traceback" not in shown.stderr
