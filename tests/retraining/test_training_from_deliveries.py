"""Training on labels that were delivered: those known by then, and no others."""

from dataclasses import replace
from datetime import timedelta

import pytest

from driftline import Daily, GroundTruth, Window, add_ground_truth
from driftline.evaluations import evaluate
from driftline.predictions import predict
from driftline.retraining import adjudicate, read_dataset, train
from driftline.retraining.training import load_rows
from tests.streams import LONG_AFTER, Forest, day, fires

START = day("2025-02-10")


def pipeline(**changes):
    """A stream whose dataset has no labels at all."""
    without = Forest(always=lambda frame: frame.drop(columns="fire"))
    return fires(without, **{"ground_truth": GroundTruth(delay="1d", delivered=True), **changes})


def labels(start, end):
    return Forest()(Window(start, end))[["time", "station", "fire"]]


@pytest.fixture
def labelled(workspace):
    """A workspace in which the labels of the four weeks before the stream have been delivered."""
    opened = replace(workspace, replay_at=LONG_AFTER)
    add_ground_truth(opened, pipeline(), labels(START - timedelta(days=28), START), actor="ann")
    return opened


def rows_read(workspace, declared):
    read = read_dataset(workspace, declared)
    assert read.problems == ()
    return load_rows(workspace, read.training), load_rows(workspace, read.holdout)


def test_a_model_is_trained_and_measured_on_delivered_labels_alone(labelled):
    read_dataset(labelled, pipeline())
    train(labelled, pipeline())
    assert adjudicate(labelled, pipeline()).promoted
    predict(labelled, pipeline(), ["2025-02-10"])
    add_ground_truth(labelled, pipeline(), labels(START, day("2025-02-11")), actor="ann")
    assert evaluate(labelled, pipeline(), ["2025-02-10"]).done["2025-02-10"].label_count == 60


def test_delivered_labels_train_the_rows_that_the_datasets_labels_would(workspace, labelled):
    delivered, from_dataset = rows_read(labelled, pipeline()), rows_read(labelled, fires(name="others"))
    for ours, theirs in zip(delivered, from_dataset, strict=True):
        assert ours[theirs.columns].equals(theirs)


def test_rows_without_a_delivered_label_are_left_out(workspace):
    opened = replace(workspace, replay_at=LONG_AFTER)
    add_ground_truth(opened, pipeline(), labels(START - timedelta(days=28), START).iloc[::2], actor="ann")
    training, holdout = rows_read(opened, pipeline())
    assert len(training) + len(holdout) == pytest.approx(28 * 60 / 2, abs=60)
    assert training["fire"].notna().all()


def test_without_any_label_the_reading_says_so(workspace):
    read = read_dataset(replace(workspace, replay_at=LONG_AFTER), pipeline())
    assert "no rows" in read.problems[0]


def test_labels_that_arrive_later_are_not_learnt_from(served):
    declared = pipeline(partitions=Daily("2025-02-10"))
    first, second = day("2025-03-01"), day("2025-03-03")
    add_ground_truth(replace(served, replay_at=first), declared, labels(day("2025-02-01"), first), actor="ann")
    add_ground_truth(replace(served, replay_at=second), declared, labels(first, second), actor="ann")
    known = [rows_read(replace(served, replay_at=at), declared) for at in (first + timedelta(days=1), second)]
    assert [holdout["time"].max() < first for _, holdout in known] == [True, False]


def test_a_correction_is_learnt(labelled):
    before, _ = rows_read(labelled, pipeline())
    first_day = START - timedelta(days=28), START - timedelta(days=27)
    add_ground_truth(labelled, pipeline(), labels(*first_day).assign(fire="yes"), actor="ann")
    after, _ = rows_read(labelled, pipeline())
    learnt = [set(rows.loc[rows["time"] < first_day[1], "fire"]) for rows in (before, after)]
    assert learnt == [{"no", "yes"}, {"yes"}]
