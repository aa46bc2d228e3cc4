"""A Dagster run whose process died is ended when somebody looks, and holds up nothing that waits."""

import time
from dataclasses import replace
from datetime import timedelta

import dagster as dg
import pytest
from dagster._core.test_utils import create_run_for_test

from driftline.drift_reports import report_drift
from driftline.pipelines import WorkspaceResource, dagster_home, dead_runs, open_instance
from driftline.pipelines.dead_runs import PROCESS_TAG, end_dead_runs
from driftline.pipelines.in_process import Jobs
from driftline.predictions import predict
from driftline.process import this_process
from tests.forks import ended, forked
from tests.pipelines.test_drift_sensor import DRIFTED, ran, tick
from tests.streams import fires

STARTED, CANCELING = dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING
DEAD = replace(this_process(), started_s=this_process().started_s - 60)
ELSEWHERE = replace(this_process(), host="another-host")


def stuck(begun, for_s=60):
    """Definitions whose one step says when it has begun, and does not come to its end soon."""

    @dg.asset
    def rows(workspace: WorkspaceResource) -> None:
        assert workspace.opened
        begun()
        time.sleep(for_s)

    return dg.Definitions(
        assets=[rows],
        resources={"workspace": WorkspaceResource()},
        jobs=[dg.define_asset_job("rows_job")],
        executor=dg.in_process_executor,
    )


def by_command(begun):
    with dg.DagsterInstance.from_config(str(dagster_home())) as instance:
        Jobs(definitions=stuck(begun), instance=instance).run("rows_job")


def by_dagster(begun):
    """What Dagster's own commands do, which know nothing of driftline's tags."""
    with dg.DagsterInstance.from_config(str(dagster_home())) as instance:
        stuck(begun).resolve_job_def("rows_job").execute_in_process(instance=instance)


def before_a_step(begun):
    @dg.resource
    def slow():
        begun()
        time.sleep(60)

    @dg.op(required_resource_keys={"slow"})
    def step():
        raise NotImplementedError

    @dg.job(resource_defs={"slow": slow})
    def slow_job():
        step()

    with dg.DagsterInstance.from_config(str(dagster_home())) as instance:
        slow_job.execute_in_process(instance=instance)


@pytest.mark.parametrize("work", [by_command, by_dagster, before_a_step])
def test_a_run_whose_process_was_killed_is_ended_by_who_opens_the_instance_next(dagster, work):
    with forked(work) as process:
        with open_instance(dagster_home()) as instance:
            assert [run.status for run in instance.get_runs()] == [STARTED]
        ended(process)
    with open_instance(dagster_home()) as instance:
        [run] = instance.get_runs()
        assert run.status is dg.DagsterRunStatus.FAILURE
        [failure] = instance.get_records_for_run(run.run_id, of_type=dg.DagsterEventType.RUN_FAILURE).records
    assert f"process {process} on {this_process().host} has died" in failure.event_log_entry.message


def in_progress(dagster, process, status=STARTED, *, tagged_for=None):
    run = create_run_for_test(dagster.instance, status=status)
    tag = "" if process is None else f"{tagged_for or run.run_id} {process}"
    dagster.instance.add_run_tags(run.run_id, {PROCESS_TAG: tag} if tag else {})
    return run.run_id


def status_of(dagster, run_id):
    end_dead_runs(dagster.instance)
    return dagster.instance.get_run_by_id(run_id).status


@pytest.mark.parametrize(("status", "end"), [(STARTED, "FAILURE"), (CANCELING, "CANCELED")])
def test_a_number_that_was_given_away_again_holds_no_run(dagster, status, end):
    assert status_of(dagster, in_progress(dagster, DEAD, status)).value == end


@pytest.mark.parametrize("process", [this_process(), ELSEWHERE, None])
def test_a_run_of_a_living_process_of_another_machine_or_of_somebody_else_goes_on(dagster, process):
    run_id = in_progress(dagster, process)
    dagster.instance.report_engine_event("alive", run_id=run_id, job_name="rows_job")
    assert status_of(dagster, run_id) is STARTED


def test_a_run_that_is_tried_again_is_not_taken_for_the_first(dagster):
    run_id = in_progress(dagster, DEAD, tagged_for="the first")
    dagster.instance.report_engine_event("alive", run_id=run_id, job_name="rows_job")
    assert status_of(dagster, run_id) is STARTED


@pytest.mark.parametrize("limit", ["FIRST_STEP", "SILENCE"])
def test_a_run_of_another_machine_that_is_silent_for_long_is_ended(dagster, monkeypatch, limit):
    run_id = in_progress(dagster, ELSEWHERE)
    dagster.instance.report_engine_event("alive", run_id=run_id, job_name="rows_job")
    if limit == "SILENCE":
        monkeypatch.setattr(dead_runs, "FIRST_STEP", timedelta(days=10_000_000))
    monkeypatch.setattr(dead_runs, limit, timedelta(0))
    assert status_of(dagster, run_id) is dg.DagsterRunStatus.FAILURE


def test_a_retraining_whose_run_died_is_asked_for_again_at_the_next_tick(dagster, serving):
    predict(serving, fires(), DRIFTED)
    report_drift(serving, fires(), DRIFTED)
    [request] = tick(dagster).run_requests
    run = ran(dagster, request, STARTED)
    assert [again.run_key for again in tick(dagster).run_requests] == [request.run_key]
    dagster.instance.add_run_tags(run.run_id, {PROCESS_TAG: f"{run.run_id} {DEAD}"})
    [again] = tick(dagster).run_requests
    assert again.run_key == request.run_key.removesuffix("1") + "2"


def test_with_another_event_log_the_workspace_says_which_process_executes_a_run(home):
    with dg.DagsterInstance.ephemeral() as instance:
        job = stuck(lambda: None, for_s=0).resolve_job_def("rows_job")
        run = job.execute_in_process(instance=instance).dagster_run
        assert instance.get_run_by_id(run.run_id).tags[PROCESS_TAG] == f"{run.run_id} {this_process()}"
