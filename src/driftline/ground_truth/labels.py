"""What is known of the truth at a time: the one place that says which rows have a label."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from driftline.datasets.errors import MissingColumnError
from driftline.declaration import Declaration, ModelPipeline
from driftline.rows import match_positions
from driftline.store import delivery_rows
from driftline.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class KnownTruth:
    """What is known of the labels of some rows.

    Attributes:
        due: whether a row's label has been delivered, or should be in the dataset by the delay, shape (n_rows,).
        delivered: whether it has been delivered, shape (n_rows,).
        labels: of the rows that are due, with their index; missing where the dataset has none.
    """

    due: np.ndarray
    delivered: np.ndarray
    labels: pd.Series


def known_truth(workspace: Workspace, pipeline: ModelPipeline, rows: pd.DataFrame, *, until: datetime) -> KnownTruth:
    """Return the labels of a pipeline's rows that count at `until`.

    A delivered label counts from its arrival on; one that was delivered for a time that is looked back at, as by
    the first training, counts as if it had come in time. A label of the dataset counts once the delay is over, and
    gives way to a delivered one. Of a table, every label is known.

    Args:
        workspace: where deliveries are; what arrived after its `as_of` is not known.
        pipeline: the declaration.
        rows: of its dataset.
        until: the time to look from, at most now.

    Raises:
        MissingColumnError: the rows have no target column, and labels are not only delivered.
        InvalidColumnError: the delivered labels have other types in their key than the rows.
    """
    column = pipeline.target.column
    if not pipeline.partitions.is_stream:
        everything = np.ones(len(rows), dtype=bool)
        return KnownTruth(due=everything, delivered=~everything, labels=_column(rows, column))
    over = (rows[pipeline.time_column] + pipeline.ground_truth.lag <= until).to_numpy(dtype=bool)
    delivered_values, places = _find(workspace, pipeline, rows)
    delivered = places >= 0
    if until < workspace.as_of():
        delivered &= over
    if pipeline.ground_truth.delivered:
        labels = delivered_values.iloc[places[delivered]].set_axis(rows.index[delivered])
        return KnownTruth(due=delivered, delivered=delivered, labels=labels)
    due = over | delivered
    labels = _replaced(_column(rows, column)[due], delivered[due], delivered_values.iloc[places[delivered]])
    return KnownTruth(due=due, delivered=delivered, labels=labels)


def delivered_labels(
    workspace: Workspace, pipeline: Declaration, keys: Sequence[str] | None, as_of: datetime
) -> pd.DataFrame:
    """Return the row key and the newest label of each row of partitions (None: all) that had arrived by `as_of`."""
    with workspace.database.reading() as session:
        parts = delivery_rows.parts_known(session, pipeline.name, keys, as_of)
    wanted = [*pipeline.row_key, pipeline.target.column]
    if not parts:
        return pd.DataFrame(columns=wanted)
    contents = (io.BytesIO(workspace.artifacts.get(part.digest)) for part in parts)
    frames = [pq.read_table(content, columns=wanted, use_threads=False).to_pandas() for content in contents]
    labels: pd.DataFrame = pd.concat(frames, ignore_index=True)
    return labels.drop_duplicates(list(pipeline.row_key), keep="last", ignore_index=True)


def _find(workspace: Workspace, pipeline: Declaration, rows: pd.DataFrame) -> tuple[pd.Series, np.ndarray]:
    """Return the delivered labels of the rows' partitions, and where in them each row's label stands."""
    keys = list(dict.fromkeys(pipeline.partition_keys(rows[pipeline.time_column])))
    found, key = delivered_labels(workspace, pipeline, keys, workspace.as_of()), list(pipeline.row_key)
    return found[pipeline.target.column], match_positions(rows[key], found[key])


def _column(rows: pd.DataFrame, column: str) -> pd.Series:
    if column not in rows.columns:
        raise MissingColumnError([column], rows.columns)
    return rows[column]


def _replaced(column: pd.Series, places: np.ndarray, labels: pd.Series) -> pd.Series:
    """Return `column` with `labels` in the rows at `places`, in its own type where that holds them."""
    if not places.any():
        return column
    if isinstance(column.dtype, pd.CategoricalDtype):
        unknown = [label for label in dict.fromkeys(labels) if label not in column.cat.categories]
        column = column.cat.add_categories(unknown)
    else:
        column = column.astype(object)
    column = column.copy()
    column[places] = labels.to_numpy(dtype=object)
    return column.infer_objects()
