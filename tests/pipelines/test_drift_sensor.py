"""The sensor asks once for each decision, says why it does not ask, and follows up on runs that died."""

from contextlib import contextmanager

import dagster as dg
import pytest
from dagster._core.test_utils import create_run_for_test

from driftline.drift_reports import report_drift
from driftline.pipelines import WorkspaceResource, build, drift_sensor
from driftline.predictions import predict
from driftline.retraining import read_dataset, train
from tests.histories import decisions
from tests.streams import LONG_AFTER, fires

DRIFTED = [f"2025-03-{number:02}" for number in range(11, 18)]


@contextmanager
def sensing(dagster, cursor=None):
    resources = {"workspace": WorkspaceResource(replay_at=LONG_AFTER.isoformat())}
    defs = dg.Definitions.merge(build(fires()), dg.Definitions(resources=resources, sensors=[drift_sensor([fires()])]))
    with dg.build_sensor_context(
        instance=dagster.instance, definitions=defs, resources=resources, cursor=cursor
    ) as context:
        yield defs.resolve_sensor_def("drift"), context


def tick(dagster, cursor=None):
    with sensing(dagster, cursor) as (sensor, context):
        return sensor.evaluate_tick(context)


def ran(dagster, request, status):
    """A Dagster run as the daemon makes it for a request."""
    return create_run_for_test(
        dagster.instance, tags={**request.tags, "dagster/run_key": request.run_key}, status=status
    )


@pytest.fixture
def drifting(serving):
    predict(serving, fires(), DRIFTED)
    report_drift(serving, fires(), DRIFTED)
    return serving


def test_nothing_new_is_said_in_words(dagster, serving):
    told = tick(dagster)
    assert (told.run_requests, told.skip_message) == ([], "No new drift report.")


def test_drift_asks_for_one_run_of_the_retraining(dagster, drifting):
    told = tick(dagster)
    [request] = told.run_requests
    asked = decisions(drifting)[-1]
    assert request.run_key == f"fires:decision:{asked.id}:1"
    assert {key.to_user_string() for key in request.asset_selection} == {
        "fires/dataset",
        "fires/model",
        "fires/champion",
    }
    assert (request.tags["driftline/trigger"], request.tags["driftline/decision"]) == ("drift", str(asked.id))
    assert request.job_name == "fires_retrain"
    assert told.cursor == "7"


def test_a_tick_that_is_repeated_asks_for_the_same_run(dagster, drifting):
    first, second = tick(dagster), tick(dagster)
    assert [request.run_key for request in first.run_requests] == [request.run_key for request in second.run_requests]
    assert len(decisions(drifting)) == 8


def test_no_drift_is_a_reason_in_words_and_moves_the_cursor(dagster, serving):
    predict(serving, fires(), ["2025-02-10"])
    report_drift(serving, fires(), ["2025-02-10"])
    told = tick(dagster)
    assert told.skip_message.startswith(
        "1 new drift reports, none calls for retraining. fires: No retraining: report 1"
    )
    assert told.cursor == "1"
    assert tick(dagster, told.cursor).cursor == "1"


def test_the_retraining_that_was_asked_for_fills_the_decision_and_the_next_tick_is_quiet(dagster, drifting):
    [request] = tick(dagster).run_requests
    result = dagster.run("fires_retrain", fires(), tags=request.tags)
    assert result.success
    row = decisions(drifting)[-1]
    assert (row.trigger, row.dagster_run_id) == ("drift", result.run_id)
    assert row.status == "promoted"
    told = dagster.newest("fires", "champion").metadata
    assert row.outcome == told["reason"].value
    report = "http://127.0.0.1:3000/assets/fires/drift?view=partitions&partition=2025-03-17"
    assert (told["decision"].value, told["drift report"].value) == (str(row.id), report)
    assert dagster.newest("fires", "model").metadata["drift report"].value == report
    assert tick(dagster).skip_message == "No new drift report."


def test_while_the_run_goes_on_nobody_tries_again(dagster, drifting):
    [request] = tick(dagster).run_requests
    ran(dagster, request, dg.DagsterRunStatus.STARTED)
    assert [again.run_key for again in tick(dagster).run_requests] == [request.run_key]  # Dagster starts no key twice
    assert decisions(drifting)[-1].attempt == 1


def test_a_run_that_died_is_followed_by_another_until_the_third(dagster, drifting):
    keys = []
    for _ in range(3):
        [request] = tick(dagster).run_requests
        keys.append(request.run_key.rpartition(":")[2])
        ran(dagster, request, dg.DagsterRunStatus.FAILURE)
    assert keys == ["1", "2", "3"]
    assert tick(dagster).skip_message == "No new drift report."
    row = decisions(drifting)[-1]
    assert (row.status, row.attempt) == ("failed", 3)
    assert "ended as FAILURE without a decision, attempt 3 of 3" in row.outcome


def test_a_run_that_a_person_cancelled_is_not_started_again(dagster, drifting):
    [request] = tick(dagster).run_requests
    ran(dagster, request, dg.DagsterRunStatus.CANCELED)
    assert tick(dagster).skip_message == "No new drift report."
    assert decisions(drifting)[-1].status == "failed"


def test_a_run_that_died_between_training_and_judgement_is_followed_by_another(dagster, drifting):
    [request] = tick(dagster).run_requests
    read_dataset(drifting, fires())
    train(drifting, fires(), decision_id=decisions(drifting)[-1].id)
    ran(dagster, request, dg.DagsterRunStatus.FAILURE)
    [again] = tick(dagster).run_requests
    assert dagster.run("fires_retrain", fires(), tags=again.tags).success
    assert decisions(drifting)[-1].status == "promoted"


def test_a_decision_that_failed_for_a_reason_is_not_tried_again(dagster, drifting):
    [request] = tick(dagster).run_requests
    with drifting.lock("retraining fires"):
        refused = dagster.run("fires_retrain", fires(), tags=request.tags)
    assert not refused.success
    assert decisions(drifting)[-1].status == "requested"
    ran(dagster, request, dg.DagsterRunStatus.FAILURE)
    [again] = tick(dagster).run_requests
    assert dagster.run("fires_retrain", fires(), tags=again.tags).success
    assert decisions(drifting)[-1].attempt == 2
