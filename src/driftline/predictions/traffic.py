"""What each of two versions serves of a partition while a bandit runs, and how probable that was."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from driftline.declaration import ModelPipeline
from driftline.predictions.assignment import assigned_to_challenger
from driftline.predictions.batch_files import PROPENSITY, SERVED
from driftline.rows import normalize_keys
from driftline.store import bandit_rows
from driftline.workspace import Workspace

_SEPARATOR = "\x1f"  # no two values run together into another pair


@dataclass(frozen=True, kw_only=True)
class Split:
    """The share of keys that a challenger answers for in a partition; the champion answers for all others.

    Attributes:
        champion_id: the row of the champion's version.
        challenger_id: the row of the challenger's version.
        share: of the keys, above 0 and below 1.
        salt: which keys these are; each bandit has another.
    """

    champion_id: int
    challenger_id: int
    share: float
    salt: str


def splits(workspace: Workspace, model: str, model_id: int, keys: Sequence[str]) -> dict[str, Split]:
    """Return the stored split of each partition that has one; `model_id` is the row of `model`."""
    with workspace.database.reading() as session:
        shares = bandit_rows.shares_of(session, model_id, keys)
    return {
        share.partition_key: Split(
            champion_id=bandit.champion_version_id,
            challenger_id=bandit.challenger_version_id,
            share=share.share,
            salt=f"{model}/{bandit.id}",
        )
        for bandit, share in shares
    }


def with_split(pipeline: ModelPipeline, table: pa.Table, version_id: int, split: Split | None) -> pa.Table:
    """Return a batch with what the version serves of it, where a bandit between it and another one splits the keys."""
    if split is None or version_id not in (split.champion_id, split.challenger_id):
        return table
    theirs = assigned_to_challenger(units(pipeline, table), salt=split.salt, share=split.share)
    is_challenger = version_id == split.challenger_id
    served, propensity = (theirs, split.share) if is_challenger else (~theirs, 1 - split.share)
    return _logged(table, served, propensity)


def units(pipeline: ModelPipeline, table: pa.Table) -> Sequence[str]:
    """Return the entity of each row as text, or its row key where the pipeline names no entity."""
    columns = list(pipeline.entity or pipeline.row_key)
    plain = normalize_keys(table.select(columns).to_pandas(), columns)
    return [_SEPARATOR.join(map(str, values)) for values in plain.itertuples(index=False)]


def _logged(table: pa.Table, served: np.ndarray, propensity: float) -> pa.Table:
    table = table.append_column(SERVED, pa.array(served))
    return table.append_column(PROPENSITY, pa.array(np.full(table.num_rows, propensity)))
