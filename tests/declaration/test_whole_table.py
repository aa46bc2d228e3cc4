"""A table answers what a stream's partitions answer."""

from datetime import UTC, datetime, timedelta

import pytest

from driftline import Daily, Window
from driftline.declaration import Partitions
from driftline.declaration.errors import (
    DeclarationError,
    NotAStreamError,
    PartitionsError,
    UnknownPartitionError,
)
from driftline.declaration.whole_table import TABLE_KEY, WholeTable, described_partitions
from tests.streams import persons

NOW = datetime(2025, 3, 4, 5, tzinfo=UTC)
TABLE = WholeTable()
DAYS = Daily("2025-03-01", end="2025-03-10")


def test_a_table_answers_nothing_that_partitions_would_not():
    public = {name for name in dir(WholeTable) if not name.startswith("_")}
    assert public <= set(dir(Partitions))


def test_its_one_partition_is_always_there():
    assert TABLE.over_by(NOW) == [TABLE_KEY] == [""]
    assert TABLE.window(TABLE_KEY) is None
    assert TABLE.contiguous([TABLE_KEY, TABLE_KEY]) == [[TABLE_KEY]]
    assert TABLE.contiguous([]) == []
    assert TABLE.title(TABLE_KEY) == "the table"


def test_the_partitions_of_a_stream_come_as_they_are_over():
    assert DAYS.over_by(DAYS.first - timedelta(days=1)) == []
    assert DAYS.over_by(NOW) == ["2025-03-01", "2025-03-02", "2025-03-03"]
    assert len(DAYS.over_by(NOW + timedelta(days=99))) == 9
    assert DAYS.title("2025-03-01") == "2025-03-01"


def test_another_key_is_unknown_to_a_table():
    with pytest.raises(UnknownPartitionError, match="2025-03-01"):
        TABLE.window("2025-03-01")


def test_keys_of_a_stream_are_cut_where_one_is_missing():
    keys = ["2025-03-05", "2025-03-02", "2025-03-01"]
    assert DAYS.contiguous(keys) == [["2025-03-01", "2025-03-02"], ["2025-03-05"]]


def test_a_table_is_served_by_the_champion_of_now_and_a_day_by_that_of_its_start():
    assert TABLE.champion_time(TABLE_KEY, NOW) == NOW
    assert DAYS.champion_time("2025-03-02", NOW) == datetime(2025, 3, 2, tzinfo=UTC)


def test_a_table_is_read_as_a_whole_and_a_stream_by_its_training_window():
    later = NOW + timedelta(days=99)
    assert (TABLE.training_time(later, first=True), TABLE.clip(later), TABLE.after(later)) == (later, later, later)
    assert TABLE.training_window(NOW, None) is None
    assert (DAYS.training_time(later, first=True), DAYS.training_time(later, first=False)) == (DAYS.first, DAYS.last)
    assert DAYS.training_window(NOW, "2d") == Window(NOW - timedelta(days=2), NOW)


def test_rows_of_a_table_are_joined_by_their_place_and_those_of_a_stream_by_their_time():
    assert TABLE.row_key("time", ()) == ("driftline_row",)
    assert TABLE.time_columns("time") == ()
    assert DAYS.row_key("time", ("station",)) == ("time", "station")
    assert DAYS.time_columns("time") == ("time",)


def test_only_a_stream_is_one():
    assert (TABLE.is_stream, DAYS.is_stream, DAYS.stream("fires")) == (False, True, DAYS)
    with pytest.raises(NotAStreamError, match="'adults'"):
        TABLE.stream("adults")


def test_a_declaration_without_partitions_describes_a_table():
    assert described_partitions(None) == described_partitions({"type": "WholeTable"}) == WholeTable()


def test_a_table_has_no_times_and_nothing_before_it():
    assert TABLE.covering([TABLE_KEY]) is TABLE.trailing_window(TABLE_KEY, timedelta(days=7)) is None
    assert TABLE.trailing_keys(TABLE_KEY, timedelta(days=7)) == [TABLE_KEY]
    assert TABLE.trailing_keys(TABLE_KEY, timedelta(days=7), back=1) == []
    assert not TABLE.is_ongoing


def test_a_window_over_days_ends_with_a_day():
    keys = ["2025-03-03", "2025-03-04"]
    assert DAYS.covering(keys) == Window(DAYS.window(keys[0]).start, DAYS.window(keys[1]).end)
    assert DAYS.trailing_window("2025-03-04", timedelta(days=2)) == DAYS.covering(keys)
    assert DAYS.trailing_keys("2025-03-04", timedelta(days=2)) == keys
    assert DAYS.trailing_keys("2025-03-04", timedelta(days=2), back=1) == ["2025-03-01", "2025-03-02"]
    assert DAYS.over_by(NOW, since=DAYS.window("2025-03-02").start) == ["2025-03-02", "2025-03-03"]
    assert (DAYS.is_ongoing, Daily("2025-03-01").is_ongoing) == (False, True)


def test_a_stream_is_never_read_without_a_length():
    with pytest.raises(PartitionsError, match="training_window='30d'"):
        DAYS.training_window(NOW, None)


def test_no_partitions_at_all_are_refused_by_name():
    with pytest.raises(DeclarationError, match="its partitions are None: write Daily"):
        persons(partitions=None)
    assert persons().partitions == WholeTable()
