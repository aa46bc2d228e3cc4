"""The experiment database: tables, questions and migrations; the room `ingest` writes what runs say.

Each `…_rows` module is one noun with its tables, the questions asked of them and the verbs that write them.
Open the database with `open_database`.
"""

from sqlmodel import Session

from driftline.store import (
    adjudication_rows,
    alert_rows,
    alias_rows,
    backtest_rows,
    bandit_rows,
    batch_rows,
    dataset_rows,
    decision_rows,
    declaration_rows,
    delivery_rows,
    drift_rows,
    evaluation_rows,
    found_runs,
    lock_rows,
    lookup,
    metric_rows,
    model_rows,
    param_rows,
    run_conditions,
    run_order,
    run_removal,
    run_rows,
    run_search,
)
from driftline.store.database import Database, open_database, read_database

__all__ = [
    "Database",
    "Session",
    "adjudication_rows",
    "alert_rows",
    "alias_rows",
    "backtest_rows",
    "bandit_rows",
    "batch_rows",
    "dataset_rows",
    "decision_rows",
    "declaration_rows",
    "delivery_rows",
    "drift_rows",
    "evaluation_rows",
    "found_runs",
    "lock_rows",
    "lookup",
    "metric_rows",
    "model_rows",
    "open_database",
    "param_rows",
    "read_database",
    "run_conditions",
    "run_order",
    "run_removal",
    "run_rows",
    "run_search",
]
