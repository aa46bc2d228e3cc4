"""Another app asks the API, and Dagster does it: the real server, daemon and runs."""

import shutil
import time
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from tests.cli.conftest import until

OPERATIONS = Path(__file__).parents[2] / "graphql" / "operations"
WEEK = {"pipeline": "fire_risk", "start": "2025-02-10", "end": "2025-02-14"}


TIMELINE = """
query ($filter: RunsFilter!, $job: PipelineSelector!) {
  completed: runsOrError(filter: $filter, limit: 500) {
    ... on Runs { results { id pipelineName repositoryOrigin { repositoryName repositoryLocationName } } }
  }
  job: pipelineOrError(params: $job) { ... on Pipeline { runs(limit: 5) { id status } } }
}
"""


@pytest.fixture
def command(replayed, tmp_path):
    """The command line on a copy of the replayed home, with a Dagster history of its own."""
    home = tmp_path / "home"
    shutil.copytree(replayed[0].home, home, ignore=shutil.ignore_patterns("dagster"))
    return replace(replayed[0], home=home)


@pytest.fixture
def served(command, dev):
    """Where `driftline dev` answers."""
    return dev(command)


def asked(address, query, **variables):
    answer = httpx.post(f"{address}/graphql", json={"query": query, "variables": variables}, timeout=60).json()
    assert "errors" not in answer, answer
    return answer["data"]


@pytest.fixture
def api(served):
    """Asks the API."""
    return lambda name, **variables: asked(served.api, (OPERATIONS / f"{name}.graphql").read_text(), **variables)


def test_a_backfill_and_a_backtest_are_launched_and_come_to_their_end(api, served, command):
    began_s = time.time()
    assert command("backfill", "fire_risk", "--from", "2025-02-15", "--to", "2025-02-16").returncode == 0
    place = {"repositoryName": "__repository__", "repositoryLocationName": "tiny"}
    seen = asked(  # what Dagster's timeline and the page of the job ask
        served.ui,
        TIMELINE,
        filter={"statuses": ["SUCCESS"], "updatedAfter": began_s, "updatedBefore": time.time() + 1},
        job={**place, "pipelineName": "fire_risk_monitor"},
    )
    [run] = seen["completed"]["results"]
    assert (run["pipelineName"], run["repositoryOrigin"]) == ("fire_risk_monitor", place)
    assert seen["job"]["runs"] == [{"id": run["id"], "status": "SUCCESS"}]

    launched = api("launch_backfill", input={**WEEK, "version": 2})["launchBackfill"]
    assert launched["partitions"] == [f"2025-02-{number}" for number in range(10, 15)]
    assert launched["url"].endswith(f"/runs/b/{launched['backfillId']}")

    def evaluated():
        week = {"model": "fire_risk", "dataset": "fire_risk", "start": "2025-02-10", "end": "2025-02-14"}
        nodes = api("evaluations", **week)["evaluations"]["nodes"]
        return {node["partitionKey"] for node in nodes if node["version"]["number"] == 2}

    until(lambda: evaluated() == set(launched["partitions"]), "version 2 is evaluated on five days")
    again = api("launch_backfill", input={**WEEK, "version": 2, "missing": True})["launchBackfill"]
    assert (again["backfillId"], again["partitions"]) == (None, [])

    run = api("launch_backtest", input={**WEEK, "policies": ["weekly"], "length": "1d"})["launchBacktest"]
    assert run["url"].endswith(f"/runs/{run['dagsterRunId']}")
    until(lambda: api("backtests", pipeline="fire_risk")["backtests"]["nodes"], "the backtest is stored")
    [found] = api("backtests", pipeline="fire_risk")["backtests"]["nodes"]
    assert [outcome["policy"] for outcome in found["policies"]] == ["weekly", "never", "last known label"]
