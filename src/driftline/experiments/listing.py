"""Runs as plain values, for lists and scripts."""

from typing import Any

from driftline.experiments.errors import UnknownStatusError, unclear_run
from driftline.experiments.lost import end_lost_runs
from driftline.store import dataset_rows, metric_rows, param_rows, run_rows
from driftline.store.run_rows import Run, RunStatus
from driftline.workspace import Workspace


def list_runs(
    workspace: Workspace, *, experiment: str | None = None, status: str | None = None, first: int = 50
) -> list[dict[str, Any]]:
    """Return runs, newest first, each with its last value of every metric.

    Raises:
        UnknownStatusError: there is no such status.
    """
    if status is not None and status not in set(RunStatus):
        raise UnknownStatusError(status, [str(status_) for status_ in RunStatus])
    wanted = None if status is None else RunStatus(status)
    end_lost_runs(workspace)
    with workspace.database.reading() as session:
        names = {row.id: row.name for row in run_rows.experiments(session)}
        runs = run_rows.newest_runs(session, experiment=experiment, status=wanted, first=first)
        summaries = metric_rows.metrics_of(session, [run.run_id for run in runs])
    return [
        {**_facts(run, names[run.experiment_id]), "metrics": {row.key: row.last for row in summaries[run.run_id]}}
        for run in runs
    ]


def describe_run(workspace: Workspace, run_id: str) -> dict[str, Any]:
    """Return all that is stored about a run; `run_id` may be the start of one.

    Raises:
        UnknownRunError: no run starts so, or more than one.
    """
    end_lost_runs(workspace)
    with workspace.database.reading() as session:
        matches = run_rows.starting_with(session, run_id)
        if len(matches) != 1:
            raise unclear_run(run_id, [run.run_id for run in matches])
        [run] = matches
        names = {row.id: row.name for row in run_rows.experiments(session)}
        of = {
            table: run_rows.of_runs(session, table, [run.run_id])[run.run_id]
            for table in (run_rows.Artifact, run_rows.RunInput)
        }
        metrics = metric_rows.metrics_of(session, [run.run_id])[run.run_id]
        params = param_rows.params_of(session, [run.run_id])[run.run_id]
        tags = param_rows.tags_of(session, [run.run_id])[run.run_id]
        changes = param_rows.param_changes(session, run.run_id)
        used = dataset_rows.dataset_versions(session, [row.dataset_version_id for row in of[run_rows.RunInput]])
    return {
        **_facts(run, names[run.experiment_id]),
        "attempt": run.attempt,
        "hypothesis": run.hypothesis,
        "conclusion": run.conclusion,
        "note": run.note,
        "error": run.error,
        "params": {row.key: row.value for row in params},
        "params_before": dict(changes),
        "metrics": {row.key: row.last for row in metrics},
        "tags": {row.key: row.value for row in tags},
        "inputs": [
            {
                "role": row.role,
                "dataset": used[row.dataset_version_id].dataset,
                "digest": used[row.dataset_version_id].digest,
                "row_count": used[row.dataset_version_id].row_count,
            }
            for row in of[run_rows.RunInput]
        ],
        "artifacts": [
            {"path": row.path, "size_bytes": row.size_bytes, "digest": row.digest} for row in of[run_rows.Artifact]
        ],
    }


def _facts(run: Run, experiment: str) -> dict[str, Any]:
    return {
        "run_id": run.run_id,
        "experiment": experiment,
        "name": run.name,
        "status": run.status,
        "user_name": run.user_name,
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "duration_s": (run.ended_at - run.started_at).total_seconds() if run.ended_at else None,
        "git_commit": run.git_commit,
        "git_dirty": run.git_dirty,
        "source_url": run.source_url,
        "dagster_run_id": run.dagster_run_id,
        "parent_run_id": run.parent_run_id,
    }
