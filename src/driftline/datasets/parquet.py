"""Tables as Parquet bytes."""

import io

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from driftline.datasets.errors import ParquetError, duplicate_columns
from driftline.datasets.schema import schema_of
from driftline.datasets.storage import plain_frame

_TEXT_CATEGORY = pa.dictionary(pa.int8(), pa.large_string())  # of a category without any value


def to_parquet(frame: pd.DataFrame) -> bytes:
    """Return `frame` as a Parquet file, without its index; `content_digest` survives the round trip.

    Raises:
        InvalidColumnError: a column's name or type is not kept.
        InvalidColumnError: two columns have one name.
    """
    if not frame.columns.is_unique:
        raise duplicate_columns(dict.fromkeys(map(str, frame.columns[frame.columns.duplicated()])))
    texts = [column.name for column in schema_of(frame) if column.dtype == "string"]
    plain = plain_frame(frame).astype(dict.fromkeys(texts, "str"))  # also those without any value
    plain.attrs = {}  # what users hang on a frame is not content and may not be JSON
    table = pa.Table.from_pandas(plain, preserve_index=False)
    for position, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type) and pa.types.is_null(field.type.value_type):
            table = table.set_column(position, field.with_type(_TEXT_CATEGORY), pa.nulls(len(frame), _TEXT_CATEGORY))
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd")
    return out.getvalue()


def from_parquet(content: bytes) -> pd.DataFrame:
    """Return the table of a Parquet file, with rows numbered from 0.

    Raises:
        ParquetError: `content` is not a Parquet file.
    """
    try:
        frame: pd.DataFrame = pq.read_table(io.BytesIO(content)).to_pandas()
    except pa.ArrowInvalid as error:
        raise ParquetError(error) from error
    return frame
