"""The Parquet file of a prediction batch: the row key under the names of the user, all else under reserved ones."""

import io
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.parquet as pq

from driftline.declaration import RESERVED_PREFIX, ModelPipeline
from driftline.metrics import Task
from driftline.models import Model
from driftline.workspace import Workspace

SERVED, PROPENSITY = f"{RESERVED_PREFIX}served", f"{RESERVED_PREFIX}propensity"


def score_columns(model: Model) -> list[str]:
    """Return the columns of a prediction batch that hold the scores."""
    if model.task is Task.REGRESSION:
        return [f"{RESERVED_PREFIX}prediction"]
    if model.task is Task.BINARY:
        return [f"{RESERVED_PREFIX}probability"]
    return [f"{RESERVED_PREFIX}probability_{label}" for label in model.classes]


def write_batch(table: pa.Table) -> bytes:
    """Return a batch as Parquet."""
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd")
    return out.getvalue()


def read_batches(workspace: Workspace, pipeline: ModelPipeline, digests: Sequence[str]) -> list[pa.Table]:
    """Return the stored predictions of each digest, with reserved names for all but the row key.

    Before names were reserved, batches held `probability`, `served` and the like after the row key.
    """
    contents = (io.BytesIO(workspace.artifacts.get(digest)) for digest in digests)
    return [_reserved(pq.read_table(content, use_threads=False), len(pipeline.row_key)) for content in contents]


def _reserved(table: pa.Table, key_count: int) -> pa.Table:
    keys, columns = table.column_names[:key_count], table.column_names[key_count:]
    if all(name.startswith(RESERVED_PREFIX) for name in columns):
        return table
    return table.rename_columns([*keys, *(RESERVED_PREFIX + name.removeprefix(RESERVED_PREFIX) for name in columns)])
