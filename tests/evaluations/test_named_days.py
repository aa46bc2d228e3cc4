"""A day, a month or a time that a person names means all partitions that it reaches into, in their time zone."""

import pytest

from driftline import Daily, Hourly, Weekly, Window, measure_window
from driftline.clock import InvalidTimeError, parse_time
from driftline.datasets.errors import EmptyWindowError
from driftline.declaration import Monthly
from driftline.predictions import predict
from driftline.rows import past_partitions
from tests.streams import Forest, day, fires

HOURS = Hourly("2025-02-10", end="2025-04-07")
LOCAL_HOURS = Hourly("2025-02-10", end="2025-04-07", timezone="Europe/Zurich")
LOCAL_DAYS = Daily("2025-02-10", end="2025-04-07", timezone="Europe/Zurich")
WEEKS = Weekly("2025-02-10", end="2025-04-07")


@pytest.mark.parametrize(
    ("partitions", "texts", "count", "first"),
    [
        (HOURS, ("2025-03-30", "2025-03-30"), 24, "2025-03-30-00:00"),
        (HOURS, ("2025-03-30T22:00:00Z", "2025-03-30"), 2, "2025-03-30-22:00"),
        (HOURS, ("2025-03-30-22:00", "2025-03-30-22:00"), 1, "2025-03-30-22:00"),
        (LOCAL_HOURS, ("2025-03-30", "2025-03-30"), 23, "2025-03-30-00:00"),
        (LOCAL_HOURS, ("2025-03", "2025-03"), 31 * 24 - 1, "2025-03-01-00:00"),
        (LOCAL_DAYS, ("2025-03-30", "2025-03-31"), 2, "2025-03-30"),
        (WEEKS, ("2025-03-05", "2025-03-05"), 1, "2025-03-03"),
        (WEEKS, ("2025-03-05", "2025-03-12"), 2, "2025-03-03"),
        (Monthly("2025-02-01", end="2025-05-01"), ("2025-03-05", "2025-03-06"), 1, "2025-03-01"),
    ],
)
def test_a_day_is_all_of_the_partitions_that_it_reaches_into(workspace, partitions, texts, count, first):
    keys = past_partitions(workspace, fires(partitions=partitions), *texts)
    assert (len(keys), keys[0]) == (count, first)


def test_a_window_until_a_day_holds_all_hours_of_that_day(served):
    pipeline = fires(Forest(rows_per_day=240), partitions=LOCAL_HOURS)
    keys = past_partitions(served, pipeline, "2025-03-30", "2025-03-30")
    predict(served, pipeline, keys)
    found = measure_window(served, pipeline, "23h", until="2025-03-30")
    assert found.window == Window(parse_time("2025-03-29T23:00:00Z"), parse_time("2025-03-30T22:00:00Z"))
    assert (found.left_out, found.label_count) == ({}, found.row_count)


def test_a_window_until_a_day_holds_the_week_of_that_day(served):
    pipeline = fires(partitions=WEEKS)
    predict(served, pipeline, ["2025-03-03"])
    assert measure_window(served, pipeline, "7d", until="2025-03-05").window == Window(
        day("2025-03-03"), day("2025-03-10")
    )


def test_a_refusal_shows_days_of_the_time_zone(workspace):
    with pytest.raises(EmptyWindowError, match=r"between 2026-01-01 and 2026-01-02.* to 2025-04-07 \(exclusive\)"):
        past_partitions(workspace, fires(partitions=LOCAL_HOURS), "2026-01-01", "2026-01-02")
    with pytest.raises(EmptyWindowError, match=r"to 2025-04-07 \(exclusive\)"):
        measure_window(workspace, fires(partitions=LOCAL_DAYS), until="2024-01-01")


def test_what_is_not_a_time_is_refused(workspace):
    with pytest.raises(InvalidTimeError, match="'soon'"):
        measure_window(workspace, fires(partitions=WEEKS), until="soon")


def test_windows_and_missing_rows_are_named_in_the_time_zone(served):
    empty = Forest(always=lambda frame: frame.iloc[:0])
    failed = predict(served, fires(empty, partitions=LOCAL_DAYS), ["2025-03-30"]).failed
    assert "no rows in [2025-03-30, 2025-03-31)" in failed["2025-03-30"]
    failed = predict(served, fires(empty, partitions=LOCAL_HOURS), ["2025-03-30-04:00"]).failed
    assert "[2025-03-30T04:00:00+02:00, 2025-03-30T05:00:00+02:00)" in failed["2025-03-30-04:00"]
