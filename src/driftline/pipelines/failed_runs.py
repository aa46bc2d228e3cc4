"""The Dagster runs of pipelines that failed and that no later one has made good."""

from collections.abc import Iterator, Mapping, Sequence

import dagster as dg

from driftline.alerting import FailedRun
from driftline.declaration import RETRAINING, ModelPipeline

NEWEST = 100  # runs that are looked at: those of some hours where every pipeline runs by the hour

_ENDED = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE]


def failed_runs(
    instance: dg.DagsterInstance, pipelines: Mapping[str, ModelPipeline]
) -> dict[str, tuple[FailedRun, ...]]:
    """Return for each pipeline its newest retraining and its newest monitoring run, those that failed."""
    newest: dict[tuple[str, str], dg.DagsterRun] = {}
    for run in instance.get_runs(dg.RunsFilter(statuses=_ENDED), limit=NEWEST):  # newest first
        for place in _places(run):
            newest.setdefault(place, run)
    failures: dict[str, tuple[FailedRun, ...]] = {}
    for (name, work), run in newest.items():
        if name in pipelines and run.status is dg.DagsterRunStatus.FAILURE:
            failed = FailedRun(dagster_run_id=run.run_id, work=work, cause=_cause(instance, run.run_id))
            failures[name] = (*failures.get(name, ()), failed)
    return failures


def _places(run: dg.DagsterRun) -> set[tuple[str, str]]:
    """Return which pipelines' retraining or monitoring a run was."""
    keys = run.asset_selection or frozenset()
    kinds = [(key.path[0], key.path[1]) for key in keys if len(key.path) == 2]
    return {(name, "retraining" if kind in RETRAINING else "monitoring") for name, kind in kinds} or _by_job(run)


def _by_job(run: dg.DagsterRun) -> set[tuple[str, str]]:
    """Return what a run of a whole job was, which names no assets."""
    for ending, work in (("_retrain", "retraining"), ("_monitor", "monitoring")):
        if run.job_name.endswith(ending):
            return {(run.job_name.removesuffix(ending), work)}
    return set()


def _cause(instance: dg.DagsterInstance, run_id: str) -> str:
    """Return the message of the first failed step."""
    events = instance.get_records_for_run(run_id, of_type=dg.DagsterEventType.STEP_FAILURE, limit=1).records
    return next(_messages(events), "It ended before a step could say why; its process may have died.")


def _messages(events: Sequence[dg.EventLogRecord]) -> Iterator[str]:
    for event in events:
        step = event.event_log_entry.dagster_event
        if step is not None and step.step_failure_data is not None:
            data = step.step_failure_data
            if data.user_failure_data is not None and data.user_failure_data.description:
                yield data.user_failure_data.description
            elif data.error is not None:
                yield data.error.message.strip()
