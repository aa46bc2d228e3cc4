"""Runs as they are read: listed, looked at, and their metrics over steps."""

from driftline.experiments.history import metric_history
from driftline.experiments.listing import describe_run, list_runs
from driftline.experiments.lost import end_lost_runs

__all__ = ["describe_run", "end_lost_runs", "list_runs", "metric_history"]
