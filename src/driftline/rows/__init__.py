"""The rows of partitions, read in as few calls as possible, and who serves them."""

from driftline.rows.keys import key_texts, match_positions, normalize_keys, plain_column
from driftline.rows.outcome import Outcome, run_batched
from driftline.rows.partition_reader import PartitionReader
from driftline.rows.reading import (
    filter_window,
    future_rows,
    load_frame,
    load_window,
    partitions_between,
    past_partitions,
)
from driftline.rows.serving import serving_versions

__all__ = [
    "Outcome",
    "PartitionReader",
    "filter_window",
    "future_rows",
    "key_texts",
    "load_frame",
    "load_window",
    "match_positions",
    "normalize_keys",
    "partitions_between",
    "past_partitions",
    "plain_column",
    "run_batched",
    "serving_versions",
]
