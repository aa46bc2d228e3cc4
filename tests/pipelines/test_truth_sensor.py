"""The sensor that renews evaluations: what it asks for is done, and asked for again where its run has failed."""

from dataclasses import replace

import dagster as dg
import pytest
from dagster._core.test_utils import create_run_for_test

from driftline import add_ground_truth
from driftline.datasets import simulate_fire_risk
from driftline.evaluations import evaluate, evaluations_of, outdated
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


@pytest.fixture
def overtaken(serving):
    """The days are evaluated, and then all their labels are corrected."""
    predict(serving, fires(), DAYS)
    evaluate(replace(serving, replay_at=day("2025-03-01")), fires(), DAYS)
    corrected(serving, *DAYS)
    return serving


def keys_of(result):
    return [request.run_key for request in result.run_requests]


def ended(dagster, request, status):
    """A Dagster run as the daemon makes it for a request, that renewed nothing."""
    return create_run_for_test(
        dagster.instance, tags={**request.tags, "dagster/run_key": request.run_key}, status=status
    )


def test_each_stretch_of_outdated_days_is_one_run(dagster, serving, overtaken):
    before = evaluations_of(serving, fires(), DAYS)
    first = tick(dagster)
    assert [request.tags["dagster/asset_partition_range_end"] for request in first.run_requests] == DAYS[1:]
    days = (DAYS[0], DAYS[1])
    assert dagster.run(
        "fires_monitor", fires(), days=days, asset_selection=first.run_requests[0].asset_selection
    ).success
    after = evaluations_of(serving, fires(), DAYS)
    assert after[DAYS[0]][0].value < before[DAYS[0]][0].value
    assert after[DAYS[2]] == before[DAYS[2]]


@pytest.mark.parametrize("status", [None, dg.DagsterRunStatus.NOT_STARTED, dg.DagsterRunStatus.STARTED])
def test_a_run_that_goes_on_or_was_lost_is_asked_for_under_the_same_key(dagster, overtaken, status):
    first = tick(dagster)
    if status is not None:
        ended(dagster, first.run_requests[0], status)
    assert keys_of(tick(dagster, first.cursor)) == keys_of(tick(dagster)) == keys_of(first)


def test_a_run_that_failed_is_asked_for_again_three_times_at_most(dagster, overtaken):
    asked, cursor = [], None
    for _ in range(3):
        result = tick(dagster, cursor)
        asked, cursor = [*asked, *keys_of(result)], result.cursor
        for request in result.run_requests:
            ended(dagster, request, dg.DagsterRunStatus.FAILURE)
    assert len(asked) == len(set(asked)) == 6
    spent = tick(dagster, cursor)
    assert spent.run_requests == []
    assert outdated(overtaken, fires()) == DAYS
    assert tick(dagster, spent.cursor).skip_message == "No new delivery of labels."


def test_what_a_failed_run_has_done_is_not_asked_for_again(dagster, overtaken):
    first = tick(dagster)
    for request in first.run_requests:
        ended(dagster, request, dg.DagsterRunStatus.FAILURE)
    evaluate(overtaken, fires(), [DAYS[0], DAYS[2]])
    [request] = tick(dagster, first.cursor).run_requests
    assert request.tags["dagster/asset_partition_range_start"] == DAYS[1]
    evaluate(overtaken, fires(), [DAYS[1]])
    done = tick(dagster, first.cursor)
    assert (done.run_requests, done.cursor) == ([], "3")


def test_a_run_that_a_person_cancelled_is_not_asked_for_again(dagster, overtaken):
    for request in tick(dagster).run_requests[:1]:
        ended(dagster, request, dg.DagsterRunStatus.CANCELED)
    [other] = tick(dagster).run_requests
    assert other.tags["dagster/asset_partition_range_start"] == DAYS[2]


def test_a_new_delivery_asks_again_for_what_was_given_up(dagster, overtaken):
    for request in tick(dagster).run_requests:
        ended(dagster, request, dg.DagsterRunStatus.CANCELED)
    given_up = tick(dagster)
    corrected(overtaken, "2025-02-12")
    assert len(tick(dagster, given_up.cursor).run_requests) == 2
