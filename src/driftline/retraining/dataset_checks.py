"""What speaks against training on some rows: driftline's own checks, and the rules of the declaration."""

from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from driftline.datasets import Column
from driftline.declaration import ModelPipeline
from driftline.quality import CheckedRows, RuleResult, broken_messages, check_frame, check_rules


@dataclass(frozen=True, kw_only=True)
class DatasetChecks:
    """What was found in the rows that a training would use.

    Attributes:
        faults: what driftline's own checks found.
        rules: what each quality rule of the declaration found, in its order.
    """

    faults: tuple[str, ...]
    rules: tuple[RuleResult, ...]

    @property
    def problems(self) -> tuple[str, ...]:
        """Return why training must not use the rows; empty where nothing speaks against it."""
        return (*self.faults, *broken_messages(self.rules, "error"))

    @property
    def warnings(self) -> tuple[str, ...]:
        """Return why rules are broken that only warn."""
        return broken_messages(self.rules, "warn")


def check_dataset(
    pipeline: ModelPipeline,
    frame: pd.DataFrame,
    *,
    source: pd.DataFrame,
    as_of: datetime,
    previous_schema: tuple[Column, ...] | None = None,
) -> DatasetChecks:
    """Return what speaks against training on `frame`.

    Args:
        pipeline: the declaration.
        frame: the rows to learn from and to be scored on, with their labels and with the columns of the rules.
        source: all rows that were read, also those whose label is not known yet.
        as_of: the time up to which was read.
        previous_schema: the schema of the version before; None: there is none to compare with.
    """
    kept = kept_columns(pipeline, frame)
    faults = check_frame(kept, pipeline.target, metrics=pipeline.metrics, previous_schema=previous_schema)
    time_column = pipeline.time_column if pipeline.partitions.is_stream else None
    rows = CheckedRows(frame=frame, source=source, as_of=as_of, time_column=time_column)
    return DatasetChecks(faults=tuple(map(str, faults)), rules=check_rules(pipeline.quality, rows))


def kept_columns(pipeline: ModelPipeline, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows without the columns that only quality rules look at: a rule changes nothing of what is kept."""
    if not pipeline.checked_columns:
        return frame
    return frame.loc[:, [pipeline.is_read(name) for name in frame.columns]]
