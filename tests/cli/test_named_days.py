"""A day on the command line means the whole day of the stream's time zone, whatever its partitions are."""

import json
from dataclasses import replace

import pytest

from tests.cli.conftest import ASSETS, DEFINITIONS, WORKSPACE

DAILY = 'Daily("2025-02-10", end="2025-03-24")'
LOCAL_HOURS = 'Hourly("2025-03-29", end="2025-04-01", timezone="Europe/Zurich")'
HOURS, WEEKS = 'Hourly("2025-02-10", end="2025-04-07")', 'Weekly("2025-02-10", end="2025-04-07")'


@pytest.fixture
def command(driftline, tmp_path):
    """Gives the command line in a project whose stream has these partitions."""

    def cut_by(partitions):
        assets = ASSETS.replace(DAILY, partitions).replace("import Daily", "import Daily, Hourly, Weekly")
        for name, text in (("assets.py", assets), ("definitions.py", DEFINITIONS), ("workspace.yaml", WORKSPACE)):
            (tmp_path / name).write_text(text)
        return replace(driftline, folder=tmp_path)

    return cut_by


@pytest.mark.parametrize(
    ("partitions", "keys"),
    [
        (LOCAL_HOURS, [f"2025-03-30-{hour:02}:00" for hour in range(24) if hour != 2]),
        (WEEKS, ["2025-03-24"]),
    ],
)
def test_a_backfill_of_a_day_is_of_all_that_it_reaches_into(command, partitions, keys):
    shown = command(partitions)("backfill", "fire_risk", "--from", "2025-03-30", "--to", "2025-03-30", "--json")
    assert json.loads(shown.stdout)["waiting_or_failed"] == keys  # nothing was trained yet


def test_a_backtest_goes_up_to_the_end_of_a_day_of_the_time_zone(command):
    words = ("--policies", "never", "--from", "2025-03-30", "--to", "2025-03-30", "--window", "2h")
    shown = command(LOCAL_HOURS)("backtest", "fire_risk", *words, "--change", "2025-03-30")
    assert shown.returncode == 0, shown.stderr
    assert "fire_risk [2025-03-30, 2025-03-31) under" in shown.stdout
    assert "delay 2025-03-30" in shown.stdout


def test_an_evaluation_until_a_day_looks_at_its_last_hour(command):
    shown = command(HOURS)("evaluate", "fire_risk", "--until", "2025-03-05", "--window", "1h")
    assert "There was no champion" in shown.stderr
    late = command(LOCAL_HOURS)("evaluate", "fire_risk", "--until", "2025-03-01")
    assert "lies between 2025-03-29 and 2025-03-01" in late.stderr
