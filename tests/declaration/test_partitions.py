"""Hours, days, weeks and months of a time zone: their borders, their keys, and what a person means by a text."""

from datetime import UTC, datetime, timedelta
from functools import cache
from time import perf_counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from driftline import Daily, Hourly, Monthly, Weekly, Window
from driftline.clock import InvalidTimeError
from driftline.declaration import FORMAT, describe, read_declaration
from driftline.declaration.errors import PartitionsError, UnknownPartitionError
from tests.streams import fires

ZURICH = "Europe/Zurich"
ALL = [
    Hourly("2025-01-01", timezone=ZURICH),
    Daily("2025-01-01", timezone="America/New_York"),
    Weekly("2025-01-06", end="2026-01-05", timezone="Australia/Lord_Howe"),
    Monthly("2025-01-01", timezone="Asia/Kolkata"),
    Daily("2025-01-01"),
]
moments = st.datetimes(datetime(2024, 11, 1), datetime(2026, 3, 1), timezones=st.just(UTC))  # noqa: DTZ001


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(("day", "hours"), [("2025-03-30", 23), ("2025-06-01", 24), ("2025-10-26", 25)])
def test_a_day_has_the_hours_that_its_time_zone_gives_it(day, hours):
    assert Daily("2025-01-01", timezone=ZURICH).window(day).days * 24 == hours


def test_the_hour_that_comes_twice_has_its_offset_in_the_second_key():
    hours = Hourly("2025-01-01", timezone=ZURICH)
    keys = hours.keys(Window(utc("2025-10-25T23:00"), utc("2025-10-26T03:00")))
    assert keys == ["2025-10-26-01:00", "2025-10-26-02:00", "2025-10-26-02:00+0100", "2025-10-26-03:00"]
    assert [hours.window(key).start.hour for key in keys] == [23, 0, 1, 2]


@pytest.mark.parametrize("key", ["2025-03-30-02:00", "2025-10-26-02:00+0200", "2025-06-01-02:30", "2025-06-01"])
def test_an_hour_that_does_not_exist_or_is_written_otherwise_is_unknown(key):
    with pytest.raises(UnknownPartitionError, match="Write a key as 2025-01-01-00:00"):
        Hourly("2025-01-01", timezone=ZURICH).window(key)


def test_keys_in_utc_are_written_as_ever():
    assert Daily("2026-05-03").key(utc("2026-05-03T07:30")) == "2026-05-03"
    assert Hourly("2026-05-03").key(utc("2026-05-03T07:30")) == "2026-05-03-07:00"


def test_weeks_start_on_the_weekday_of_the_first_one():
    weeks = Weekly("2026-05-04")
    assert weeks.keys(Window(utc("2026-05-01"), utc("2026-05-19"))) == ["2026-05-04", "2026-05-11"]
    assert weeks.key(utc("2026-05-10T23:59")) == "2026-05-04"
    assert weeks.key(utc("2026-05-03")) == "2026-04-27"


def test_months_are_as_long_as_they_are():
    months = Monthly("2024-01-01", end="2025-01-01", timezone=ZURICH)
    keys = months.over_by(utc("2026-01-01"))
    assert (len(keys), keys[1], months.window(keys[1]).days) == (12, "2024-02-01", 29)
    assert months.window("2024-12-01").end == utc("2024-12-31T23:00")


def test_a_day_that_a_zone_skipped_is_no_partition():
    days = Daily("2011-12-28", timezone="Pacific/Apia")
    assert days.over_by(utc("2012-01-01T10:00")) == ["2011-12-28", "2011-12-29", "2011-12-31", "2012-01-01"]
    with pytest.raises(UnknownPartitionError):
        days.window("2011-12-30")


def test_the_minute_before_midnight_that_comes_again_belongs_to_the_new_day():
    days = Daily("2010-11-01", timezone="America/St_Johns")  # at 00:01 of 7 November it was 23:01 again
    again = utc("2010-11-07T03:00")
    assert again.astimezone(days.zone).day == 6
    assert days.key(again) == "2010-11-07"


@pytest.mark.parametrize(
    ("name", "meant"), [("Zurich", "Europe/Zurich"), ("utc", "UTC"), ("new york", "America/New_York")]
)
def test_a_wrong_time_zone_is_refused_with_the_one_that_may_be_meant(name, meant):
    with pytest.raises(PartitionsError, match=f"There is no time zone '{name}'. Did you mean '{meant}'?"):
        Daily("2026-01-01", timezone=name)


def test_hours_of_a_zone_whose_clocks_change_by_half_an_hour_are_refused():
    with pytest.raises(PartitionsError, match="Lord_Howe"):
        Hourly("2026-01-01", timezone="Australia/Lord_Howe")


@pytest.mark.parametrize(
    "make",
    [
        lambda: Daily("2026-01-01T00:00:00Z", timezone=ZURICH),
        lambda: Hourly("2026-01-01T00:00:00Z", timezone="Asia/Kolkata"),
        lambda: Weekly("2026-05-04", end="2026-05-12"),
        lambda: Weekly("2026-05-04T01:00:00Z"),
        lambda: Monthly("2026-05-04"),
        lambda: Monthly("2026-05-01", end="2026-06-02"),
    ],
)
def test_a_start_or_end_amid_a_partition_is_refused(make):
    with pytest.raises(PartitionsError, match="is not the start of a whole"):
        make()


