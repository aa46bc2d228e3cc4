"""A table without partitions: its newest holdout is what is predicted and measured."""

import numpy as np
import pytest

from driftline.declaration import TABLE_KEY
from driftline.drift_reports import report_drift
from driftline.evaluations import evaluate
from driftline.predictions import predict
from driftline.registry import find_version
from driftline.retraining import adjudicate, read_dataset, train
from driftline.rows.errors import NotMaterializedError
from tests.streams import persons, read_persons


@pytest.fixture
def census(workspace):
    """A workspace in which `persons` has a champion."""
    read_dataset(workspace, persons())
    train(workspace, persons())
    adjudicate(workspace, persons())
    return workspace


def test_the_holdout_is_predicted_measured_and_watched(census):
    assert predict(census, persons(), [TABLE_KEY]).done[TABLE_KEY].row_count == 104
    measured = evaluate(census, persons(), [TABLE_KEY]).done[TABLE_KEY]
    assert (measured.row_count, measured.label_count) == (104, 104)
    reported = report_drift(census, persons(), [TABLE_KEY]).done[TABLE_KEY]
    assert (reported.verdict, len(reported.findings) > 1) == ("ok", True)
    assert report_drift(census, persons(), [TABLE_KEY]).done[TABLE_KEY].report_id == reported.report_id


def test_without_a_dataset_there_is_nothing_to_predict(workspace):
    assert "no champion" in predict(workspace, persons(), [TABLE_KEY]).failed[TABLE_KEY]


def test_a_table_that_was_not_predicted_says_what_to_do(census):
    for found in (evaluate(census, persons(), [TABLE_KEY]), report_drift(census, persons(), [TABLE_KEY])):
        assert "There is no prediction of the table yet. Materialize persons/predictions" in found.failed[TABLE_KEY]


def test_the_labels_of_another_holdout_are_not_those_of_the_predictions(census):
    predict(census, persons(), [TABLE_KEY])
    mirrored = persons(dataset=lambda _: read_persons().iloc[::-1].reset_index(drop=True))
    assert read_dataset(census, mirrored).problems == ()
    assert "was read again since it was predicted" in evaluate(census, mirrored, [TABLE_KEY]).failed[TABLE_KEY]
    predict(census, mirrored, [TABLE_KEY])
    assert evaluate(census, mirrored, [TABLE_KEY]).done[TABLE_KEY].measurements[0].value > 0.8


def test_a_column_that_is_named_row_is_seen_by_the_model(workspace):
    numbered = persons(
        dataset=lambda _: read_persons().assign(row=lambda frame: frame["age"] * 1.0).drop(columns="age")
    )
    read_dataset(workspace, numbered)
    trained = train(workspace, numbered)
    adjudicate(workspace, numbered)
    said = predict(workspace, numbered, [TABLE_KEY]).done[TABLE_KEY]
    assert said.mean_score == pytest.approx(float(np.mean(trained.scores)))


def test_a_column_that_is_gone_is_named_and_nothing_is_stored(census):
    predict(census, persons(), [TABLE_KEY])
    poorer = persons(dataset=lambda _: read_persons().drop(columns="age"), version="2")
    read_dataset(census, poorer)
    predicted = predict(census, poorer, [TABLE_KEY])
    assert "'age'" in predicted.failed[TABLE_KEY]
    assert find_version(census, "persons").version == 1


def test_a_dataset_that_never_passed_is_no_dataset(workspace):
    read_dataset(workspace, persons(dataset=lambda _: read_persons().head(0)))
    with pytest.raises(NotMaterializedError):
        train(workspace, persons(name="others"))
