"""Datasets: what a table holds, what is wrong with it, and how its rows are set apart."""

from driftline.datasets.digest import content_digest
from driftline.datasets.fire_risk import simulate_fire_risk
from driftline.datasets.holdout import Holdout, Newest, RandomShare, Split, SplitColumn
from driftline.datasets.parquet import from_parquet, to_parquet
from driftline.datasets.public import openml
from driftline.datasets.schema import Column, column_type, schema_changes, schema_of
from driftline.datasets.slices import slice_faults, slice_values
from driftline.datasets.statistics import statistics_of
from driftline.datasets.storage import content_of, plain_column, plain_frame, value_text
from driftline.datasets.target import Label, Target, classes_of, encode, encode_known, task_of
from driftline.datasets.usable import usable_rows
from driftline.datasets.window import Window

__all__ = [
    "Column",
    "Holdout",
    "Label",
    "Newest",
    "RandomShare",
    "Split",
    "SplitColumn",
    "Target",
    "Window",
    "classes_of",
    "column_type",
    "content_digest",
    "content_of",
    "encode",
    "encode_known",
    "from_parquet",
    "openml",
    "plain_column",
    "plain_frame",
    "schema_changes",
    "schema_of",
    "simulate_fire_risk",
    "slice_faults",
    "slice_values",
    "statistics_of",
    "task_of",
    "to_parquet",
    "usable_rows",
    "value_text",
]
