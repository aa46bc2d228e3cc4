"""The rows of partitions, read in as few calls as possible, and who serves them."""

from driftline.rows.keys import key_column, key_texts, match_positions, normalize_keys
from driftline.rows.outcome import Outcome, run_batched
from driftline.rows.partition_reader import PartitionReader
from driftline.rows.reading import (
    empty_partitions,
    filter_window,
    future_rows,
    load_frame,
    load_window,
    past_partitions,
)
from driftline.rows.serving import serving_versions

__all__ = [
    "Outcome",
    "PartitionReader",
    "empty_partitions",
    "filter_window",
    "future_rows",
    "key_column",
    "key_texts",
    "load_frame",
    "load_window",
    "match_positions",
    "normalize_keys",
    "past_partitions",
    "run_batched",
    "serving_versions",
]
