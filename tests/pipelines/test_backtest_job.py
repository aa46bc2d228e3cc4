"""The backtest job: a table and a picture for people, the figures for the API."""

import pytest

from driftline.declaration import replay_op
from driftline.store import backtest_rows
from driftline.workspace import open_workspace
from tests.streams import fires


@pytest.mark.parametrize("hindsight", [False, True])
def test_a_backtest_shows_each_policy_and_its_regret_where_it_is_asked_for(dagster, hindsight):
    config = {"policies": ["weekly"], "end": "2025-02-23", "metric": "log_loss", "hindsight": hindsight}
    run = dagster.run("fires_backtest", fires(), ops={replay_op("fires"): {"config": config}})
    assert run.success
    [output] = [event for event in run.all_events if event.is_successful_output]
    rows = [record.data for record in output.step_output_data.metadata["policies"].records]
    assert [row["policy"] for row in rows] == ["weekly", "never", "last known label"]
    assert [row["retrained"] for row in rows] == [2, 0, 0]
    with open_workspace().database.reading() as session:
        [stored] = backtest_rows.newest_backtests(session, "fires")
    regrets = [outcome["regret"] for outcome in stored.outcomes]
    if hindsight:
        assert [row["regret"] for row in rows] == [f"{regrets[0]['value']:.4f}", f"{regrets[1]['value']:.4f}", ""]
    else:
        assert regrets == [None, None, None]
        assert all("regret" not in row for row in rows)
