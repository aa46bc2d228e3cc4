"""Any window: its labelled predictions are measured together, by the champion of each time."""

import numpy as np
import pytest

from driftline import Window, measure_window
from driftline.clock import InvalidTimeError
from driftline.datasets.errors import EmptyWindowError
from driftline.declaration import TABLE_KEY
from driftline.declaration.errors import NotAStreamError
from driftline.evaluations.errors import NothingMeasuredError
from driftline.evaluations.labelled import read_labelled
from driftline.metrics import Task, measure
from driftline.metrics.errors import UnknownMetricError
from driftline.predictions import predict
from driftline.retraining import adjudicate, read_dataset, train
from tests.histories import promote_copy
from tests.streams import Forest, day, fires, persons

DAYS = [f"2025-03-{number:02}" for number in range(14, 24)]


@pytest.fixture
def predicted(served):
    """Ten days are predicted, up to the end of the stream."""
    predict(served, fires(), DAYS)
    return served


def test_a_window_is_measured_as_one_and_not_as_the_mean_of_its_days(predicted):
    found = measure_window(predicted, fires(), "7d")
    labelled = read_labelled(predicted, fires(), DAYS[3:]).done.values()
    truth, scores = (np.concatenate([getattr(part, name) for part in labelled]) for name in ("truth", "scores"))
    assert found.measurements[0] == measure("auroc", Task.BINARY, truth, scores)
    assert (found.label_count, found.row_count, found.versions) == (420, 420, (1,))
    assert found.window == Window(day("2025-03-17"), day("2025-03-24"))


@pytest.mark.parametrize(("window", "days"), [("48h", 2), ("36h", 2), ("1d", 1), ("2h", 1), (None, 7)])
def test_the_partitions_that_end_in_a_window_are_in_it(predicted, window, days):
    assert measure_window(predicted, fires(), window).row_count == 60 * days


def test_a_window_may_end_earlier(predicted):
    found = measure_window(predicted, fires(), "2d", until=day("2025-03-18"))
    assert found.window == Window(day("2025-03-16"), day("2025-03-18"))


def test_the_newest_labelled_rows_are_taken_by_event_time(predicted):
    found = measure_window(predicted, fires(), "last 96 rows", metrics=["accuracy"])
    labelled = read_labelled(predicted, fires(), DAYS[-2:]).done
    times = np.concatenate([part.times for part in labelled.values()])
    newest = np.argsort(times, kind="stable")[-96:]
    truth, scores = (
        np.concatenate([getattr(part, name) for part in labelled.values()])[newest] for name in ("truth", "scores")
    )
    assert found.measurements[0].value == measure("accuracy", Task.BINARY, truth, scores).value
    assert (found.label_count, found.row_count) == (96, 120)


def test_more_rows_than_there_are_gives_all(predicted):
    found = measure_window(predicted, fires(), "last 5000 rows")
    assert (found.label_count, found.window.start) == (600, day("2025-03-14"))


def test_labels_that_have_not_come_are_counted(predicted):
    unlabelled = Forest(faults={"2025-03-23": lambda frame: frame.assign(fire=None)})
    found = measure_window(predicted, fires(unlabelled), "2d")
    assert (found.label_count, found.row_count) == (60, 120)
    last = measure_window(predicted, fires(unlabelled), "last 10 rows")
    assert (last.label_count, last.row_count) == (10, 120)


def test_without_any_label_nothing_is_zero(predicted):
    unlabelled = Forest(always=lambda frame: frame.assign(fire=None))
    found = measure_window(predicted, fires(unlabelled), "1d")
    assert [(one.value, one.note) for one in found.measurements] == [(None, "no rows"), (None, "no rows")]
    assert measure_window(predicted, fires(unlabelled), "last 5 rows").label_count == 0


def test_one_class_in_a_window_leaves_the_area_undefined_and_the_rest_measured(predicted):
    one_class = Forest(always=lambda frame: frame.assign(fire="no"))
    found = measure_window(predicted, fires(one_class), "1d", metrics=["roc_auc", "accuracy", "log_loss"])
    assert found.measurements[0].note == "undefined: 0 positives of 60"
    assert None not in [one.value for one in found.measurements[1:]]


def test_each_champion_is_measured_for_its_time_unless_one_is_named(served):
    promote_copy(served, at="2025-03-22")
    predict(served, fires(), DAYS)
    assert measure_window(served, fires(), "7d").versions == (1, 2)
    named = measure_window(served, fires(), "7d", version=2)
    assert (named.versions, len(named.left_out)) == ((2,), 5)


def test_a_day_that_was_not_predicted_is_left_out_by_name(served):
    predict(served, fires(), DAYS[:-1])
    found = measure_window(served, fires(), "2d")
    assert list(found.left_out) == ["2025-03-23"]
    assert found.row_count == 60


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"window": "often"}, InvalidTimeError),
        ({"window": "last 0 rows"}, InvalidTimeError),
        ({"window": "1d", "until": day("2025-02-01")}, EmptyWindowError),
        ({"window": "1d", "until": day("2025-02-20")}, NothingMeasuredError),
        ({"window": "1d", "metrics": ["rmse"]}, UnknownMetricError),
    ],
)
def test_a_window_that_cannot_be_measured_says_why(predicted, asked, error):
    with pytest.raises(error):
        measure_window(predicted, fires(), **asked)


def test_a_table_is_measured_as_a_whole(workspace):
    read_dataset(workspace, persons())
    train(workspace, persons())
    adjudicate(workspace, persons())
    predict(workspace, persons(), [TABLE_KEY])
    found = measure_window(workspace, persons())
    assert (found.window, found.label_count) == (None, 104)
    with pytest.raises(NotAStreamError):
        measure_window(workspace, persons(), "7d")
