"""One execution of training code, from its start to a true end."""

import math
import traceback
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from driftline.store import metric_rows, model_rows, run_rows
from driftline.store.run_rows import RunStatus
from driftline.tracking.environment import environment
from driftline.tracking.errors import FrozenArtifactError, InvalidKeyError
from driftline.workspace import Workspace

LONGEST_KEY = 250


@dataclass(frozen=True, kw_only=True)
class ActiveRun:
    """A run that is going on; what is logged is stored at once."""

    workspace: Workspace
    run_id: str
    name: str

    def log_params(self, params: Mapping[str, Any]) -> None:
        """Store input values; a key's first value stays.

        JSON values keep their type; what JSON has no form for (NaN, infinities, other objects) is stored as text.
        """
        for key in params:
            _check_key(key)
        with self.workspace.database.transaction() as session:
            run_rows.add_params(session, self.run_id, {key: _plain(value) for key, value in params.items()})

    def log_metrics(self, metrics: Mapping[str, float], *, step: int = 0) -> None:
        """Store measured floats at `step`; NaN and the infinities are kept as what they are."""
        at = self.workspace.clock()
        for key in metrics:
            _check_key(key)
        points = [(key, step, at, float(value)) for key, value in metrics.items()]
        with self.workspace.database.transaction() as session:
            metric_rows.add_points(session, self.run_id, points)

    def log_artifact(self, path: str, content: bytes) -> str:
        """Store a file of this run under `path` and return its digest; the same path again names the newer file.

        Raises:
            InvalidKeyError: `path` is empty, absolute or leads out of the run.
            FrozenArtifactError: `path` is one of the files of a model version, which is registered by now.
        """
        _check_key(path)
        digest = self.workspace.artifacts.put(content)
        with self.workspace.database.transaction() as session:
            if path.partition("/")[0] == model_rows.MODEL_FOLDER and model_rows.is_registered(session, self.run_id):
                stored = run_rows.artifact(session, self.run_id, path)
                if stored is None or stored.digest != digest:
                    raise FrozenArtifactError(path)
                return digest
            run_rows.add_artifact(
                session,
                self.run_id,
                path,
                digest=digest,
                size_bytes=len(content),
                created_at=self.workspace.clock(),
            )
        return digest

    def log_input(self, dataset_version_id: int, *, role: str) -> None:
        """Record that this run used a dataset version, and what for (training, holdout)."""
        with self.workspace.database.transaction() as session:
            run_rows.add_input(session, self.run_id, dataset_version_id, role=role)


@contextmanager
def start_run(
    workspace: Workspace,
    *,
    experiment: str,
    name: str | None = None,
    tags: Mapping[str, str] | None = None,
    dagster_run_id: str | None = None,
    source: Path | None = None,
) -> Iterator[ActiveRun]:
    """Start a run of `experiment` and end it with the block: finished, failed with its traceback, or killed.

    Args:
        workspace: where it is stored.
        experiment: the named set of runs it belongs to, made where it is new.
        name: a name for people; a short unique one by default.
        tags: mutable key-value pairs.
        dagster_run_id: the Dagster run that this is part of.
        source: the folder whose git commit is recorded; the working directory by default.
    """
    run_id = uuid.uuid4().hex
    run = ActiveRun(workspace=workspace, run_id=run_id, name=name or f"{experiment}-{run_id[:8]}")
    code = environment(source or Path.cwd())
    with workspace.database.transaction() as session:
        run_rows.create_run(
            session,
            run_id=run_id,
            experiment=experiment,
            name=run.name,
            started_at=workspace.clock(),
            dagster_run_id=dagster_run_id,
            user_name=code.user_name,
            user_email=code.user_email,
            source_url=code.source_url,
            git_commit=code.git_commit,
            git_dirty=code.git_dirty,
        )
        run_rows.set_tags(session, run_id, tags or {})
    try:
        yield run
    except BaseException as error:
        killed = not isinstance(error, Exception)  # an interrupt, Ctrl-C's or Dagster's, or an exit
        _end(workspace, run_id, RunStatus.KILLED if killed else RunStatus.FAILED, error=traceback.format_exc())
        raise
    _end(workspace, run_id, RunStatus.FINISHED)


def _end(workspace: Workspace, run_id: str, status: RunStatus, *, error: str | None = None) -> None:
    with workspace.database.transaction() as session:
        run_rows.end_run(session, run_id, status, error=error, ended_at=workspace.clock())


def _plain(value: Any) -> Any:
    """Return `value` as JSON has it, or as text."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _check_key(key: str) -> None:
    """Refuse keys that could not be a relative path: they name series, columns and files."""
    parts = key.split("/")
    if not key or len(key) > LONGEST_KEY or any(part in {"", ".", ".."} for part in parts) or "\0" in key:
        raise InvalidKeyError(key)
