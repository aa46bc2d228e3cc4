"""The run that is going on, spoken to without naming it: the calls of MLflow, by their names."""

import os
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from driftline.tracking.endings import Outcome
from driftline.tracking.errors import NoActiveRunError
from driftline.tracking.run import ActiveRun, innermost
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
    """End the innermost run of this thread as `finished`, `failed` or `killed`; without one, nothing happens.

    Args:
        status: finished, failed or killed.
    """
    run = innermost.get()
    if run is not None:
        run.end(status)


def log_param(key: str, value: Any) -> None:
    """Store one input value of the run that is going on; without one, a run starts. See `ActiveRun.log_params`.

    Args:
        key: its name.
        value: with its type.
    """
    _run().log_param(key, value)


def log_params(params: Mapping[str, Any]) -> None:
    """Store input values of the run that is going on; without one, a run starts. See `ActiveRun.log_params`.

    Args:
        params: by their names.
    """
    _run().log_params(params)


def log_metric(key: str, value: float, step: int = 0, timestamp: datetime | float | None = None) -> None:
    """Log a measured float in the run that is going on; without one, a run starts. See `ActiveRun.log_metric`.

    Args:
        key: its name; a context stands before a slash, as in `train/loss`.
        value: what was measured.
        step: where: a whole number.
        timestamp: when, with its zone, or in milliseconds since 1970; now by default.
    """
    _run().log_metric(key, value, step, timestamp)


def log_metrics(metrics: Mapping[str, float], step: int = 0, timestamp: datetime | float | None = None) -> None:
    """Log measured floats in the run that is going on; without one, a run starts. See `ActiveRun.log_metric`.

    Args:
        metrics: by their names.
        step: where: a whole number.
        timestamp: when, with its zone, or in milliseconds since 1970; now by default.
    """
    _run().log_metrics(metrics, step, timestamp)


def set_tag(key: str, value: Any) -> None:
    """Set a tag of the run that is going on; without one, a run starts.

    Args:
        key: its name.
        value: kept as text; None takes the tag away.
    """
    _run().set_tag(key, value)


def set_tags(tags: Mapping[str, Any]) -> None:
    """Set tags of the run that is going on; without one, a run starts.

    Args:
        tags: by their names.
    """
    _run().set_tags(tags)


def log_artifact(local_path: str | os.PathLike[str], artifact_path: str | None = None) -> None:
    """Store a file or folder of the run that is going on. See `ActiveRun.log_artifact`.

    Args:
        local_path: the file or folder.
        artifact_path: the folder of the run that it goes into; by default the topmost one.
    """
    _run().log_artifact(local_path, artifact_path)


def log_artifacts(local_dir: str | os.PathLike[str], artifact_path: str | None = None) -> None:
    """Store all files of a folder. See `ActiveRun.log_artifacts`.

    Args:
        local_dir: the folder.
        artifact_path: the folder of the run that they go into; by default the topmost one.
    """
    _run().log_artifacts(local_dir, artifact_path)


def log_text(text: str, artifact_file: str) -> None:
    """Store a text as a file of the run that is going on.

    Args:
        text: its content.
        artifact_file: its path in the run.
    """
    _run().log_text(text, artifact_file)


def log_dict(dictionary: Any, artifact_file: str) -> None:
    """Store what JSON has a form for as a file of the run that is going on.

    Args:
        dictionary: its content.
        artifact_file: its path in the run.
    """
    _run().log_dict(dictionary, artifact_file)


def log_table(data: Any, artifact_file: str) -> None:
    """Store a table as a file of the run that is going on. See `ActiveRun.log_table`.

    Args:
        data: a DataFrame, or a mapping of columns to their values.
        artifact_file: its path in the run, which ends in `.parquet`, `.csv` or `.json`.
    """
    _run().log_table(data, artifact_file)


def log_figure(figure: Any, artifact_file: str) -> None:
    """Store a drawing as a file of the run that is going on. See `ActiveRun.log_figure`.

    Args:
        figure: of Matplotlib or Plotly.
        artifact_file: its path in the run, whose ending is its format.
    """
    _run().log_figure(figure, artifact_file)


def log_input(data: Any, *, name: str | None = None, role: str = "training") -> None:
    """Record which data the run that is going on used. See `ActiveRun.log_input`.

    Args:
        data: a DataFrame, or the path of a file.
        name: of the dataset; by default the file's, or `data`.
        role: what for: training, holdout, validation.
    """
    _run().log_input(data, name=name, role=role)


def _run() -> ActiveRun:
    return innermost.get() or start_run()
