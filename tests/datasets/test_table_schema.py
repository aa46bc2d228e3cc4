import json
from dataclasses import asdict

import numpy as np
import pandas as pd

from driftline.datasets import Column, schema_of, statistics_of
from driftline.datasets.schema import schema_changes
from driftline.datasets.statistics import TopValue


def test_a_schema_names_columns_in_order_with_logical_types():
    frame = pd.DataFrame({"n": [1], "x": [1.0], "b": [True], "s": ["a"], "t": pd.to_datetime(["2026-01-01"], utc=True)})
    frame["c"] = pd.Categorical(["a"])
    assert [(column.name, column.dtype) for column in schema_of(frame)] == [
        ("n", "int64"),
        ("x", "float64"),
        ("b", "bool"),
        ("s", "string"),
        ("t", "datetime[UTC]"),
        ("c", "category"),
    ]


def test_changes_of_a_schema_are_sentences():
    old = (Column(name="a", dtype="int64"), Column(name="b", dtype="string"))
    new = (Column(name="c", dtype="bool"), Column(name="a", dtype="float64"))
    assert schema_changes(old, new) == (
        "The column 'b' (string) is gone.",
        "The column 'c' (bool) is new.",
        "The column 'a' changed its type from int64 to float64.",
    )


def test_the_same_schema_has_no_changes_and_another_order_is_one():
    schema = (Column(name="a", dtype="int64"), Column(name="b", dtype="string"))
    assert schema_changes(schema, schema) == ()
    assert schema_changes(schema, schema[::-1]) == ("The order of the columns changed to b, a.",)


def test_statistics_of_numbers_leave_out_what_is_missing_or_infinite():
    (found,) = statistics_of(pd.DataFrame({"x": [1.0, 3.0, np.nan, np.inf]}))
    assert (found.rows, found.missing, found.infinite, found.distinct) == (4, 1, 1, 3)
    assert (found.mean, found.minimum, found.maximum) == (2.0, 1.0, 3.0)
    assert found.standard_deviation == np.sqrt(2)
    assert {quantile.share: quantile.value for quantile in found.quantiles}[0.5] == 2.0


def test_statistics_of_categories_count_the_values_that_occur():
    values = pd.Categorical(["b", "a", "b", None], categories=["z", "a", "b"])
    (found,) = statistics_of(pd.DataFrame({"c": values}))
    assert found.distinct == 2
    assert found.top == (TopValue(value="b", count=2), TopValue(value="a", count=1))
    assert found.mean is None


def test_statistics_of_any_column_are_json():
    frame = pd.DataFrame(
        {
            "x": [np.nan, np.inf],
            "n": [1, 2],
            "b": [True, False],
            "s": [None, "a"],
            "t": pd.to_datetime(["2026-01-01", None], utc=True),
        }
    )
    for table in (frame, frame[:0]):
        json.dumps([asdict(column) for column in statistics_of(table)], allow_nan=False)
