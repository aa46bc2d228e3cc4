"""The experiment database: the only room with SQL.

Each module is one noun with its tables and the questions asked of them: `runs`, `datasets`, `registry`,
`monitoring`, `locks`; `lookup` finds rows of any table by key. Open the database with `open_database`.
"""

from sqlmodel import Session

from driftline.store import datasets, locks, lookup, monitoring, registry, runs, views
from driftline.store.database import Database, open_database

__all__ = [
    "Database",
    "Session",
    "datasets",
    "locks",
    "lookup",
    "monitoring",
    "open_database",
    "registry",
    "runs",
    "views",
]
