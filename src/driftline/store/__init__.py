"""The experiment database: the only room with SQL.

Each `…_rows` module is one noun with its tables, the questions asked of them and the verbs that write them.
Open the database with `open_database`.
"""

from sqlmodel import Session

from driftline.store.database import Database, open_database

__all__ = ["Database", "Session", "open_database"]
