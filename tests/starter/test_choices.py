"""What a first declaration chooses: the task, the columns to leave out, the key, the partitions."""

from dataclasses import replace
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
        ([0.0, 1.0, np.nan] * 20, "binary", 1),
        (pd.Categorical(["no", "yes"] * 20, categories=["maybe", "no", "yes"]), "binary", "yes"),
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
        (["no"] * 60 + ["yes"], "has 1 row of 'yes'"),
        ([*map(str, range(60)), "n/a?"], "'n/a[?]' cannot be read as a number"),
        ([f"${place},000.50" for place in range(30)] * 2, "'[$]0,000.50' cannot be read as a number"),
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
            "rare": [2.0] + [np.nan] * (rows - 1),
            "order_id": [*RNG.permutation(rows - 1) + 1e5, np.nan],
            "list": [[1]] * rows,
            "age": RNG.integers(18, 90, rows),
            "price": RNG.normal(size=rows),
            "city": RNG.choice(["Bern", "Chur"], rows),
        }
    )
    reasons = useless_columns(table)
    assert list(reasons) == ["customer_id", "Unnamed: 0", "comment", "currency", "nothing", "rare", "order_id", "list"]
    assert (reasons["currency"], reasons["rare"]) == ("always holds 'CHF'", "holds only 2.0")
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
    assert entity_of(frame[["time"]].assign(list=[[1]] * 4), "time") is None


def test_a_column_that_tells_two_rows_apart_by_accident_is_no_key():
    frame = pd.DataFrame({"time": [*range(9), 8], "colour": ["r", "b"] * 5, "shop_id": range(10)})
    assert entity_of(frame[["time", "colour"]], "time") is None
    assert entity_of(frame, "time") == "shop_id"


def cut(moments, now=NOW, labels=None):
    labels = pd.Series(["no", "yes"] * len(moments))[: len(moments)] if labels is None else labels
    return cut_stream("time", moments, labels, now)


def times(start: str, days: float, rows: int) -> pd.Series:
    moments = pd.Timestamp(start, tz="UTC") + pd.to_timedelta(np.linspace(0, days, rows), unit="D")
    return pd.Series(moments.as_unit("us"))


@pytest.mark.parametrize(
    ("days", "rows", "expected"),
    [
        (10, 8_000, ("Hourly", "2026-01-04T00:00:00Z", "3d", "14h")),
        (10, 400, ("Daily", "2026-01-04", "3d", "1d")),
        (100, 9_000, ("Daily", "2026-01-31", "30d", "6d")),
        (1_000, 90_000, ("Daily", "2026-04-01", "90d", "18d")),
        (365, 3_650, ("Weekly", "2026-04-20", "112d", "21d")),
        (700, 1_500, ("Monthly", "2026-08-01", "212d", "31d")),
        (60, 100, ("Weekly", "2026-02-09", "42d", "7d")),
    ],
)
def test_partitions_have_enough_rows_and_lengths_that_go_with_them(days, rows, expected):
    found = cut(times("2026-01-01", days, rows), datetime(2030, 1, 1, tzinfo=UTC))
    assert (found.calendar.name, found.start, found.training_window, found.holdout) == expected
    assert found.end is not None


def test_a_stream_whose_rows_are_new_goes_on():
    assert cut(times("2026-03-01", 91, 9_000)).end is None
    assert cut(times("2026-03-01", 89, 9_000)).end == "2026-05-30"


def test_an_hour_of_rows_is_no_stream():
    with pytest.raises(SourceTableError, match="span 0 days 01:12:00"):
        cut(times("2026-01-01", 0.05, 100))
    with pytest.raises(SourceTableError, match="All times of the column 'time' lie ahead of now, the first at 2040-01"):
        cut(times("2040-01-01", 60, 1_000))


