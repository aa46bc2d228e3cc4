"""What became of a run that was asked for: Dagster starts one run for a run key, and no other when it has failed."""

import dagster as dg

MOST_ATTEMPTS = 3  # as a retraining has


def ended_run(instance: dg.DagsterInstance, run_key: str) -> dg.DagsterRun | None:
    """Return the run of a run key if it is over, however it ended; None while it goes on, or before it is there."""
    runs = instance.get_runs(dg.RunsFilter(tags={"dagster/run_key": run_key}), limit=1)
    return next((run for run in runs if run.is_finished), None)


def was_cancelled(run: dg.DagsterRun) -> bool:
    """Return whether a person ended the run, who meant it: it is not asked for again."""
    return run.status is dg.DagsterRunStatus.CANCELED
