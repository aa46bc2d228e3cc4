"""Days on which clocks are changed, and clocks that are wrong: an event counts by its instant."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from driftline import Daily, Hourly, Newest, Window, measure_window
from driftline.evaluations import evaluate
from driftline.predictions import predict
from driftline.retraining import adjudicate, read_dataset, train
from tests.streams import Forest, day, fires

BERLIN = ZoneInfo("Europe/Berlin")
SPRING = ("2025-03-30", 23)
AUTUMN = ("2025-10-26", 25)


def in_berlin(frame):
    return frame.assign(time=frame["time"].dt.tz_convert(BERLIN))


def hourly(first: datetime, always=in_berlin):
    """About ten rows an hour with local times; hours from `first` on, for two days."""
    hours = Hourly(first.isoformat(), end=(first + timedelta(days=2)).isoformat())
    forest = Forest(rows_per_day=240, always=always)
    return fires(forest, partitions=hours, training_window="7d", holdout=Newest(duration="2d"))


def serve(workspace, pipeline):
    read_dataset(workspace, pipeline)
    train(workspace, pipeline)
    adjudicate(workspace, pipeline)


@pytest.mark.parametrize(("text", "hours"), [SPRING, AUTUMN])
def test_a_local_day_is_measured_with_all_its_hours(workspace, text, hours):
    start = datetime.fromisoformat(text).replace(tzinfo=BERLIN)
    end = (start + timedelta(days=1)).astimezone(ZoneInfo("UTC"))
    pipeline = hourly(start.astimezone(ZoneInfo("UTC")))
    serve(workspace, pipeline)
    keys = pipeline.partitions.keys(Window(start, end))
    row_count = len(Forest(rows_per_day=240)(Window(start, end)))
    assert len(keys) == hours
    predicted = predict(workspace, pipeline, keys)
    assert (predicted.failed, sum(done.row_count for done in predicted.done.values())) == ({}, row_count)
    evaluated = evaluate(workspace, pipeline, keys)
    assert sum(done.label_count for done in evaluated.done.values()) == row_count
    found = measure_window(workspace, pipeline, f"{hours}h", until=end)
    assert (found.label_count, found.window) == (row_count, Window(start, end))


def test_the_hour_that_comes_twice_is_two_hours(workspace):
    pipeline = hourly(day("2025-10-26"))
    serve(workspace, pipeline)
    twice = ["2025-10-26-00:00", "2025-10-26-01:00"]
    local = pipeline.dataset(Window(day("2025-10-26"), day("2025-10-27")))["time"]
    counts = [done.row_count for done in predict(workspace, pipeline, twice).done.values()]
    assert min(counts) > 0
    assert sum(counts) == (local.dt.hour == 2).sum()


def test_local_times_say_what_the_same_instants_say_in_utc(served):
    keys = ["2025-03-01", "2025-03-02"]
    predict(served, fires(), keys)
    expected = evaluate(served, fires(), keys).done
    local = fires(Forest(always=in_berlin))
    predict(served, local, keys)
    assert evaluate(served, local, keys).done == expected


def test_one_row_has_an_accuracy_and_a_log_loss_but_no_area(served):
    pipeline = fires(
        Forest(faults={"2025-03-01": lambda frame: frame.head(1)}), metrics=("auroc", "accuracy", "log_loss")
    )
    predict(served, pipeline, ["2025-03-01"])
    auroc, accuracy, log_loss = evaluate(served, pipeline, ["2025-03-01"]).done["2025-03-01"].measurements
    assert (auroc.value, auroc.note[-4:]) == (None, "of 1")
    assert accuracy.value in {0.0, 1.0}
    assert log_loss.value > 0


AHEAD = ["2025-03-01", "2025-03-02"]
NOON = datetime.fromisoformat("2025-03-02T12:00:00Z")


def test_rows_ahead_of_now_fail_their_partition_by_count_and_lose_no_other(served):
    noon = replace(served, clock=lambda: NOON)
    found = predict(noon, fires(), AHEAD)
    assert list(found.done) == ["2025-03-01"]
    assert (
        "32 of 60 rows of 'fires' lie more than 5 minutes ahead of now, the last at 2025-03-02T23"
        in found.failed[AHEAD[1]]
    )


@pytest.mark.parametrize(("minutes", "failed"), [(4, []), (7, ["2025-03-01"])])
def test_clocks_may_differ_by_five_minutes(served, minutes, failed):
    last = Forest()(Window(day("2025-03-01"), day("2025-03-02")))["time"].max()
    near = replace(served, clock=lambda: last - timedelta(minutes=minutes))
    assert list(predict(near, fires(), ["2025-03-01"]).failed) == failed


def test_rows_ahead_of_now_refuse_a_training(workspace):
    later = pd.DataFrame({"time": [pd.Timestamp("2199-01-01", tz="UTC")] * 3})
    forest = Forest(always=lambda frame: pd.concat([frame, later], ignore_index=True))
    [problem] = read_dataset(workspace, fires(forest)).problems
    assert problem.startswith("3 of ")
    assert "rows of 'fires' lie more than 5 minutes ahead of now, the last at 2199-01-01T00:00:00Z" in problem


def test_rows_after_the_window_that_are_not_ahead_of_now_are_left_out_as_ever(workspace):
    read = read_dataset(workspace, fires(partitions=Daily("2025-02-10", end="2025-03-24")))
    assert read.problems == ()
