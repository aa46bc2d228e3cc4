"""Runs: a training script logs what it used and what it measured, and the experiment database stores it."""

from driftline.tracking.environment import environment
from driftline.tracking.history import metric_history
from driftline.tracking.listing import describe_run, list_runs
from driftline.tracking.run import ActiveRun, end_lost_runs, start_run

__all__ = ["ActiveRun", "describe_run", "end_lost_runs", "environment", "list_runs", "metric_history", "start_run"]
