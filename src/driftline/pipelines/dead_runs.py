"""Dagster runs whose process died: they are ended, so that they hold up nothing that waits in Dagster's queue.

Dagster watches the processes of some launchers alone: a run whose process was killed stays "started" for ever, counts
against `max_concurrent_runs`, and holds its pool.
"""

import time
from datetime import timedelta

import dagster as dg

from driftline.process import described, is_alive, process_here, this_process

PROCESS_TAG = (
    "driftline/process"  # "<id of the run> <process>": a run that is tried again is given the tags of the first
)
FIRST_STEP = timedelta(hours=1)  # a run that has begun no step by then has died before the first
SILENCE = timedelta(days=1)  # of a run that only another machine could say more about

_STARTED = [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]


def process_tag(run_id: str) -> dict[str, str]:
    """Return the tag of a run that this process executes."""
    return {PROCESS_TAG: f"{run_id} {this_process()}"}


def record_process(instance: dg.DagsterInstance, run: dg.DagsterRun) -> None:
    """Tag a run with the process that executes it: this one, or the one above it where each step has its own.

    Driftline's event log has done so when the run started; this is for instances with another one.
    """
    if run.tags.get(PROCESS_TAG, "").startswith(run.run_id):
        return
    events = instance.get_records_for_run(run.run_id, of_type=dg.DagsterEventType.ENGINE_EVENT).records
    pids = [str(pid.value) for event in events if (pid := _metadata(event).get("pid")) is not None]
    process = process_here(int(pids[-1])) if pids else None
    if process is not None:
        instance.add_run_tags(run.run_id, {PROCESS_TAG: f"{run.run_id} {process}"})


def end_dead_runs(instance: dg.DagsterInstance) -> None:
    """End the runs whose process is gone: as failed, or as cancelled where a person had asked for that.

    Sensors do so at each tick, and commands before they launch. A run of another machine is ended after a day of
    silence.
    """
    for record in instance.get_run_records(dg.RunsFilter(statuses=_STARTED)):
        cause = _cause_of_death(instance, record)
        if cause is None:
            continue
        run = instance.get_run_by_id(record.dagster_run.run_id)
        if run is None or run.status not in _STARTED:  # it has ended meanwhile
            continue
        report = instance.report_run_failed if run.status is _STARTED[0] else instance.report_run_canceled
        report(run, f"{cause} What it stored before is stored.")


def _cause_of_death(instance: dg.DagsterInstance, record: dg.RunRecord) -> str | None:
    """Return why a run is over, as a sentence; None where it goes on, or may."""
    run = record.dagster_run
    run_id, _, process = run.tags.get(PROCESS_TAG, "").partition(" ")
    alive = is_alive(process) if run_id == run.run_id else None
    if alive is not None:
        return None if alive else f"The run was ended: {described(process)} has died, which executed it."
    age_s = time.time() - (record.start_time or record.create_timestamp.timestamp())
    if age_s > FIRST_STEP.total_seconds() and not _events(instance, run.run_id, dg.DagsterEventType.STEP_START):
        return f"The run was ended: it began no step within {FIRST_STEP}; its process must have died."
    newest = _events(instance, run.run_id, ascending=False) if age_s > SILENCE.total_seconds() else []
    if newest and time.time() - newest[0].timestamp > SILENCE.total_seconds():
        return f"The run was ended: it has said nothing for {SILENCE}; its process must have died."
    return None


def _events(
    instance: dg.DagsterInstance, run_id: str, of_type: dg.DagsterEventType | None = None, *, ascending: bool = True
) -> list[dg.EventLogRecord]:
    return list(instance.get_records_for_run(run_id, of_type=of_type, limit=1, ascending=ascending).records)


def _metadata(event: dg.EventLogRecord) -> dict[str, dg.MetadataValue]:
    step = event.event_log_entry.dagster_event
    return dict(step.engine_event_data.metadata) if step is not None else {}
