"""A stream's partitions are Dagster's own: the same keys of the same times, also where clocks are changed."""

from datetime import UTC, date, datetime, timedelta

import pytest
from dagster._core.definitions.partitions.context import PartitionLoadingContext
from dagster._core.definitions.temporal_context import TemporalContext
from hypothesis import given, settings
from hypothesis import strategies as st

from driftline import Daily, Hourly, Monthly, Weekly, Window
from driftline.declaration.time_zones import midnight
from driftline.pipelines.keys import dagster_partitions
from tests.streams import fires, persons

# Half an hour of difference to UTC, half an hour of change, midnights that do not exist, and some that come twice.
ZONES = ["UTC", "Europe/Zurich", "America/New_York", "Asia/Kolkata", "America/Sao_Paulo", "America/Havana"]
CALENDARS = [Hourly, Daily, Weekly, Monthly]
CHANGES = [
    (zone, calendar, day)
    for zone, days in {
        "UTC": ["2025-03-30"],
        "Europe/Zurich": ["2025-03-30", "2025-10-26"],
        "America/New_York": ["2025-03-09", "2025-11-02"],
        "Asia/Kolkata": ["2025-03-30"],
        "America/Sao_Paulo": ["2018-02-18", "2018-11-04"],
        "America/Havana": ["2025-03-09", "2025-11-02"],
        "America/St_Johns": ["2010-03-14", "2010-11-07"],
        "Australia/Lord_Howe": ["2025-04-06", "2025-10-05"],
    }.items()
    for day in days
    for calendar in CALENDARS
    if (zone, calendar) != ("Australia/Lord_Howe", Hourly)
]


def assert_as_in_dagster(partitions, days):
    own = partitions.keys(Window(partitions.first, partitions.first + timedelta(days=days)))
    definition = dagster_partitions(fires(partitions=partitions))
    theirs = definition.get_partition_keys(current_time=partitions.first + timedelta(days=days))
    assert own == theirs
    for key in own:
        window = definition.time_window_for_partition_key(key)
        assert partitions.window(key) == Window(window.start.astimezone(UTC), window.end.astimezone(UTC))


@pytest.mark.parametrize(("zone", "calendar", "change"), CHANGES)
def test_partitions_over_a_change_of_clocks_are_those_of_dagster(zone, calendar, change):
    start = date.fromisoformat(change) - timedelta(days=2)
    start = start.replace(day=1) if calendar is Monthly else start
    assert_as_in_dagster(calendar(start.isoformat(), timezone=zone), days=100 if calendar is Monthly else 5)


@pytest.mark.parametrize("zone", ["America/Sao_Paulo", "America/Havana"])
@pytest.mark.parametrize("calendar", [Hourly, Daily, Weekly])
def test_partitions_that_start_where_there_is_no_midnight_are_those_of_dagster(zone, calendar):
    day = {"America/Sao_Paulo": "2018-11-04", "America/Havana": "2025-03-09"}[zone]
    assert_as_in_dagster(calendar(day, timezone=zone), days=20)


@settings(max_examples=60, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    calendar=st.sampled_from(CALENDARS),
    day=st.dates(date(2005, 1, 1), date(2030, 1, 1)),
    count=st.integers(1, 12),
)
def test_partitions_from_any_day_on_are_those_of_dagster(zone, calendar, day, count):
    start = day.replace(day=1) if calendar is Monthly else day
    length = {Hourly: 0.25, Daily: 1, Weekly: 7, Monthly: 31}[calendar]
    assert_as_in_dagster(calendar(start.isoformat(), timezone=zone), days=count * length)


@pytest.mark.parametrize("calendar", CALENDARS)
def test_a_stream_that_has_ended_ends_in_dagster_too(calendar):
    partitions = calendar("2023-09-01", end="2023-12-01", timezone="Europe/Zurich")
    definition = dagster_partitions(fires(partitions=partitions))
    keys = partitions.over_by(datetime(2026, 1, 1, tzinfo=UTC))
    assert definition.get_partition_keys() == keys
    context = PartitionLoadingContext(
        temporal_context=TemporalContext(effective_dt=datetime(2026, 1, 1, tzinfo=UTC), last_event_id=None),
        dynamic_partitions_store=None,
    )
    newest = definition.get_paginated_partition_keys(context=context, limit=2, ascending=False)  # what plots ask for
    assert newest.results == keys[:-3:-1]


@pytest.mark.parametrize("calendar", CALENDARS)
def test_a_stream_that_will_end_is_time_until_then(calendar):
    partitions = calendar("2023-09-01", end="2099-05-01", timezone="Europe/Zurich")
    definition = dagster_partitions(fires(partitions=partitions))
    assert definition.end == midnight(date(2099, 5, 1), partitions.zone)


def test_a_table_has_no_partitions_in_dagster():
    assert dagster_partitions(persons()) is None
