"""Runs as they are read: searched, compared, ranked, looked at, and their metrics over steps."""

from driftline.experiments.comparison import RunComparison, compare_runs
from driftline.experiments.hints import named_values, unlogged_keys
from driftline.experiments.histories import metric_histories
from driftline.experiments.history import metric_history
from driftline.experiments.leaderboard import REPEATED, LeaderboardEntry, leaderboard
from driftline.experiments.listing import describe_run, find_runs, get_run, list_runs, listed
from driftline.experiments.lost import end_lost_runs
from driftline.experiments.retention import Retention, plan_retention, remove_runs
from driftline.experiments.search import all_runs, run_page, search_runs
from driftline.experiments.tables import long_table, wide_table, write_table
from driftline.store.found_runs import FoundRun

__all__ = [
    "REPEATED",
    "FoundRun",
    "LeaderboardEntry",
    "Retention",
    "RunComparison",
    "all_runs",
    "compare_runs",
    "describe_run",
    "end_lost_runs",
    "find_runs",
    "get_run",
    "leaderboard",
    "list_runs",
    "listed",
    "long_table",
    "metric_histories",
    "metric_history",
    "named_values",
    "plan_retention",
    "remove_runs",
    "run_page",
    "search_runs",
    "unlogged_keys",
    "wide_table",
    "write_table",
]
