"""Which rows of a reading can be trained on."""

import numpy as np
import pandas as pd
import pytest

from driftline import Target
from driftline.datasets import Column, plain_frame, schema_of, usable_rows

ROWS = 400
TABLE = pd.DataFrame({"x": np.arange(ROWS, dtype=float), "k": np.arange(ROWS), "s": ["a", "b"] * (ROWS // 2), "y": 1.0})


def with_cells(column, value, *places):
    values = TABLE[column].astype(object)
    values.iloc[list(places)] = value
    return plain_frame(TABLE.assign(**{column: values}))


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("s", "\ud83d", r"'\\ud83d', text that is not valid Unicode"),
        ("k", 2**70, "whole number beyond 64 bits"),
        ("x", "n/a", "'n/a', text"),
        ("s", 7, "7, number"),
    ],
)
def test_a_bad_cell_costs_its_row_and_is_named(column, cell, said):
    usable = usable_rows(with_cells(column, cell, 17, 30), Target("y"), schema=schema_of(TABLE))
    assert usable.frame.index.tolist() == [place for place in range(ROWS) if place not in {17, 30}]
    [sentence] = usable.left_out
    assert sentence.startswith(f"2 of 400 rows are left out: the column {column!r} holds ")
    assert "the first at position 17" in sentence
    assert pd.Series([sentence]).str.contains(said).all()
    assert schema_of(usable.frame) == schema_of(TABLE)


def test_a_column_of_many_bad_cells_is_another_column():
    usable = usable_rows(with_cells("x", "n/a", *range(5)), Target("y"))
    assert (len(usable.frame), usable.left_out) == (ROWS, ())


@pytest.mark.parametrize("lacking", [None, np.nan, np.inf])
def test_a_row_without_a_label_is_left_out(lacking):
    usable = usable_rows(with_cells("y", lacking, 3), Target("y"), schema=schema_of(TABLE))
    assert len(usable.frame) == ROWS - 1
    assert usable.left_out == (
        "1 of 400 rows is left out: no finite value in the target column 'y', the first at positions 3.",
    )


@pytest.mark.parametrize("late", ["integer", "boolean", "text"])
def test_labels_that_are_late_change_nothing_in_the_meaning_of_their_column(late):
    labels = {
        "integer": pd.Series([0, 1] * 200),
        "boolean": pd.Series([True, False] * 200),
        "text": pd.Series(["no", "yes"] * 200),
    }[late]
    before = TABLE.assign(y=labels)
    waiting = (
        labels.where(before.index < 300) if late != "boolean" else labels.astype(object).where(before.index < 300, None)
    )
    usable = usable_rows(plain_frame(TABLE.assign(y=waiting)), Target("y"), schema=schema_of(before))
    assert len(usable.frame) == 300
    assert schema_of(usable.frame) == schema_of(before)
    assert usable.frame["y"].tolist() == labels[:300].tolist()


def test_numbers_get_their_type_back_where_that_loses_nothing():
    schema = (Column(name="k", dtype="int64"), Column(name="x", dtype="float64"), Column(name="y", dtype="float64"))
    as_floats = TABLE[["k", "x", "y"]].astype({"k": float, "x": int, "y": "float32"})
    as_floats.loc[5, "k"] = np.nan
    found = usable_rows(as_floats, Target("y"), schema=schema).frame
    assert schema_of(found) == schema
    assert found["k"].isna().sum() == 1
    halves = usable_rows(as_floats.assign(k=0.5), Target("y"), schema=schema).frame
    assert schema_of(halves)[0] == Column(name="k", dtype="float64")


def test_a_column_without_any_value_keeps_its_type():
    frame = TABLE.assign(s=None, k=np.nan)
    found = usable_rows(plain_frame(frame), Target("y"), schema=schema_of(TABLE)).frame
    assert schema_of(found) == schema_of(TABLE)
