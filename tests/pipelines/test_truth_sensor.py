"""The sensor that renews evaluations: once for each delivery, and what it asks for is done."""

from dataclasses import replace

import dagster as dg

from driftline import add_ground_truth
from driftline.datasets import simulate_fire_risk
from driftline.evaluations import evaluate, evaluations_of
from driftline.pipelines import WorkspaceResource
from driftline.pipelines.truth_sensor import truth_sensor
from driftline.predictions import predict
from tests.pipelines.conftest import definitions_of
from tests.streams import LONG_AFTER, day, fires

DAYS = ["2025-02-10", "2025-02-11", "2025-02-14"]


def tick(dagster, cursor=None):
    resources = {"workspace": WorkspaceResource(replay_at=LONG_AFTER.isoformat())}
    with dg.build_sensor_context(
        instance=dagster.instance, definitions=definitions_of(fires()), resources=resources, cursor=cursor
    ) as context:
        return truth_sensor(fires()).evaluate_tick(context)


def corrected(workspace, *keys):
    for key in keys:
        rows = simulate_fire_risk(fires().partitions.window(key), rows_per_day=60)[["time", "station", "fire"]]
        turned = rows.assign(fire=rows["fire"].map({"yes": "no", "no": "yes"}))
        add_ground_truth(workspace, fires(), turned, actor="another app")


def test_without_a_delivery_it_says_so(dagster, serving):
    assert tick(dagster).skip_message == "No new delivery of labels."


def test_each_stretch_of_outdated_days_is_one_run_asked_for_once(dagster, serving):
    predict(serving, fires(), DAYS)
    evaluate(replace(serving, replay_at=day("2025-03-01")), fires(), DAYS)
    before = evaluations_of(serving, fires(), DAYS)
    corrected(serving, *DAYS)
    first = tick(dagster)
    assert [request.tags["dagster/asset_partition_range_end"] for request in first.run_requests] == DAYS[1:]
    assert tick(dagster).run_requests[0].run_key == first.run_requests[0].run_key  # the cursor was lost
    assert tick(dagster, first.cursor).skip_message == "No new delivery of labels."
    days = (DAYS[0], DAYS[1])
    assert dagster.run(
        "fires_monitor", fires(), days=days, asset_selection=first.run_requests[0].asset_selection
    ).success
    after = evaluations_of(serving, fires(), DAYS)
    assert after[DAYS[0]][0].value < before[DAYS[0]][0].value
    assert after[DAYS[2]] == before[DAYS[2]]
