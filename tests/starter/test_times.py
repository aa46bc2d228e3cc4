"""Event times are read in the form that all of them have; what could mean two days is refused."""

import pandas as pd
import pytest

from driftline.starter.errors import SourceTableError
from driftline.starter.times import read_times

MOMENTS = pd.Series(pd.to_datetime(["2026-05-03 07:30", "2026-05-31 00:00"], utc=True))
FORMS = {
    "ISO": ["2026-05-03T07:30:00Z", "2026-05-31T00:00:00Z"],
    "an offset": ["2026-05-03 09:30+02:00", "2026-05-31 02:00+02:00"],
    "no zone": ["2026-05-03 07:30", "2026-05-31"],
    "the day first": ["03.05.2026 07:30", "31.05.2026 00:00"],
    "slashes": ["03/05/2026 07:30", "31/05/2026 00:00"],
    "the month first": ["05/03/2026 07:30", "05/31/2026 00:00"],
    "twelve hours": ["05/03/2026 07:30 AM", "05/31/2026 12:00 AM"],
    "a month by name": ["03-May-2026 07:30", "31-May-2026 00:00"],
    "a mail": ["Sun, 03 May 2026 07:30:00 GMT", "Sun, 31 May 2026 00:00:00 GMT"],
    "UTC by name": ["2026-05-03 07:30:00 UTC", "2026-05-31 00:00:00 UTC"],
    "fractions": ["03.05.2026 07:30:00.000", "31.05.2026 00:00:00.000"],
    "a short year": ["03.05.26 07:30", "31.05.26 00:00"],
    "digits to the second": [20260503073000, 20260531000000],
    "digits to the minute": [202605030730, 202605310000],
    "seconds": [1777793400, 1780185600],
    "milliseconds": [1777793400000, 1780185600000],
    "seconds as floats": [1777793400.0, 1780185600.0],
    "a time type": MOMENTS.dt.tz_localize(None),
}


@pytest.mark.parametrize("form", FORMS)
def test_times_are_read_and_the_code_reads_them_alike(form):
    table = pd.DataFrame({"seen": FORMS[form]})
    times = read_times(table["seen"])
    assert list(times.moments) == list(MOMENTS)
    assert list(eval(times.code, {"pd": pd, "table": table})) == list(MOMENTS)  # noqa: S307


def test_days_as_numbers_are_days_also_where_one_is_missing():
    table = pd.DataFrame({"day": [20260503, None, 20260531]})
    times = read_times(table["day"])
    assert list(times.moments.dropna().dt.day) == [3, 31]
    again = eval(times.code, {"pd": pd, "table": table})  # noqa: S307
    pd.testing.assert_series_equal(again, times.moments)


@pytest.mark.parametrize(
    ("form", "is_naive"),
    [
        ("ISO", False),
        ("an offset", False),
        ("no zone", True),
        ("seconds", False),
        ("a mail", False),
        ("UTC by name", False),
        ("digits to the second", True),
    ],
)
def test_times_without_a_zone_are_known_as_such(form, is_naive):
    assert read_times(pd.Series(FORMS[form], name="seen")).is_naive is is_naive


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (["2026-05-03", "soon"], "holds 'soon', which cannot be read as a time"),
        ([0.25, 0.5], "holds 0.25, which cannot be read as a time"),
        ([None, None], "holds None"),
        (["03/05/2026", "04/05/2026"], "'03/05/2026' may begin with the day or with the month"),
        ([True, False], "which cannot be read as a time"),
    ],
)
def test_what_is_no_time_or_two_is_refused(values, said):
    with pytest.raises(SourceTableError, match=said):
        read_times(pd.Series(values, name="seen"))


def test_a_month_that_is_short_and_long_is_one_month():
    assert read_times(pd.Series(["03 May 2026", "05 May 2026"], name="seen")).moments.dt.day.tolist() == [3, 5]


def test_a_zone_that_some_times_lack_is_told():
    assert read_times(pd.Series(["2026-05-03T07:30:00Z", "2026-05-03T07:30:00"], name="seen")).is_naive
    assert not read_times(pd.Series(["2026-05-03 07:30:00+00"], name="seen")).is_naive
