"""The events of runs, written into the experiment database by its driver alone.

A training process imports this room, so it needs neither SQLAlchemy nor pandas.
"""

from driftline.ingest.apply import apply
from driftline.ingest.batch import Batch, batch_from_json, batch_to_json
from driftline.ingest.blocks import block_columns
from driftline.ingest.database import SCHEMA, RunDatabase
from driftline.ingest.params import LONGEST_TEXT
from driftline.ingest.runs import MODEL_FOLDER

__all__ = [
    "LONGEST_TEXT",
    "MODEL_FOLDER",
    "SCHEMA",
    "Batch",
    "RunDatabase",
    "apply",
    "batch_from_json",
    "batch_to_json",
    "block_columns",
]
