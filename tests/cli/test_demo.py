"""`driftline demo` on six weeks of the stream, by the rule that the alerts ask: a real replay."""

import json
import signal
import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

LABELLED = "SELECT count(DISTINCT partition_key) FROM evaluation_results WHERE dataset = 'fire_risk'"


def events(command) -> list[tuple[object, ...]]:
    told = json.loads(command("demo", "--json").stdout)
    return [tuple(event.get(key) for key in ("at", "kind", "version", "before", "after")) for event in told]


@pytest.fixture(scope="module")
def told(replayed) -> list[tuple[object, ...]]:
    return events(replayed[0])


def runs_of_dagster(home: Path) -> int:
    with closing(sqlite3.connect(home / "dagster" / "history" / "runs.db")) as connection:
        return int(connection.execute("SELECT count(*) FROM runs").fetchone()[0])


def days_replayed(home: Path) -> int:
    try:
        with closing(sqlite3.connect(f"file:{home / 'driftline.db'}?mode=ro", uri=True)) as connection:
            return int(connection.execute(LABELLED).fetchone()[0])
    except sqlite3.OperationalError:  # not made yet
        return 0


def test_it_ends_with_a_table_of_drift_and_promotion_and_with_what_to_do_next(replayed):
    _, shown = replayed
    assert [
        word for word in ("drift of version 1", "version 2 promoted", "Next:", "driftline dev") if word not in shown
    ] == []
    assert "2025-02-10 to 2025-03-23" in shown


def test_drift_was_found_after_the_truth_changed_and_led_to_a_better_champion(told):
    first, drift, second = told[:3]
    assert first[:4] == ("2025-02-10T00:00:00+00:00", "promoted", 1, None)
    assert drift[0] > "2025-03-01"
    assert drift[1:3] == ("drift", 1)
    assert second[1:3] == ("promoted", 2)
    assert second[4] > second[3]


def test_the_events_are_json_on_stdout_alone(told):
    assert {kind for _, kind, *_ in told} == {"drift", "promoted"}


def test_a_second_call_shows_the_same_without_replaying(replayed):
    command, shown = replayed
    before = runs_of_dagster(command.home)
    assert command("demo").stdout == shown
    assert runs_of_dagster(command.home) == before


def cut_off(command, number, *, at):
    """Send a signal to a replay once so many days are replayed, and return what it said."""
    process = command.start("demo")
    while days_replayed(command.home) < at and process.poll() is None:
        time.sleep(0.05)
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (128 + number, "")
    assert "Traceback" not in err
    assert err.endswith("the same command goes on from there.\n")
    return err


def test_one_that_is_ended_by_signals_says_so_and_goes_on_to_the_same_end(replayed, told, tmp_path):
    command = replace(replayed[0], home=tmp_path / "interrupted")
    assert "driftline: The replay of fire_risk was ended by SIGTERM. " in cut_off(command, signal.SIGTERM, at=7)
    assert "driftline: The replay of fire_risk was interrupted. " in cut_off(command, signal.SIGINT, at=14)
    stopped_at = days_replayed(command.home)
    assert 14 <= stopped_at < 42
    assert events(command) == told
