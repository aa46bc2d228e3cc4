"""One execution of training code, from its start to a true end."""

import logging
import threading
import time
import traceback
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from driftline.clock import Clock, now
from driftline.errors import StorageError
from driftline.process import this_process
from driftline.store import is_storable, model_rows, run_rows
from driftline.store.run_rows import RunStatus
from driftline.tracking.environment import environment
from driftline.tracking.errors import (
    FrozenArtifactError,
    InvalidArtifactError,
    InvalidExperimentError,
    InvalidKeyError,
    RunEndedError,
)
from driftline.tracking.params import metric_value, param_value, step_number
from driftline.tracking.points import PointRecorder, deliver_left
from driftline.tracking.signals import signals_raise
from driftline.workspace import Workspace

LONGEST_KEY = 250
_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class ActiveRun:
    """A run that is going on.

    Params, artifacts and inputs are stored at once. Points of metrics are in a journal at once, which outlives the
    process, and in the database within a second; `flush` waits for that.
    """

    workspace: Workspace
    run_id: str
    name: str
    _times: "_Times" = field(repr=False)
    _points: PointRecorder = field(repr=False)

    def log_params(self, params: Mapping[str, Any]) -> None:
        """Store input values; a key's first value stays, and another one is warned of.

        Numbers, booleans, text, None, and lists and dicts of them come back as they are, with their type and every
        digit; numpy's are Python's, an array and a tuple are lists. Other objects, such as a path or an estimator, are
        stored as their text.

        Raises:
            InvalidKeyError: a key is empty, or no path.
            InvalidParamError: a value is a number or a time that JSON has no form for.
            RunEndedError: the run has ended.
        """
        self._check_going_on()
        stored = {key: param_value(key, value) for key, value in params.items()}
        for key in params:
            _check_key(key)
        with self.workspace.database.transaction() as session:
            kept = run_rows.add_params(session, self.run_id, stored)
        for key, value in kept.items():
            _log.warning("The param %r of run %s stays %r; %r is not kept.", key, self.run_id, value, stored[key])

    def log_metrics(self, metrics: Mapping[str, float], *, step: int = 0) -> None:
        """Log measured floats at `step`; NaN and the infinities are kept as what they are.

        Raises:
            InvalidKeyError: a key is empty, or no path.
            InvalidMetricError: a value is not a number.
            InvalidStepError: `step` is no whole number of 64 bits, Python's or numpy's.
            RunEndedError: the run has ended.
        """
        self._check_going_on()
        number = step_number(step)
        at = self._times.next()
        for key in metrics:
            _check_key(key)
        self._points.add([(key, number, at, metric_value(key, value)) for key, value in metrics.items()])

    def flush(self) -> None:
        """Return when all points that this process has logged are in the database.

        Raises:
            DatabaseUnavailableError: it does not serve; the points stay in the journal.
        """
        self._points.flush()

    def log_artifact(self, path: str, content: bytes) -> str:
        """Store a file of this run under `path` and return its digest; the same path again names the newer file.

        Raises:
            InvalidKeyError: `path` is empty, absolute or leads out of the run.
            InvalidArtifactError: `content` is not bytes.
            RunEndedError: the run has ended.
            FrozenArtifactError: `path` is one of the files of a model version, which is registered by now.
        """
        self._check_going_on()
        _check_key(path)
        if not isinstance(content, bytes | bytearray | memoryview):
            raise InvalidArtifactError(path, content)
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
        """Record that this run used a dataset version, and what for (training, holdout).

        Raises:
            RunEndedError: the run has ended.
        """
        self._check_going_on()
        with self.workspace.database.transaction() as session:
            run_rows.add_input(session, self.run_id, dataset_version_id, role=role)

    def _check_going_on(self) -> None:
        if self._points.is_closed:
            raise RunEndedError(self.run_id)


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

    Where the process is asked to end by SIGTERM, SIGHUP or SIGQUIT, and nobody else has said what to do then, the block
    ends with a `SystemExit`. A run whose process vanishes is found lost by whoever looks at runs next.

    Args:
        workspace: where it is stored.
        experiment: the named set of runs it belongs to, made where it is new.
        name: a name for people; a short unique one by default.
        tags: mutable key-value pairs; values are kept as text.
        dagster_run_id: the Dagster run that this is part of.
        source: the folder whose git commit is recorded; the working directory by default.

    Raises:
        InvalidExperimentError: `experiment` is not a text of 1 to 250 characters, or blank.
        InvalidKeyError: the key of a tag is empty, or no path.
    """
    _check_experiment(experiment)
    for key in tags or {}:
        _check_key(key)
    run_id = uuid.uuid4().hex
    times = _Times(workspace.clock)
    points = PointRecorder(workspace, run_id)
    run = ActiveRun(
        workspace=workspace, run_id=run_id, name=name or f"{experiment}-{run_id[:8]}", _times=times, _points=points
    )
    code = environment(source or Path.cwd())
    with workspace.heartbeat(run_rows.HELD + run_id), signals_raise():
        with workspace.database.transaction() as session:
            run_rows.create_run(
                session,
                run_id=run_id,
                experiment=experiment,
                name=run.name,
                started_at=times.start,
                process=this_process(),
                dagster_run_id=dagster_run_id,
                user_name=code.user_name,
                user_email=code.user_email,
                source_url=code.source_url,
                git_commit=code.git_commit,
                git_dirty=code.git_dirty,
            )
            run_rows.set_tags(session, run_id, {key: str(value) for key, value in (tags or {}).items()})
        try:
            yield run
        except BaseException as error:
            killed = not isinstance(error, Exception)  # an interrupt, Ctrl-C's or Dagster's, or an exit
            status = RunStatus.KILLED if killed else RunStatus.FAILED
            try:
                _end(run, times, status, error=traceback.format_exc())
            except StorageError as fault:  # what went wrong first is what people must see
                error.add_note(f"Nor could it be stored that run {run_id} {status}: {fault}")
            raise
        _end(run, times, RunStatus.FINISHED)


def end_lost_runs(workspace: Workspace) -> None:
    """Store that runs are lost whose process is gone, although they have not ended; who reads runs calls this first.

    What these processes had logged is stored, too. Of a database that may only be read they stay as they are.
    """
    if workspace.database.is_read_only:
        return
    deliver_left(workspace)
    with workspace.database.reading() as session:
        if not run_rows.abandoned_runs(session, now=now()):
            return
    with workspace.database.transaction() as session:
        run_rows.end_abandoned_runs(session, now=now())


def _end(run: ActiveRun, times: "_Times", status: RunStatus, *, error: str | None = None) -> None:
    run._points.close()  # noqa: SLF001  (of this file)
    with run.workspace.database.transaction() as session:
        run_rows.end_run(session, run.run_id, status, error=error, ended_at=times.end())


class _Times:
    """The times of one run by a clock that others may set back: each is later than the one before."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._began_s = time.monotonic()
        self._guard = threading.Lock()
        self.start = self._newest = clock()

    def next(self) -> datetime:
        """Return the time of a point: two of one key and step are never dated alike."""
        with self._guard:
            self._newest = max(self._clock(), self._newest + timedelta(microseconds=1))
            return self._newest

    def end(self) -> datetime:
        """Return the time of the end; where the clock stands before the start, the time that has passed is added."""
        at = self._clock()
        return at if at >= self.start else self.start + timedelta(seconds=time.monotonic() - self._began_s)


def _check_experiment(name: object) -> None:
    if not isinstance(name, str) or not name.strip() or len(name) > LONGEST_KEY:
        raise InvalidExperimentError(name)


def _check_key(key: str) -> None:
    """Refuse keys that could not be a relative path: they name series, columns and files."""
    parts = key.split("/")
    if not key or len(key) > LONGEST_KEY or any(part in {"", ".", ".."} for part in parts):
        raise InvalidKeyError(key)
    if not is_storable(key):
        raise InvalidKeyError(key)
