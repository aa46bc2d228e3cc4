"""Evaluations by slices: declared once, measured with each evaluation, refused where a column has too many values."""

from dataclasses import replace

import numpy as np
import pytest

from driftline import Promote, measure_window
from driftline.datasets.errors import InvalidColumnError
from driftline.declaration.errors import DeclarationError
from driftline.evaluations import evaluate
from driftline.evaluations.errors import NothingMeasuredError
from driftline.evaluations.labelled import read_labelled
from driftline.metrics import Task, measure
from driftline.predictions import predict
from driftline.registry import find_version
from driftline.retraining import adjudicate, read_dataset, train
from driftline.store import evaluation_rows
from tests.streams import Forest, day, fires

DAY = "2025-03-01"


def with_places(frame):
    """Every third row is of the island, some have no place; the order of rows changes at every reading."""
    number = np.arange(len(frame))
    places = np.where(number % 3 == 0, "island", np.where(number % 60 < 58, "land", None))
    return frame.assign(place=places).sample(frac=1.0, random_state=len(frame))


def sliced(**changes):
    return fires(Forest(rows_per_day=240, always=with_places), slices=("place",), **changes)


@pytest.fixture
def places(workspace):
    """The stream with places has a champion, and a day is predicted."""
    read_dataset(workspace, sliced())
    train(workspace, sliced())
    adjudicate(workspace, sliced())
    predict(workspace, sliced(), [DAY])
    return workspace


def stored_slices(workspace, dataset="fires"):
    with workspace.database.reading() as session:
        version = find_version(workspace, "fires/1")
        [found] = evaluation_rows.newest_evaluations(session, [version.id], dataset)
        return evaluation_rows.evaluation_slices(session, [found.id])[found.id]


def test_an_evaluation_is_stored_with_its_slices(places):
    measured = evaluate(places, sliced(), [DAY]).done[DAY]
    assert [(one.value, one.row_count) for one in measured.slices] == [("(missing)", 8), ("island", 80), ("land", 152)]
    rows = {(row.slice_value, row.metric): row for row in stored_slices(places)}
    assert rows["(missing)", "auroc"].note == "too small: 8 of 50 rows"
    assert rows["island", "auroc"].value == measured.slices[1].measurements[0].value
    assert {row.row_count for row in rows.values()} == {8, 80, 152}


def test_a_slice_holds_its_own_rows_whatever_their_order(places):
    measured = evaluate(places, sliced(), [DAY]).done[DAY]
    labelled = read_labelled(places, sliced(), [DAY]).done[DAY]
    island = labelled.slices["place"] == "island"
    expected = measure("auroc", Task.BINARY, labelled.truth[island], labelled.scores[island])
    assert measured.slices[1].measurements[0] == expected
    place_at = labelled.features.set_index(labelled.features["time"].dt.tz_convert(None))["place"]
    assert (place_at.fillna("(missing)")[labelled.times] == labelled.slices["place"]).all()


def test_a_holdout_is_measured_by_slices_too(places):
    values = {row.slice_value for row in stored_slices(places, "fires/holdout")}
    assert values == {"(missing)", "island", "land"}


def test_a_window_is_measured_by_any_column_of_few_values(places):
    found = measure_window(places, replace(sliced(), slices=()), "last 100 rows", by="place", metrics=["accuracy"])
    assert sum(one.row_count for one in found.slices) == 100
    with pytest.raises(InvalidColumnError, match="at most 20"):
        measure_window(places, sliced(), "30d", by="time")
    with pytest.raises(NothingMeasuredError, match="Did you mean 'place'"):
        measure_window(places, sliced(), "1d", until=day("2025-03-02"), by="palce")


@pytest.mark.parametrize(("column", "said"), [("temperature_c", "at most 20"), ("palce", "not in the table")])
def test_a_column_that_cannot_be_sliced_by_refuses_the_dataset(workspace, column, said):
    frame = fires().dataset(fires().training_rows(fires().partitions.first))
    column = column if column in frame.columns or column == "palce" else frame.select_dtypes("number").columns[0]
    [problem] = read_dataset(workspace, fires(slices=(column,))).problems
    assert said in problem


def with_wrong_labels_of_the_island(frame):
    """Before the holdout of the second training, the island's labels are the other way round."""
    frame = with_places(frame)
    wrong = (frame["place"] == "island") & (frame["time"] < day("2025-03-17"))
    return frame.assign(fire=frame["fire"].where(~wrong, frame["fire"].map({"yes": "no", "no": "yes"})))


@pytest.mark.parametrize("margin", [None, 0.02])
def test_a_challenger_that_is_better_but_not_on_the_island_meets_the_margin(places, margin):
    forest = Forest(rows_per_day=240, always=with_wrong_labels_of_the_island)
    pipeline = replace(sliced(), dataset=forest, promote=Promote(slice_margin=margin))
    read_dataset(places, pipeline)
    train(places, pipeline)
    found = adjudicate(places, pipeline)
    assert found.comparison.gain > 0
    assert found.promoted is (margin is None)
    assert ("where place is 'island' it is not shown to be less than 0.02 worse" in found.reason) is (
        margin is not None
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"slices": "station"}, "write a tuple"),
        ({"slices": ("fire",)}, "other than the target"),
        ({"slices": ("station", "station")}, "each named once"),
        ({"promote": Promote(slice_margin=0.02)}, "it has no slices"),
    ],
)
def test_slices_that_make_no_sense_are_refused(changes, said):
    with pytest.raises(DeclarationError, match=said):
        fires(**changes)
