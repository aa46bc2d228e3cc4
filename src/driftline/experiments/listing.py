"""Runs as plain values, for lists and scripts."""

from collections.abc import Sequence
from typing import Any

from driftline.experiments.errors import UnknownStatusError
from driftline.experiments.lost import end_lost_runs
from driftline.experiments.search import page_of
from driftline.filters import And, Attribute, Comparison, Operator, parse_filter, parse_order, terms_of
from driftline.store import Session, dataset_rows, found_runs, metric_rows, param_rows, run_rows
from driftline.store.found_runs import FoundRun
from driftline.store.run_rows import Run, RunStatus
from driftline.tracking.errors import unclear_run
from driftline.workspace import Workspace, read_workspace

_LISTED = (
    "run_id", "experiment", "name", "status", "user_name", "started_at", "ended_at", "duration_s", "git_commit",
    "git_dirty", "source_url", "dagster_run_id", "parent_run_id",
)  # fmt: skip


def find_runs(
    workspace: Workspace,
    *,
    experiment: str | None = None,
    status: str | None = None,
    filter_string: str = "",
    order_by: str | Sequence[str] = (),
    first: int = 50,
) -> tuple[FoundRun, ...]:
    """Return the runs that meet a filter, of an experiment and of a status, newest first where no order is given.

    Raises:
        UnknownStatusError: there is no such status.
        InvalidFilterError: the filter cannot be read.
        InvalidOrderError: the order cannot be read.
    """
    if status is not None and status not in set(RunStatus):
        raise UnknownStatusError(status, [str(status_) for status_ in RunStatus])
    named = {Attribute.EXPERIMENT: experiment, Attribute.STATUS: status}
    narrowed = [
        Comparison(field=field, operator=Operator.EQUAL, value=value)
        for field, value in named.items()
        if value is not None
    ]
    condition = And(terms=(*narrowed, *terms_of(parse_filter(filter_string))))
    return page_of(workspace, condition, parse_order(order_by), max_results=first).runs


def list_runs(
    workspace: Workspace, *, experiment: str | None = None, status: str | None = None, first: int = 50
) -> list[dict[str, Any]]:
    """Return runs, newest first, each with its params, tags and last values of metrics.

    Raises:
        UnknownStatusError: there is no such status.
    """
    return [listed(run) for run in find_runs(workspace, experiment=experiment, status=status, first=first)]


def listed(run: FoundRun) -> dict[str, Any]:
    """Return a run as it is listed."""
    facts = {name: getattr(run, name) for name in _LISTED}
    return {**facts, "metrics": run.metrics, "params": run.params, "tags": run.tags}


def describe_run(workspace: Workspace, run_id: str) -> dict[str, Any]:
    """Return all that is stored about a run; `run_id` may be the start of one.

    Raises:
        UnknownRunError: no run starts so, or more than one.
    """
    end_lost_runs(workspace)
    with workspace.database.reading() as session:
        [run] = known_runs(session, [run_id])
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
        "command": run.command,
        "git_branch": run.git_branch,
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


def get_run(run_id: str, *, workspace: Workspace | None = None) -> FoundRun:
    """Return one run with all that it logged, archived or not.

    Args:
        run_id: its id, or the start of it.
        workspace: where it is stored; by default where the settings say.

    Raises:
        UnknownRunError: no run starts so, or more than one.
    """
    workspace = workspace or read_workspace()
    end_lost_runs(workspace)
    with workspace.database.reading() as session:
        [row] = known_runs(session, [run_id])
        [found] = found_runs.found_runs(session, [row.id])
    return found


def known_runs(session: Session, run_ids: Sequence[str]) -> list[Run]:
    """Return the runs that ids name, each once; an id may be the start of one.

    Raises:
        UnknownRunError: no run starts so, or more than one.
    """
    found: dict[str, Run] = {}
    for run_id in run_ids:
        matches = run_rows.starting_with(session, run_id)
        if len(matches) != 1:
            raise unclear_run(run_id, [run.run_id for run in matches])
        found[matches[0].run_id] = matches[0]
    return list(found.values())


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
