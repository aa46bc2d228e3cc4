"""What a first declaration chooses: the task, the columns to leave out, the key, the partitions."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from driftline.datasets.errors import MissingColumnError
from driftline.starter.choices import choose
from driftline.starter.columns import entity_of, useless_columns
from driftline.starter.errors import SourceTableError
from driftline.starter.stream import cut_stream
from driftline.starter.table import SourceTable
from driftline.starter.target import choose_target

NOW = datetime(2026, 6, 1, tzinfo=UTC)
RNG = np.random.default_rng(7)


def target(values) -> tuple[str, object]:
    chosen = choose_target(pd.Series(values, name="y"))
    return str(chosen.task), chosen.positive_class


@pytest.mark.parametrize(
    ("values", "task", "positive_class"),
    [
        (["no"] * 30 + ["yes"] * 70, "binary", "yes"),
        (["sound"] * 70 + ["broken"] * 30, "binary", "broken"),
        ([0, 1, 1] * 20, "binary", 1),
        ([True, False, False] * 20, "binary", True),
        ([1, 2, 2] * 20, "binary", 1),
        (["a", "b", "c"] * 20, "multiclass", None),
        ([1, 2, 3, None] * 20, "multiclass", None),
        (range(100), "regression", None),
        ([0.5, 1.5] * 20, "regression", None),
        ([1, 2, 3, 4, 5], "regression", None),
    ],
)
def test_the_values_of_the_target_decide_on_the_task(values, task, positive_class):
    assert target(values) == (task, positive_class)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (["a"] * 60, "holds only 'a'"),
        ([None] * 60, "holds no value"),
        ([f"word {place}" for place in range(60)], "60 different texts in 60 rows"),
        (pd.date_range("2026-01-01", periods=60), "holds times"),
    ],
)
def test_what_cannot_be_predicted_is_refused(values, said):
    with pytest.raises(SourceTableError, match=said):
        target(values)


def test_columns_that_nothing_can_be_learnt_from_are_left_out_with_the_reason():
    rows = 60
    table = pd.DataFrame(
        {
            "customer_id": RNG.permutation(rows),
            "Unnamed: 0": range(rows),
            "comment": [f"word {place}" for place in range(rows)],
            "currency": "CHF",
            "nothing": np.nan,
            "list": [[1]] * rows,
            "age": RNG.integers(18, 90, rows),
            "price": RNG.normal(size=rows),
            "city": RNG.choice(["Bern", "Chur"], rows),
        }
    )
    reasons = useless_columns(table)
    assert list(reasons) == ["customer_id", "Unnamed: 0", "comment", "currency", "nothing", "list"]
    assert reasons["currency"] == "always holds 'CHF'"
    assert reasons["comment"] == "has 60 different texts in 60 rows"


def test_a_column_that_tells_the_label_by_itself_is_named():
    labels = RNG.choice(["no", "yes"], 200)
    frame = pd.DataFrame({"refund": np.where(labels == "yes", "paid", "none"), "x": RNG.normal(size=200), "y": labels})
    table = SourceTable(path=Path("orders.csv"), options={}, frame=frame)
    assert choose(table, target="y", time=None, now=NOW).telling == ("refund",)


def test_the_column_that_tells_rows_of_one_time_apart_is_found():
    frame = pd.DataFrame(
        {"time": [1, 1, 2, 2], "colour": ["r", "r", "b", "b"], "line": [1, 2, 3, 4], "shop_id": [1, 2, 1, 2]}
    )
    assert entity_of(frame, "time") == "shop_id"
    assert entity_of(frame[["time", "colour", "line"]], "time") == "line"
    assert entity_of(frame[["time", "colour"]], "time") is None


def times(start: str, days: float, rows: int) -> pd.Series:
    return pd.Series(pd.Timestamp(start, tz="UTC") + pd.to_timedelta(np.linspace(0, days, rows), unit="D"))


@pytest.mark.parametrize(
    ("days", "rows", "expected"),
    [
        (10, 8_000, ("Hourly", "2026-01-04T00:00:00Z", "3d", "14h")),
        (10, 400, ("Daily", "2026-01-04", "3d", "1d")),
        (100, 9_000, ("Daily", "2026-01-31", "30d", "6d")),
        (1_000, 90_000, ("Daily", "2026-04-01", "90d", "18d")),
        (365, 3_650, ("Weekly", "2026-04-20", "112d", "21d")),
        (700, 1_500, ("Monthly", "2026-08-01", "212d", "31d")),
        (60, 100, ("Weekly", "2026-01-19", "21d", "7d")),
    ],
)
def test_partitions_have_enough_rows_and_lengths_that_go_with_them(days, rows, expected):
    cut = cut_stream("time", times("2026-01-01", days, rows), datetime(2030, 1, 1, tzinfo=UTC))
    assert (cut.calendar.name, cut.start, cut.training_window, cut.holdout) == expected
    assert cut.end is not None


def test_a_stream_whose_rows_are_new_goes_on():
    assert cut_stream("time", times("2026-03-01", 91, 9_000), NOW).end is None
    assert cut_stream("time", times("2026-03-01", 89, 9_000), NOW).end == "2026-05-30"


def test_an_hour_of_rows_is_no_stream():
    with pytest.raises(SourceTableError, match="span 0 days 01:12:00"):
        cut_stream("time", times("2026-01-01", 0.05, 100), NOW)


def test_a_table_needs_its_columns_and_rows():
    table = SourceTable(path=Path("few.csv"), options={}, frame=pd.DataFrame({"x": range(12), "label": ["a", "b"] * 6}))
    with pytest.raises(MissingColumnError, match="Did you mean 'label'"):
        choose(table, target="labels", time=None, now=NOW)
    with pytest.raises(MissingColumnError, match="'when' is not in the table"):
        choose(table, target="label", time="when", now=NOW)
    with pytest.raises(SourceTableError, match=r"few\.csv has 12 rows"):
        choose(table, target="label", time=None, now=NOW)
