"""Another app asks the API, and Dagster does it: the real server, daemon and runs."""

import shutil
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from tests.cli.conftest import until

OPERATIONS = Path(__file__).parents[2] / "graphql" / "operations"
WEEK = {"pipeline": "fire_risk", "start": "2025-02-10", "end": "2025-02-14"}


@pytest.fixture
def api(replayed, tmp_path, dev):
    """Asks the API of `driftline dev` on a copy of the replayed home, with a Dagster history of its own."""
    home = tmp_path / "home"
    shutil.copytree(replayed[0].home, home, ignore=shutil.ignore_patterns("dagster"))
    address = dev(replace(replayed[0], home=home)).api

    def ask(name, **variables):
        query = (OPERATIONS / f"{name}.graphql").read_text()
        answer = httpx.post(f"{address}/graphql", json={"query": query, "variables": variables}, timeout=60).json()
        assert "errors" not in answer, answer
        return answer["data"]

    return ask


def test_a_backfill_and_a_backtest_are_launched_and_come_to_their_end(api):
    launched = api("launch_backfill", input={**WEEK, "version": 2})["launchBackfill"]
    assert launched["partitions"] == [f"2025-02-{number}" for number in range(10, 15)]
    assert launched["url"].endswith(f"/runs/b/{launched['backfillId']}")

    def evaluated():
        asked = {"model": "fire_risk", "dataset": "fire_risk", "start": "2025-02-10", "end": "2025-02-14"}
        nodes = api("evaluations", **asked)["evaluations"]["nodes"]
        return {node["partitionKey"] for node in nodes if node["version"]["number"] == 2}

    until(lambda: evaluated() == set(launched["partitions"]), "version 2 is evaluated on five days")
    again = api("launch_backfill", input={**WEEK, "version": 2, "missing": True})["launchBackfill"]
    assert (again["backfillId"], again["partitions"]) == (None, [])

    run = api("launch_backtest", input={**WEEK, "policies": ["weekly"], "length": "1d"})["launchBacktest"]
    assert run["url"].endswith(f"/runs/{run['dagsterRunId']}")
    until(lambda: api("backtests", pipeline="fire_risk")["backtests"]["nodes"], "the backtest is stored")
    [found] = api("backtests", pipeline="fire_risk")["backtests"]["nodes"]
    assert [outcome["policy"] for outcome in found["policies"]] == ["weekly", "never", "last known label"]
