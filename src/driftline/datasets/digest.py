"""The digest of a table's full content: every row, every column, in their order."""

import hashlib
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from driftline.datasets.errors import unstorable_column
from driftline.datasets.schema import column_type
from driftline.datasets.storage import plain_frame

_FORMAT = b"driftline table 1\n"
_NANOSECONDS_PER_SECOND = 1_000_000_000


def content_digest(frame: pd.DataFrame) -> str:
    """Return the sha256 of `frame`'s content as 64 lowercase hex digits.

    What is hashed, all numbers little endian, each length before what it measures:

    1. the format's name; the number of rows and of columns (uint64);
    2. per column, in order: its name and its logical type (`column_type`) as UTF-8 with uint64 lengths;
    3. its null mask: one bit a row, the first row in the lowest bit, 1 where missing;
    4. its values, zero where missing: numbers as they are (bool as uint8); times as int64 seconds since 1970
       and uint32 nanoseconds; text as int64 byte lengths and then the bytes; a category as its distinct
       values in the order of their bytes (a list of text, its length first) and then int32 positions in it.
       An ordered category lists all categories in their order and is named `category, ordered`.

    So the index, chunks, nullable, Arrow-backed or object storage, the resolution of times, the codes of a category
    and its unused values do not count. Any cell, name, type and order counts; text is not equal to a category
    of the same text; NaN, None and NA are all the one missing value; 0.0 and -0.0 are two values.

    Raises:
        InvalidColumnError: a column's name or type is not kept.
    """
    frame = plain_frame(frame)
    digest = hashlib.sha256(_FORMAT)
    digest.update(np.array(frame.shape, "<u8").tobytes())
    for name, values in frame.items():
        kind = column_type(name, values)
        ordered = isinstance(values.dtype, pd.CategoricalDtype) and bool(values.dtype.ordered)
        for text in (str(name), f"{kind}, ordered" if ordered else kind):
            digest.update(_measured(text.encode()))
        missing = values.isna().to_numpy(dtype=bool)
        digest.update(np.packbits(missing, bitorder="little").data)
        for part in _value_parts(str(name), kind, values, missing):
            digest.update(np.ascontiguousarray(part).view(np.uint8).data)
    return digest.hexdigest()


def _measured(content: bytes) -> bytes:
    return len(content).to_bytes(8, "little") + content


def _value_parts(name: str, kind: str, values: pd.Series, missing: np.ndarray) -> Iterator[np.ndarray]:
    """Yield the arrays that stand for a column's values, without its nulls."""
    if kind == "string":
        yield from _text_parts(name, values)
    elif kind == "category":
        yield from _category_parts(name, values)
    elif kind.startswith("datetime"):
        yield from _time_parts(values, missing)
    else:
        numpy_type = np.dtype("u1" if kind == "bool" else kind).newbyteorder("<")
        yield (values.to_numpy(dtype=numpy_type, na_value=0) if missing.any() else values.to_numpy(dtype=numpy_type))


def _text_parts(name: str, values: pd.Series) -> Iterator[np.ndarray]:
    """Yield the byte length of each text and the bytes of all; a missing text has length 0."""
    try:
        array = pa.array(values, type=pa.large_string(), from_pandas=True)
    except (ValueError, TypeError) as error:
        raise unstorable_column(name, f"holds text that is not valid ({error})") from error
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if array.null_count:
        array = pc.fill_null(array, "")
    _, offset_bytes, text_bytes = array.buffers()
    if offset_bytes is None or not len(array):
        yield np.zeros(0, "<i8")
        return
    offsets = np.frombuffer(offset_bytes, "<i8")[array.offset : array.offset + len(array) + 1]
    yield np.diff(offsets)
    text = np.frombuffer(text_bytes, "u1") if text_bytes is not None else np.zeros(0, "u1")
    yield text[offsets[0] : offsets[-1]]


def _category_parts(name: str, values: pd.Series) -> Iterator[np.ndarray]:
    """Yield the canonical list of categories and each row's position in it; 0 for a missing value."""
    codes = values.cat.codes.to_numpy(dtype="i4")
    categories = [str(category) for category in values.cat.categories]
    if values.cat.ordered:
        listed = np.arange(len(categories))
    else:
        used = np.flatnonzero(np.bincount(codes[codes >= 0], minlength=len(categories)))
        listed = np.array(sorted(used, key=lambda code: categories[code].encode()), dtype=np.int64)
    position = np.zeros(len(categories) + 1, "<i4")
    position[listed] = np.arange(len(listed))
    yield np.array([len(listed)], "<u8")
    yield from _text_parts(name, pd.Series([categories[code] for code in listed], dtype="str"))
    yield position[codes]


def _time_parts(values: pd.Series, missing: np.ndarray) -> Iterator[np.ndarray]:
    """Yield seconds since 1970 and nanoseconds within the second, for times of any resolution."""
    naive = values.dt.tz_convert("UTC").dt.tz_localize(None) if values.dt.tz is not None else values
    times = naive.to_numpy(dtype=f"datetime64[{values.dt.unit}]")
    ticks_per_second = int(np.timedelta64(1, "s") / np.timedelta64(1, values.dt.unit))
    seconds, ticks = np.divmod(np.where(missing, 0, times.view("i8")), ticks_per_second)
    yield seconds.astype("<i8")
    yield (ticks * (_NANOSECONDS_PER_SECOND // ticks_per_second)).astype("<u4")
