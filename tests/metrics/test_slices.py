import numpy as np
import pytest

from driftline.metrics import Task, compare_slices, measure, measure_slices, scored_rows


@pytest.fixture
def rows():
    rng = np.random.default_rng(1)
    truth = (rng.random(600) < 0.4).astype(int)
    return scored_rows(Task.BINARY, truth, np.clip(rng.normal(0.35 + 0.2 * truth, 0.15), 0.01, 0.99))


def test_a_slice_is_measured_as_if_there_were_no_others(rows):
    places = np.array(["north", "south"] * 300)
    north, south = measure_slices(["auroc"], rows, {"place": places})
    assert (north.column, north.value, south.value, north.row_count) == ("place", "north", "south", 300)
    assert north.measurements[0] == measure("auroc", Task.BINARY, rows.truth[::2], rows.scores[::2])


def test_a_slice_of_few_rows_is_named_and_not_measured(rows):
    places = np.array(["north"] * 551 + ["south"] * 49)
    south = measure_slices(["accuracy"], rows, {"place": places})[1]
    assert (south.measurements[0].value, south.measurements[0].note) == (None, "too small: 49 of 50 rows")


def test_a_slice_of_few_rows_of_a_class_is_too_small(rows):
    places = np.where(rows.truth == 1, "north", "south")
    places[np.flatnonzero(rows.truth)[:9]] = "south"
    notes = [one.measurements[0].note for one in measure_slices(["auroc"], rows, {"place": places})]
    assert notes == ["too small: 0 of 10 rows of a class", "too small: 9 of 10 rows of a class"]


def test_values_that_are_rarely_seen_are_one_slice(rows):
    places = np.array([f"station {number:02}" for number in range(30)] * 20)
    found = measure_slices(["accuracy"], rows, {"place": places})
    assert len(found) == 20
    assert [one.row_count for one in found if one.value == "(others)"] == [11 * 20]


def test_two_models_meet_on_each_slice(rows):
    places = np.array(["north"] * 560 + ["south"] * 40)
    worse = scored_rows(Task.BINARY, rows.truth, np.full(600, 0.5))
    north, south = compare_slices("brier", rows, worse, {"place": places})
    assert north.comparison.gain < 0
    assert (south.comparison, south.too_small) == (None, "40 of 50 rows")


def test_no_rows_have_no_slices():
    assert measure_slices(["auroc"], scored_rows(Task.BINARY, [], []), {"place": np.array([], dtype=str)}) == ()
