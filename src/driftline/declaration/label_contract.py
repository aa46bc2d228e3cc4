"""What a delivery of labels is held to: so much of a declaration as its row in the store tells, too."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from driftline.datasets import Target
from driftline.declaration.ground_truth import GroundTruth
from driftline.declaration.partitions import Partitions
from driftline.declaration.whole_table import described_partitions
from driftline.metrics import Task


@dataclass(frozen=True, kw_only=True)
class LabelContract:
    """What the labels of a stream must look like.

    Attributes:
        pipeline: whose labels.
        time_column: the event time.
        entity: the columns that tell rows of the same time apart.
        target: the column that holds the label.
        partitions: the grid that labels are kept by.
        ground_truth: when labels are late, and where they come from.
    """

    pipeline: str
    time_column: str
    entity: tuple[str, ...]
    target: Target
    partitions: Partitions
    ground_truth: GroundTruth

    @property
    def row_key(self) -> tuple[str, ...]:
        """Return the columns that a prediction and its label are joined by."""
        return (self.time_column, *self.entity)

    def partition_keys(self, times: pd.Series) -> np.ndarray:
        """Return the key of the partition of each time, shape (n_rows,), also before the first one.

        Rows from before the first partition are never predicted, but the first model learns from them.
        """
        in_utc = times.dt.tz_convert("UTC").dt.tz_localize(None)
        return self.partitions.keys_at(in_utc.to_numpy(dtype="datetime64[us]"))


def described_contract(pipeline: str, declaration: Mapping[str, Any]) -> LabelContract:
    """Return the contract of a pipeline from what it wrote about itself.

    Raises:
        NotAStreamError: it declares no time partitions.
    """
    partitions = described_partitions(declaration.get("partitions")).stream(pipeline)
    target, truth = declaration["target"], declaration["ground_truth"]
    task = target.get("task")
    return LabelContract(
        pipeline=pipeline,
        time_column=declaration["time_column"],
        entity=tuple(declaration["entity"]),
        target=Target(
            target["column"], positive_class=target.get("positive_class"), task=None if task is None else Task(task)
        ),
        partitions=partitions,
        ground_truth=GroundTruth(**{name: value for name, value in truth.items() if name != "type"}),
    )
