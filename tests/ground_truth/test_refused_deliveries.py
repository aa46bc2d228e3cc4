"""Deliveries that cannot be used are refused whole, and say why."""

from dataclasses import replace
from datetime import timedelta

import pandas as pd
import pytest

from driftline import Target, add_ground_truth
from driftline.datasets.errors import (
    InvalidColumnError,
    InvalidTargetError,
    MissingColumnError,
    TargetClassError,
)
from driftline.declaration.errors import NotAStreamError
from driftline.ground_truth.errors import (
    InvalidLabelsError,
)
from driftline.metrics import Task
from tests.deliveries import NEXT, add, delivered, deliveries, labels
from tests.streams import persons


@pytest.mark.parametrize(
    ("fault", "error", "said"),
    [
        (lambda f: f.drop(columns="station"), MissingColumnError, "'station'"),
        (lambda f: f.drop(columns="fire"), MissingColumnError, "'fire'"),
        (lambda f: f.iloc[:0], InvalidLabelsError, "no rows"),
        (lambda f: f.assign(time=f["time"].dt.tz_localize(None)), InvalidColumnError, "not times with a zone"),
        (lambda f: f.assign(time=f["time"].astype(str)), InvalidColumnError, "not times with a zone"),
        (lambda f: f.assign(time=f["time"].where(f.index > 4)), InvalidLabelsError, "5 of 60 .* 'time'"),
        (lambda f: f.assign(station=f["station"].where(f.index > 2)), InvalidLabelsError, "3 of 60 .* 'station'"),
        (lambda f: f.assign(station=7), InvalidColumnError, "'station' holds int64"),
        (lambda f: f.assign(time=f["time"] + timedelta(days=365)), InvalidLabelsError, "60 of 60 labels .* 5 minutes"),
        (lambda f: f.assign(fire=f["fire"].where(f.index > 3)), InvalidTargetError, "4 rows"),
        (lambda f: f.assign(fire="perhaps"), TargetClassError, "'perhaps'"),
        (lambda f: f.assign(fire=1), TargetClassError, "not known: 1"),
        (lambda f: pd.concat([f.assign(fire="no"), f.head(4).assign(fire="yes")]), InvalidLabelsError, "4 rows"),
        (lambda f: f.assign(model_version="one"), InvalidColumnError, "'model_version'"),
        (lambda f: f.assign(model_version=1), InvalidLabelsError, "60 of 60"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_and_nothing_is_stored(served, fault, error, said):
    with pytest.raises(error, match=said):
        add(served, fault(labels()))
    assert deliveries(served) == []


def test_a_clock_that_is_a_little_ahead_is_forgiven(served):
    last = labels()["time"].max()
    ahead = replace(served, replay_at=last - timedelta(minutes=4))
    assert add_ground_truth(ahead, delivered(), labels(), actor="ann").new_count == 60
    behind = replace(served, replay_at=last + timedelta(days=1) - timedelta(minutes=6))
    with pytest.raises(InvalidLabelsError):
        add_ground_truth(behind, delivered(), labels(NEXT), actor="ann")


def test_at_most_three_keys_with_two_labels_are_named(served):
    both = pd.concat([labels().assign(fire="no"), labels().assign(fire="yes")])
    with pytest.raises(InvalidLabelsError) as raised:
        add(served, both)
    assert str(raised.value).count("2025-02-10T") == 3


@pytest.mark.parametrize("fault", [float("inf"), float("nan")])
def test_a_regression_takes_finite_numbers_only(served, fault):
    numbers = delivered(target=Target("fire", task=Task.REGRESSION), metrics=("rmse",), drift=())
    with pytest.raises(InvalidTargetError):
        add(served, labels(), numbers)
    with pytest.raises(InvalidTargetError):
        add(served, labels().assign(fire=fault), numbers)
    assert add(served, labels().assign(fire=1), numbers).new_count == 60


def test_a_table_takes_no_deliveries(workspace):
    with pytest.raises(NotAStreamError):
        add_ground_truth(workspace, persons(), labels(), actor="ann")


def test_labels_may_come_before_there_is_any_model(workspace):
    assert add(workspace, labels()).new_count == 60
