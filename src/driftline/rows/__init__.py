"""The rows of partitions, read in as few calls as possible, and who serves them."""

from driftline.rows.keys import _plain, key_texts, places_of, plain_keys
from driftline.rows.outcome import Outcome, together
from driftline.rows.reading import (
    TABLE,
    RowReader,
    call_dataset,
    future_rows,
    given_rows,
    neighbours,
    partitions_between,
    past_partitions,
    rows_of,
)
from driftline.rows.serving import serving_versions

__all__ = [
    "TABLE",
    "Outcome",
    "RowReader",
    "_plain",
    "call_dataset",
    "future_rows",
    "given_rows",
    "key_texts",
    "neighbours",
    "partitions_between",
    "past_partitions",
    "places_of",
    "plain_keys",
    "rows_of",
    "serving_versions",
    "together",
]
