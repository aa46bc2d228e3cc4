"""What differs between runs: params, metrics, code, data and environment."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from driftline.experiments.errors import TooFewRunsError
from driftline.experiments.listing import known_runs
from driftline.experiments.lost import end_lost_runs
from driftline.store import Session, dataset_rows, metric_rows, param_rows, run_rows
from driftline.store.run_rows import Run
from driftline.workspace import Workspace, read_workspace

_CODE = ("source_url", "git_branch", "git_commit", "git_dirty", "command")
Values = Mapping[str, Any]  # by the id of the run; a run that has none is left out


@dataclass(frozen=True, kw_only=True)
class RunComparison:
    """Runs beside each other; each value is under the id of its run, and a run without one is left out.

    Attributes:
        runs: the name of each run, its experiment, status, start and duration.
        params: those that differ, by key.
        same_params: those that all of them have alike.
        metrics: the last values of all metrics, by key; None where that is not finite.
        code: what differs of the repository, branch, commit, uncommitted changes and command.
        data: dataset versions by role, where they differ, as `name@digest`.
        environment: what differs of Python, packages and machine.
    """

    runs: Mapping[str, Mapping[str, Any]]
    params: Mapping[str, Values]
    same_params: Mapping[str, Any]
    metrics: Mapping[str, Values]
    code: Mapping[str, Values]
    data: Mapping[str, Values]
    environment: Mapping[str, Values]


def compare_runs(run_ids: Sequence[str], *, workspace: Workspace | None = None) -> RunComparison:
    """Return what differs between runs.

    Args:
        run_ids: two or more, by their ids or the starts of these.
        workspace: where they are stored; by default where the settings say.

    Raises:
        TooFewRunsError: fewer than two are given.
        UnknownRunError: no run starts so, or more than one.
    """
    workspace = workspace or read_workspace()
    end_lost_runs(workspace)
    with workspace.database.reading() as session:
        rows = {row.run_id: row for row in known_runs(session, run_ids)}
        ids = list(rows)
        if len(ids) < 2:
            raise TooFewRunsError(len(ids))
        names = {row.id: row.name for row in run_rows.experiments(session)}
        params = {id_: {one.key: one.value for one in own} for id_, own in param_rows.params_of(session, ids).items()}
        metrics = {id_: {one.key: one.last for one in own} for id_, own in metric_rows.metrics_of(session, ids).items()}
        data = _datasets(session, ids)
    by_param = _by_key(params)
    return RunComparison(
        runs={run_id: _facts(row, names[row.experiment_id]) for run_id, row in rows.items()},
        params=_differing(by_param, ids),
        same_params={key: own[ids[0]] for key, own in by_param.items() if not _differs(own, ids)},
        metrics=_by_key(metrics),
        code=_differing(_by_key({id_: {name: getattr(row, name) for name in _CODE} for id_, row in rows.items()}), ids),
        data=_differing(_by_key(data), ids),
        environment=_differing(_by_key({id_: dict(_flat(row.surroundings)) for id_, row in rows.items()}), ids),
    )


def _facts(row: Run, experiment: str) -> dict[str, Any]:
    return {
        "name": row.name,
        "experiment": experiment,
        "status": row.status,
        "started_at": row.started_at,
        "duration_s": (row.ended_at - row.started_at).total_seconds() if row.ended_at else None,
    }


def _datasets(session: Session, run_ids: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return the dataset versions that each run used, by role."""
    used = run_rows.of_runs(session, run_rows.RunInput, run_ids)
    ids = sorted({row.dataset_version_id for rows in used.values() for row in rows})
    versions = dataset_rows.dataset_versions(session, ids)
    return {
        run_id: {
            role: ", ".join(
                f"{versions[row.dataset_version_id].dataset}@{versions[row.dataset_version_id].digest[:12]}"
                for row in rows
                if row.role == role
            )
            for role in sorted({row.role for row in rows})
        }
        for run_id, rows in used.items()
    }


def _by_key(of_runs: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return values that are given by run and key, by key and run."""
    keys = sorted({key for own in of_runs.values() for key in own})
    return {key: {run_id: own[key] for run_id, own in of_runs.items() if key in own} for key in keys}


def _differing(by_key: Mapping[str, Mapping[str, Any]], run_ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    return {key: own for key, own in by_key.items() if _differs(own, run_ids)}


def _differs(own: Mapping[str, Any], run_ids: Sequence[str]) -> bool:
    """Return whether a run lacks a value, or two have different ones; 1, 1.0 and True are different, NaN is not."""
    return len(own) < len(run_ids) or len({repr(value) for value in own.values()}) > 1


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Give the values in nested mappings under their paths, as `packages.numpy`."""
    if not isinstance(value, Mapping):
        yield path, value
        return
    for name, one in value.items():
        yield from _flat(one, f"{path}.{name}" if path else str(name))
