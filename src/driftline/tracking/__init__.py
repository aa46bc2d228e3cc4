"""Runs as they are written: a training script logs what it uses and what it measures, and nothing of it is lost.

What this room imports is light: neither SQLAlchemy nor pandas.
"""

from driftline.tracking.changes import change_run
from driftline.tracking.destinations import configured_destination, destination_of
from driftline.tracking.flat import (
    active_run,
    current_run,
    end_run,
    log_artifact,
    log_artifacts,
    log_dict,
    log_figure,
    log_input,
    log_metric,
    log_metrics,
    log_param,
    log_params,
    log_table,
    log_text,
    set_tag,
    set_tags,
)
from driftline.tracking.left import deliver_left
from driftline.tracking.run import ActiveRun
from driftline.tracking.starting import set_experiment, start_run

__all__ = [
    "ActiveRun",
    "active_run",
    "change_run",
    "configured_destination",
    "current_run",
    "deliver_left",
    "destination_of",
    "end_run",
    "log_artifact",
    "log_artifacts",
    "log_dict",
    "log_figure",
    "log_input",
    "log_metric",
    "log_metrics",
    "log_param",
    "log_params",
    "log_table",
    "log_text",
    "set_experiment",
    "set_tag",
    "set_tags",
    "start_run",
]
