from datetime import UTC, datetime, timedelta, timezone

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from driftline.clock import InvalidTimeError, parse_duration
from driftline.datasets import Newest, RandomShare, SplitColumn, Window
from driftline.datasets.errors import EmptyWindowError, HoldoutError, InvalidColumnError, MissingColumnError

MAY = Window(datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC))
DAYS = pd.DataFrame({"time": pd.date_range("2026-05-01", periods=10, tz="UTC"), "x": range(10)})


def test_a_window_holds_its_start_and_not_its_end():
    times = pd.Series(pd.to_datetime(["2026-04-30", "2026-05-01", "2026-05-31", "2026-06-01", None], utc=True))
    assert MAY.contains(times).tolist() == [False, True, True, False, False]


def test_a_window_is_kept_in_utc_and_reads_as_an_interval():
    two_east = timezone(timedelta(hours=2))
    window = Window(datetime(2026, 5, 1, 2, tzinfo=two_east), datetime(2026, 5, 2, 14, tzinfo=two_east))
    assert str(window) == "[2026-05-01, 2026-05-02T12:00:00Z)"
    assert window.days == 1.5
    assert str(MAY) == "[2026-05-01, 2026-06-01)"


def test_naive_empty_and_reversed_windows_are_refused():
    with pytest.raises(InvalidTimeError):
        Window(datetime(2026, 5, 1), MAY.end)  # noqa: DTZ001
    with pytest.raises(EmptyWindowError):
        Window(MAY.start, MAY.start)
    with pytest.raises(EmptyWindowError):
        Window(MAY.end, MAY.start)


def test_naive_times_are_in_no_window():
    with pytest.raises(InvalidColumnError, match="'when' holds datetime64"):
        MAY.contains(pd.Series(pd.to_datetime(["2026-05-01"]), name="when"))


@settings(deadline=None)
@given(st.integers(1, 999), st.sampled_from([("s", 1), ("m", 60), ("h", 3600), ("d", 86400), ("w", 604800)]))
def test_a_duration_is_a_number_and_a_unit(number, unit):
    assert parse_duration(f"{number}{unit[0]}") == timedelta(seconds=number * unit[1])


@pytest.mark.parametrize("text", ["", "7", "d", "0d", "-1d", "1.5d", "7 months", "٣d", "9999999d"])
def test_other_texts_are_no_duration(text):
    with pytest.raises(InvalidTimeError, match="7d"):
        parse_duration(text)


def test_a_split_column_divides_and_goes():
    split = SplitColumn().split(pd.DataFrame({"x": [1, 2, 3], "split": ["train", "test", None]}))
    assert split.train["x"].tolist() == [1, 3]
    assert split.holdout["x"].tolist() == [2]
    assert list(split.train.columns) == ["x"]


def test_a_random_share_is_decided_by_the_rows_and_the_seed():
    rows = pd.DataFrame({"x": range(5000), "kind": pd.Categorical(["a", "b"] * 2500)})
    one, again, other = (RandomShare(share=0.3, seed=seed).split(rows) for seed in (0, 0, 1))
    assert 1400 < len(one.holdout) < 1600  # 1500 and four standard deviations
    assert 400 < len(one.holdout.index.intersection(other.holdout.index)) < 510  # the product of the shares
    assert one.holdout.equals(again.holdout)
    assert pd.concat([one.train, one.holdout]).sort_index().equals(rows)


@pytest.mark.parametrize("seed", range(5))
def test_a_table_that_grows_moves_no_row_into_the_holdout(seed):
    rows = pd.DataFrame({"x": range(500), "kind": ["a", "b"] * 250})
    before, after = (
        RandomShare(seed=seed).split(table) for table in (rows.head(300), rows.sample(frac=1, random_state=1))
    )
    assert set(before.train.index).isdisjoint(after.holdout.index)


@settings(deadline=None)
@given(st.permutations(range(10)), st.integers(1, 9))
def test_every_training_row_is_older_than_the_newest_block(order, days):
    split = Newest(duration=f"{days}d").split(DAYS.iloc[order])
    assert len(split.holdout) == days
    assert split.train["time"].max() < split.holdout["time"].min()


def test_an_empty_side_is_refused():
    with pytest.raises(HoldoutError, match="training side of 10 rows"):
        Newest(duration="5w").split(DAYS)
    with pytest.raises(HoldoutError, match="holdout side"):
        SplitColumn(column="split", holdout="valid").split(DAYS.assign(split="train"))
    with pytest.raises(HoldoutError, match="holdout side"):
        RandomShare(share=1e-9).split(DAYS)


def test_rules_refuse_what_they_cannot_use():
    with pytest.raises(HoldoutError, match=r"1\.5"):
        RandomShare(share=1.5)
    with pytest.raises(InvalidTimeError):
        Newest(duration="soon")
    with pytest.raises(MissingColumnError, match="'split'"):
        SplitColumn().split(DAYS)
    with pytest.raises(InvalidColumnError, match="lacks the time of 1 rows"):
        Newest().split(DAYS.assign(time=DAYS["time"].where(DAYS["x"] > 0)))
    with pytest.raises(InvalidColumnError, match="not times"):
        Newest(time_column="x").split(DAYS)
