"""The experiment database: the only room with SQL.

Each module is one noun with its tables and the questions asked of them: `runs`, `datasets`, `registry`,
`monitoring`, `ground_truth`, `alerts`, `backtests`, `bandits`, `locks`; `series` gives the newest of each series,
`lookup` rows of any table by key. Open the database with `open_database`.
"""

from sqlmodel import Session

from driftline.store import (
    alerts,
    backtests,
    bandits,
    datasets,
    ground_truth,
    locks,
    lookup,
    monitoring,
    registry,
    runs,
    series,
    views,
)
from driftline.store.database import Database, open_database

__all__ = [
    "Database",
    "Session",
    "alerts",
    "backtests",
    "bandits",
    "datasets",
    "ground_truth",
    "locks",
    "lookup",
    "monitoring",
    "open_database",
    "registry",
    "runs",
    "series",
    "views",
]
