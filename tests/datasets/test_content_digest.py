import hashlib

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from driftline.datasets import content_digest, from_parquet, to_parquet
from driftline.datasets.errors import InvalidColumnError, ParquetError

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
TIMES = st.datetimes(pd.Timestamp("1900-01-01"), pd.Timestamp("2200-01-01")).map(lambda t: pd.Timestamp(t, tz="UTC"))
COLUMNS = {
    "int64": (st.integers(-(2**63), 2**63 - 1), "int64"),
    "int8": (st.integers(-128, 127), "int8"),
    "float64": (st.floats(allow_nan=False) | st.none(), "float64"),
    "float32": (st.floats(width=32, allow_nan=False), "float32"),
    "bool": (st.booleans(), "bool"),
    "str": (TEXT | st.none(), "str"),
    "category": (TEXT | st.none(), "category"),
    "datetime": (TIMES | st.none(), "datetime64[us, UTC]"),
    "Int64": (st.integers(-(2**63), 2**63 - 1) | st.none(), "Int64"),
    "boolean": (st.booleans() | st.none(), "boolean"),
}


def column(values, dtype):
    if dtype == "category":
        return pd.Series(pd.Categorical(pd.Series(values, dtype="str")))
    return pd.Series(values, dtype=dtype)


@st.composite
def frames(draw):
    rows = draw(st.integers(0, 6))
    kinds = draw(st.lists(st.sampled_from(sorted(COLUMNS)), min_size=1, max_size=4))
    return pd.DataFrame(
        {
            f"{position} {kind}": column(
                draw(st.lists(COLUMNS[kind][0], min_size=rows, max_size=rows)), COLUMNS[kind][1]
            )
            for position, kind in enumerate(kinds)
        }
    )


@given(frames())
@settings(max_examples=150, deadline=None)
def test_a_parquet_round_trip_keeps_the_digest(frame):
    assert content_digest(from_parquet(to_parquet(frame))) == content_digest(frame)


@given(st.sampled_from(sorted(COLUMNS)), st.data())
@settings(max_examples=200, deadline=None)
def test_changing_one_cell_changes_the_digest(kind, data):
    cells, dtype = COLUMNS[kind]
    before = data.draw(st.lists(cells, min_size=1, max_size=5))
    row = data.draw(st.integers(0, len(before) - 1))
    after = list(before)
    after[row] = data.draw(cells.filter(lambda cell: cell != before[row]))
    digests = {content_digest(pd.DataFrame({"a": column(values, dtype)})) for values in (before, after)}
    assert len(digests) == 2


@given(frames(), st.data())
@settings(max_examples=100, deadline=None)
def test_the_order_of_rows_counts_and_the_index_does_not(frame, data):
    order = data.draw(st.permutations(range(len(frame))))
    shuffled = frame.iloc[order]
    same = shuffled.reset_index(drop=True).equals(frame) and content_digest(frame) == content_digest(frame)
    rows = [tuple(map(repr, row)) for row in frame.astype(object).itertuples(index=False)]
    if same or [rows[position] for position in order] == rows:
        assert content_digest(shuffled) == content_digest(frame)
    else:
        assert content_digest(shuffled) != content_digest(frame)
    assert content_digest(shuffled) == content_digest(shuffled.reset_index(drop=True))


def test_the_order_and_the_names_of_columns_count():
    frame = pd.DataFrame({"a": [1, 2], "b": [1, 2]})
    changed = [
        frame,
        frame.rename(columns={"b": "c"}),
        frame[["a"]],
        pd.DataFrame({"ab": [1, 2], "": [1, 2]}),
    ]
    swapped = pd.DataFrame({"b": [3, 4], "a": [1, 2]})
    assert len({content_digest(table) for table in changed}) == 4
    assert content_digest(swapped) != content_digest(swapped[["a", "b"]])


def test_the_type_counts():
    numbers = pd.Series([0, 1, 1])
    types = ["int64", "int32", "uint8", "float64", "float32", "bool", "datetime64[ns]", "datetime64[ns, UTC]"]
    text = pd.Series(["0", "1", "1"])
    ordered = text.astype(pd.CategoricalDtype(["0", "1"], ordered=True))
    columns = [numbers.astype(dtype) for dtype in types] + [text, text.astype("category"), ordered]
    assert len({content_digest(values.to_frame("a")) for values in columns}) == len(columns)


def test_text_cannot_move_between_rows():
    one, two = pd.DataFrame({"a": ["ab", "c"]}), pd.DataFrame({"a": ["a", "bc"]})
    assert content_digest(one) != content_digest(two)


def test_an_empty_text_is_not_a_missing_one():
    assert content_digest(pd.DataFrame({"a": ["", "x"]})) != content_digest(pd.DataFrame({"a": [None, "x"]}))


def test_chunks_do_not_count():
    text = pd.Series(["a", None, "b"], dtype="str")
    assert content_digest(text.to_frame("a")) == content_digest(pd.concat([text[:1], text[1:]]).to_frame("a"))


def test_the_codes_and_unused_values_of_a_category_do_not_count():
    values = ["b", "a", None, "b"]
    dtypes = [pd.CategoricalDtype(list(order)) for order in ("ab", "ba", "zbya")]
    assert len({content_digest(pd.DataFrame({"a": pd.Categorical(values, dtype=d)})) for d in dtypes}) == 1


def test_a_slice_has_the_digest_of_its_rows_alone():
    frame = pd.DataFrame({"a": ["x", "yy", None, "z"], "b": [1.0, np.nan, 2.0, 3.0]})
    alone = pd.DataFrame({"a": ["yy", None], "b": [np.nan, 2.0]})
    assert content_digest(frame[1:3]) == content_digest(alone)


def test_the_byte_form_is_the_documented_one():
    number = lambda value: value.to_bytes(8, "little")  # noqa: E731
    content = b"driftline table 1\n" + number(2) + number(1)
    content += number(1) + b"a" + number(6) + b"string" + bytes([0b10]) + number(2) + number(0) + "é".encode()
    assert content_digest(pd.DataFrame({"a": ["é", None]})) == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    "values",
    [
        [1, "a"],
        [(1, 2)],
        pd.to_timedelta([1]),
        pd.Categorical([1, 2]),
        [1 + 2j],
        [2**70, 1],
        pd.Series(["\ud800"], dtype=object),
    ],
)
def test_a_column_that_cannot_be_kept_is_named(values):
    with pytest.raises(InvalidColumnError, match="'odd'"):
        content_digest(pd.DataFrame({"odd": values}))


def test_a_column_that_is_not_named_by_text_is_refused():
    with pytest.raises(InvalidColumnError, match="named by a int"):
        content_digest(pd.DataFrame([[1]]))


def test_parquet_refuses_two_columns_of_one_name():
    with pytest.raises(InvalidColumnError, match="'a'"):
        to_parquet(pd.DataFrame([[1, 2]], columns=["a", "a"]))


def test_other_bytes_are_no_parquet():
    with pytest.raises(ParquetError, match="to_parquet"):
        from_parquet(b"time,price\n")


def test_parquet_bytes_are_the_same_for_the_same_table():
    frame = pd.DataFrame({"a": ["x", None], "b": [1.5, np.nan]})
    frame.attrs["note"] = object()
    assert to_parquet(frame) == to_parquet(frame.copy())
