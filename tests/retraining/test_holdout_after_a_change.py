"""After a change candidates are judged on the new world alone, and learn from as much of it."""

from datetime import timedelta

import pytest

from driftline.datasets import Window
from driftline.retraining import split_rows
from tests.streams import Forest, day, fires, persons, read_persons


@pytest.fixture(scope="module")
def rows():
    return Forest()(Window(day("2025-02-10"), day("2025-03-10")))


@pytest.mark.parametrize(("changed", "days"), [(None, 7), ("2025-03-09", 1.75), ("2025-03-04", 3), ("2025-02-20", 7)])
def test_the_holdout_is_the_newer_half_of_what_lies_after_the_change(rows, changed, days):
    split = split_rows(fires(), rows, None if changed is None else day(changed))
    assert len(split.train) + len(split.holdout) == len(rows)
    assert split.train["time"].max() <= split.holdout["time"].min()
    length = rows["time"].max() - split.holdout["time"].min()
    assert length == pytest.approx(timedelta(days=days), abs=timedelta(hours=1))


def test_a_holdout_that_is_no_stretch_of_time_stays_as_it_is():
    rows = read_persons()
    assert split_rows(persons(), rows, day("2025-03-04")).holdout.equals(split_rows(persons(), rows, None).holdout)
