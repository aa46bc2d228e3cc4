"""The run that is going on, spoken to without naming it: the calls of MLflow, by their names."""

import os
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from driftline.tracking.errors import NoActiveRunError
from driftline.tracking.run import ActiveRun, Outcome, innermost
from driftline.tracking.starting import start_run


def active_run() -> ActiveRun | None:
    """Return the innermost run that is going on in this thread, or else in the main one; None without any."""
    return innermost.get()


def current_run() -> ActiveRun:
    """Return the run that is going on.

    Raises:
        NoActiveRunError: there is none.
    """
    run = innermost.get()
    if run is None:
        raise NoActiveRunError
    return run


def end_run(status: str = Outcome.FINISHED) -> None:
    """End the innermost run of this thread as `finished`, `failed` or `killed`; without one, nothing happens."""
    run = innermost.get()
    if run is not None:
        run.end(status)


def log_param(key: str, value: Any) -> None:
    """Store one input value of the run that is going on; without one, a run starts. See `ActiveRun.log_params`."""
    _run().log_param(key, value)


def log_params(params: Mapping[str, Any]) -> None:
    """Store input values of the run that is going on; without one, a run starts. See `ActiveRun.log_params`."""
    _run().log_params(params)


def log_metric(key: str, value: float, step: int = 0, timestamp: datetime | float | None = None) -> None:
    """Log a measured float in the run that is going on; without one, a run starts. See `ActiveRun.log_metric`."""
    _run().log_metric(key, value, step, timestamp)


def log_metrics(metrics: Mapping[str, float], step: int = 0, timestamp: datetime | float | None = None) -> None:
    """Log measured floats in the run that is going on; without one, a run starts. See `ActiveRun.log_metric`."""
    _run().log_metrics(metrics, step, timestamp)


def set_tag(key: str, value: Any) -> None:
    """Set a tag of the run that is going on; without one, a run starts."""
    _run().set_tag(key, value)


def set_tags(tags: Mapping[str, Any]) -> None:
    """Set tags of the run that is going on; without one, a run starts."""
    _run().set_tags(tags)


def log_artifact(local_path: str | os.PathLike[str], artifact_path: str | None = None) -> None:
    """Store a file or folder of the run that is going on. See `ActiveRun.log_artifact`."""
    _run().log_artifact(local_path, artifact_path)


def log_artifacts(local_dir: str | os.PathLike[str], artifact_path: str | None = None) -> None:
    """Store all files of a folder. See `ActiveRun.log_artifacts`."""
    _run().log_artifacts(local_dir, artifact_path)


def log_text(text: str, artifact_file: str) -> None:
    """Store a text as a file of the run that is going on."""
    _run().log_text(text, artifact_file)


def log_dict(dictionary: Any, artifact_file: str) -> None:
    """Store what JSON has a form for as a file of the run that is going on."""
    _run().log_dict(dictionary, artifact_file)


def log_table(data: Any, artifact_file: str) -> None:
    """Store a table as a file of the run that is going on. See `ActiveRun.log_table`."""
    _run().log_table(data, artifact_file)


def log_figure(figure: Any, artifact_file: str) -> None:
    """Store a drawing as a file of the run that is going on. See `ActiveRun.log_figure`."""
    _run().log_figure(figure, artifact_file)


def log_input(data: Any, *, name: str | None = None, role: str = "training") -> None:
    """Record which data the run that is going on used. See `ActiveRun.log_input`."""
    _run().log_input(data, name=name, role=role)


def _run() -> ActiveRun:
    return innermost.get() or start_run()
