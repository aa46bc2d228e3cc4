"""The same table in another storage is the same table: for its types, its digest and its holdout."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from driftline import RandomShare
from driftline.datasets import column_type, content_digest, content_of, plain_column, plain_frame, schema_of
from driftline.datasets.errors import InvalidColumnError

ROME = ZoneInfo("Europe/Rome")
NEW_YEAR = datetime(2025, 1, 1, tzinfo=UTC)
TIMES = pd.Series([NEW_YEAR, None, NEW_YEAR + timedelta(hours=1)])
FORMS = {
    "int64": [
        pd.Series([1, 2, 3]),
        pd.Series([1, 2, 3], dtype="Int64"),
        pd.Series([1, 2, 3], dtype="int64[pyarrow]"),
        pd.Series([1, np.int64(2), 3], dtype=object),
    ],
    "int64, some missing": [
        pd.Series([1, None, 3], dtype="Int64"),
        pd.Series([1, None, 3], dtype="int64[pyarrow]"),
        pd.Series([1, None, 3], dtype=object),
    ],
    "float64": [
        pd.Series([0.1, np.nan, 3.0]),
        pd.Series([0.1, None, 3.0], dtype="Float64"),
        pd.Series([0.1, None, 3.0], dtype="double[pyarrow]"),
        pd.Series([0.1, None, 3], dtype=object),
        pd.Series([Decimal("0.10"), None, Decimal(3)], dtype=object),
        pd.Series([Decimal.from_float(0.1), None, Decimal(3)], dtype=object),
        pd.Series([Decimal("0.1"), None, Decimal(3)], dtype=pd.ArrowDtype(pa.decimal128(9, 1))),
    ],
    "bool": [
        pd.Series([True, False, True]),
        pd.Series([True, False, True], dtype="boolean"),
        pd.Series([True, False, np.True_], dtype=object),
        pd.Series([True, False, True], dtype="bool[pyarrow]"),
    ],
    "bool, some missing": [
        pd.Series([True, None, False], dtype="boolean"),
        pd.Series([True, None, False], dtype=object),
        pd.Series([True, None, False], dtype="bool[pyarrow]"),
    ],
    "string": [
        pd.Series(["a", None, "é"], dtype="str"),
        pd.Series(["a", None, "é"], dtype=object),
        pd.Series(["a", np.nan, "é"], dtype=object),
        pd.Series(["a", pd.NA, "é"], dtype="string"),
        pd.Series(["a", None, "é"], dtype=pd.ArrowDtype(pa.large_string())),
    ],
    "category": [
        pd.Series(["a", None, "b"], dtype="category"),
        pd.Series(pd.Categorical(["a", None, "b"], categories=pd.Index(["b", "a"], dtype=object))),
        pd.Series(["a", None, "b"], dtype=pd.ArrowDtype(pa.dictionary(pa.int8(), pa.string()))),
    ],
    "datetime[UTC]": [
        *(TIMES.dt.as_unit(unit) for unit in ("s", "ms", "us", "ns")),
        TIMES.astype(object),
        TIMES.astype(pd.ArrowDtype(pa.timestamp("ms", "UTC"))),
        pd.Series([NEW_YEAR.astimezone(ROME), None, NEW_YEAR + timedelta(hours=1)], dtype=object),
    ],
    "datetime": [
        TIMES.dt.tz_localize(None),
        TIMES.dt.tz_localize(None).astype(pd.ArrowDtype(pa.timestamp("s"))),
        pd.Series([time.to_pydatetime() for time in TIMES.dt.tz_localize(None)], dtype=object),
    ],
}


@pytest.mark.parametrize("kind", FORMS)
def test_what_holds_the_values_in_memory_does_not_count(kind):
    numbers = np.arange(3)
    tables = [pd.concat([pd.DataFrame({"a": values, "n": numbers})] * 40, ignore_index=True) for values in FORMS[kind]]
    tables = [
        table.assign(n=np.arange(120), a=table["a"].astype(FORMS[kind][i].dtype)) for i, table in enumerate(tables)
    ]
    assert {column_type("a", values) for values in FORMS[kind]} == {kind.split(",")[0]}
    assert len({content_digest(table) for table in tables}) == 1
    assert len({schema_of(table) for table in tables}) == 1
    assert len({tuple(RandomShare(share=0.3).split(table).holdout.index) for table in tables}) == 1
    assert len({str(plain_frame(table)["a"].dtype) for table in tables}) == 1


def test_a_plain_table_is_returned_as_it_is():
    frame = pd.DataFrame({"a": [1, 2], "b": ["x", None], "c": [0.1, np.nan], "d": [True, False]})
    assert plain_frame(frame) is frame
    assert plain_frame(frame.head(0)).dtypes.equals(frame.dtypes)


def test_days_are_times():
    days = [date(2025, 1, 1), None, date(9999, 12, 31)]
    times = pd.Series(pd.to_datetime(["2025-01-01", None, "9999-12-31"]).astype("datetime64[us]"))
    for held in (pd.Series(days, dtype=object), pd.Series(days, dtype=pd.ArrowDtype(pa.date32()))):
        pd.testing.assert_series_equal(plain_column(held), times)


def test_nanoseconds_that_count_are_kept():
    odd = pd.Series(pd.to_datetime([1, 1000], unit="ns", utc=True))
    assert plain_column(odd) is odd


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([1, 2**70, 3], "number such as 1, but 1 of 3 rows differ, the first at position 1: 1180591620717411303424, "),
        ([1.5, "n/a", 2], "number such as 1.5, but 1 of 3 rows differ, the first at position 1: 'n/a', text"),
        (["a", "b", "\ud83d"], r"at position 2: '\ud83d', text that is not valid Unicode"),
        ([Decimal("0.123456789012345678901"), 1, 2], "at position 0: .*decimal with more digits than a float"),
        ([NEW_YEAR, datetime(2025, 1, 1), None], "datetime such as"),  # noqa: DTZ001
        ([time(7)], r"time such as datetime.time\(7, 0\)"),
        ([2**53 + 1, 0.5], "objects|number"),
        ([{}, {}], "dict such as {}"),
    ],
)
def test_what_no_storage_holds_without_a_loss_stays_and_is_named(values, said):
    column = pd.Series(values, dtype=object)
    assert plain_column(column) is column
    assert pd.Series([content_of(column)]).str.contains(said.replace(r"\ud83d", r"\\ud83d")).all()
    with pytest.raises(InvalidColumnError, match="'x' holds"):
        column_type("x", column)