@pytest.mark.parametrize(
    ("slip", "note"),
    [
        ("0001-01-01", "1 row lies long before all others, the first at 0001-01-01 00:00."),
        ("1970-01-01", "1 row lies long before all others, the first at 1970-01-01 00:00."),
        ("9999-12-31", "1 row lies ahead of now, the last at 9999-12-31 00:00."),
    ],
)
def test_a_slip_of_a_clock_does_not_cut_the_stream(slip, note):
    moments = times("2026-01-01", 60, 3_000)
    sound = cut(moments)
    found = cut(moments.where(moments.index != 900, pd.Timestamp(slip, tz="UTC")))
    assert found.notes == (note,)
    assert (found.calendar, found.start, found.end) == (sound.calendar, sound.start, sound.end)


def test_the_first_model_waits_for_labels_of_two_kinds():
    moments = times("2026-01-01", 60, 3_000)
    seen = pd.Series(["no", "yes"] * 1_500)
    assert cut(moments, labels=seen).start == "2026-01-19"
    assert cut(moments, labels=seen.where(seen.index > 2_000)).start == "2026-02-16"
    assert cut(moments, labels=seen.where(seen.index > 1_500, "no")).start == "2026-02-09"
    with pytest.raises(SourceTableError, match="No beginning of the stream"):
        cut(moments, labels=seen.where(seen.index > 2_990, "no"))


def test_partitions_follow_each_other():
    weekdays = times("2026-01-01", 60, 6_000)
    assert cut(weekdays[weekdays.dt.day_of_week < 5]).calendar.name == "Daily"
    months = (
        times("2020-01-01", 1_800, 3_000).dt.tz_localize(None).dt.to_period("M").dt.start_time.dt.tz_localize("UTC")
    )
    assert cut(months).calendar.name == "Monthly"
    with pytest.raises(SourceTableError, match="'time' there are rows once in 12 months"):
        cut(months[months.dt.month == 1])


def table_of(**columns) -> SourceTable:
    frame = pd.DataFrame({"x": RNG.normal(size=200), "label": ["a", "b"] * 100} | columns)
    return SourceTable(path=Path("rows.csv"), options={}, frame=frame)


def test_names_that_cannot_be_are_refused():
    with pytest.raises(SourceTableError, match="'driftline_x'; names that begin with 'driftline_'"):
        choose(table_of(driftline_x=1), target="label", time=None, now=NOW)
    with pytest.raises(SourceTableError, match=r"rows\.csv has several columns named 'label'"):
        choose(replace(table_of(), doubled=frozenset({"label"})), target="label", time=None, now=NOW)
    with pytest.raises(SourceTableError, match="named as --target and as --time"):
        choose(table_of(), target="label", time="label", now=NOW)
    with pytest.raises(SourceTableError, match=r"'y' is not in rows\.csv, whose first line holds 'x', 'label', '39'"):
        choose(table_of(**{"39": 1}), target="y", time=None, now=NOW)


def test_both_parts_of_a_table_have_both_classes():
    labels = np.where(np.arange(200) % 20, "no", "yes")
    seeds = {
        choose(table_of(x=RNG.normal(size=200), label=labels), target="label", time=None, now=NOW).seed
        for _ in range(40)
    }
    assert len(seeds) > 1


def test_the_numbers_of_rows_take_the_name_of_no_column():
    moments = pd.date_range("2026-01-01", periods=50).repeat(4)
    chosen = choose(table_of(when=moments, row=RNG.integers(0, 2, 200)), target="label", time="when", now=NOW)
    assert chosen.stream.number == "row_2"


def test_a_table_needs_its_columns_and_rows():
    table = SourceTable(path=Path("few.csv"), options={}, frame=pd.DataFrame({"x": range(12), "label": ["a", "b"] * 6}))
    with pytest.raises(MissingColumnError, match="Did you mean 'label'"):
        choose(table, target="labels", time=None, now=NOW)
    with pytest.raises(MissingColumnError, match="'when' is not in the table"):
        choose(table, target="label", time="when", now=NOW)
    with pytest.raises(SourceTableError, match=r"few\.csv has 12 rows"):
        choose(table, target="label", time=None, now=NOW)