def test_the_end_lies_after_the_start():
    with pytest.raises(PartitionsError):
        Monthly("2026-05-01", end="2026-05-01")


@cache
def windows_of(partitions):
    return {key: partitions.window(key) for key in partitions.over_by(utc("2026-06-01"))}


@settings(deadline=None)
@given(st.sampled_from(ALL), moments, moments)
def test_keys_and_ending_are_what_their_windows_say(partitions, one, other):
    if one == other:
        return
    asked = Window(*sorted([one, other]))
    windows = windows_of(partitions)
    inside = [key for key, own in windows.items() if asked.start <= own.start and own.end <= asked.end]
    ending = [key for key, own in windows.items() if asked.start < own.end <= asked.end]
    assert list(partitions.keys(asked)) == inside
    assert list(partitions.ending_in(asked)) == ending


@given(st.sampled_from(ALL), moments)
def test_a_time_lies_in_the_partition_of_its_key(partitions, time):
    key, end = partitions.key(time), partitions.after(time)
    assert time < end
    assert partitions.key(end - timedelta.resolution) == key
    assert partitions.key(end) > key
    if partitions.first <= time < partitions.clip(utc("2026-06-01")):
        assert partitions.window(key).start <= time
        assert partitions.window(key).end == end


@pytest.mark.parametrize("unit", ["ns", "us"])
@pytest.mark.parametrize("partitions", ALL)
def test_rows_get_the_key_of_their_time_also_before_the_first_partition(partitions, unit):
    times = pd.date_range("2024-10-01", "2025-12-01", freq="7919s", tz="Asia/Tokyo").as_unit(unit)
    shuffled = pd.Series(times).sample(300, random_state=1)
    expected = [partitions.key(time.to_pydatetime()) for time in shuffled]
    assert fires(partitions=partitions).partition_keys(shuffled).tolist() == expected


def test_no_rows_have_no_keys_and_a_nanosecond_before_a_border_is_before_it():
    labels = fires(partitions=Daily("2025-01-01"))
    assert labels.partition_keys(pd.Series([], dtype="datetime64[ns, UTC]")).tolist() == []
    last = pd.Series([pd.Timestamp("1965-05-03", tz="UTC") - pd.Timedelta(1, "ns")])
    assert labels.partition_keys(last).tolist() == ["1965-05-02"]


@pytest.mark.parametrize(
    ("partitions", "text", "count"),
    [
        (Hourly("2025-01-01"), "2025-03-30", 24),
        (Hourly("2025-01-01", timezone=ZURICH), "2025-03-30", 23),
        (Hourly("2025-01-01", timezone=ZURICH), "2025-10-26", 25),
        (Hourly("2025-01-01"), "2025-03-01T07:00Z", 1),
        (Hourly("2025-01-01"), "2025-03-01T07:59:59Z", 1),
        (Hourly("2025-01-01", timezone=ZURICH), "2025-10-26-02:00+0100", 1),
        (Hourly("2025-01-01"), "2025-02", 28 * 24),
        (Daily("2025-01-01", timezone=ZURICH), "2025-03-30", 1),
        (Daily("2025-01-01", timezone=ZURICH), "2025-12", 31),
        (Daily("2025-01-01", timezone=ZURICH), "2025-03-01T07:00:00+01:00", 1),
        (Weekly("2025-01-06"), "2025-03-01", 1),
        (Weekly("2025-01-06"), "2025-03", 6),  # from Monday, 24 February to Sunday, 6 April
        (Monthly("2025-01-01"), "2025-03-17", 1),
        (Monthly("2025-01-01"), "2025-03", 1),
        (Daily("2025-01-01"), "2024-12-31", 0),
    ],
)
def test_a_text_spans_the_whole_partitions_that_it_reaches_into(partitions, text, count):
    assert len(partitions.keys(partitions.span(text))) == count


def test_a_day_is_that_of_the_time_zone_and_a_week_is_the_one_it_lies_in():
    assert Hourly("2025-01-01", timezone=ZURICH).span("2025-07-01") == Window(
        utc("2025-06-30T22:00"), utc("2025-07-01T22:00")
    )
    assert Weekly("2025-01-06").span("2025-07-03") == Window(utc("2025-06-30"), utc("2025-07-07"))


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2025-13", "2025-02-30", "2025-03-01T07:00", "9999-12", "9999-12-31"]
)
def test_a_text_that_is_no_time_spans_nothing(text):
    with pytest.raises(InvalidTimeError):
        Hourly("2025-01-01").span(text)


@pytest.mark.parametrize("partitions", ALL)
def test_a_declaration_says_its_partitions_so_that_they_can_be_read_back(partitions):
    assert read_declaration(describe(fires(partitions=partitions)), FORMAT).partitions == partitions


def test_ten_thousand_partitions_are_named_at_once():
    hours = Hourly("2024-01-01", timezone=ZURICH)
    times = pd.Series(pd.date_range("2024-01-01", periods=200_000, freq="3min", tz="UTC"))
    began = perf_counter()
    keys = hours.over_by(hours.first + timedelta(hours=10_000))
    of_rows = fires(partitions=hours).partition_keys(times)
    assert perf_counter() - began < 2
    assert (len(keys), len(np.unique(of_rows))) == (10_000, 10_000)
