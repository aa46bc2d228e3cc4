"""What cannot work is refused when it is declared, with what to write instead."""

from datetime import timedelta
from functools import partial

import pandas as pd
import pytest

from driftline import (
    AcceptedRange,
    DataDrift,
    Freshness,
    MissingShare,
    Newest,
    RandomShare,
    Retrain,
    RowCount,
    SplitColumn,
    Target,
    Unique,
)
from driftline.datasets.errors import InvalidTargetError, MissingColumnError
from driftline.declaration.errors import DeclarationError, RuleValueError
from driftline.metrics import Task
from driftline.rows import load_frame
from tests.streams import Forest, day, fires, persons

TABLE = partial(persons, entity=())


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (partial(fires, trainer=None), "its trainer is None, which has no fit: write one, as LightGBM()"),
        (lambda: persons(dataset=None), "its dataset is None: give the function"),
        (lambda: persons(holdout=RandomShare), r"its holdout is the class RandomShare: write a value of it"),
        (lambda: fires(drift=DataDrift()), "its drift is DataDrift.*write a tuple, one rule as"),
        (lambda: fires(drift=(DataDrift,)), "it watches drift by DataDrift, which is no rule"),
        (lambda: fires(floor=2.0), "its floor 2.0 is no value of auroc, which lies between 0 and 1"),
        (lambda: fires(training_window="7d"), "its training_window of 7d leaves nothing to learn from"),
        (lambda: fires(metrics=("rmse",), drift=()), "not all defined for its task binary, but 'rmse' for regression"),
        (
            lambda: persons(target=Target("income"), metrics=("accuracy", "rmse"), drift=()),
            "not all defined for any one task, but 'accuracy' for binary and multiclass, 'rmse' for regression",
        ),
        (lambda: persons(entity=("age",)), "its entity tells rows of the same time apart, which only a stream has"),
        (lambda: fires(owners=("nobody",)), "its owner 'nobody' is neither an e-mail address nor a team"),
        (lambda: fires(ignore=("station",)), "it ignores 'station', which is among its entity"),
        (lambda: fires(ignore=("fire",)), "it ignores 'fire', which is among its target"),
        (lambda: fires(ignore=("a",), features=("a",)), "it ignores 'a', which is among its features"),
        (lambda: fires(features=("time",)), "its feature 'time' is its time_column"),
        (lambda: persons(holdout=SplitColumn(), features=("split",)), "its feature 'split' is its holdout"),
        (lambda: fires(features="a"), "its features is 'a': write a tuple"),
        (lambda: fires(quality=RowCount(min_rows=1)), "its quality is RowCount.*write a tuple, one rule as"),
        (lambda: fires(quality=(RowCount,)), "its quality has RowCount, which is no rule: write one, as RowCount"),
        (
            lambda: fires(quality=(Unique(("a", "b")), Unique("a-b"))),
            "two of its quality rules are the check 'unique_a_b': give one up, or another name",
        ),
        (lambda: fires(quality=(Unique("a"),), ignore=("a",)), "it ignores 'a', which is among its quality rules"),
        (
            lambda: persons(quality=(Freshness(max_age="2d"),)),
            "names no column, and a table has no event time: name one",
        ),
        (
            lambda: fires(quality=(Freshness(max_age="4w"),)),
            "never broken, since no row is read that is older than 28d",
        ),
        (lambda: fires(quality=(MissingShare("fire", max_share=0),)), "never broken, since rows without its target"),
        (
            lambda: fires(quality=(MissingShare("time", max_share=0),)),
            "never broken, since rows without its time_column",
        ),
    ],
)
def test_what_cannot_work_is_refused(make, said):
    with pytest.raises(DeclarationError, match=said):
        make()


def test_a_kind_of_drift_is_one_of_several():
    with pytest.raises(RuleValueError, match=r"a tuple, as \('performance',\)"):
        Retrain(on_drift="performance")


def test_what_works_is_not_refused():
    assert fires(owners=("ann@example.org", "team:risk"), floor=0.8, holdout=Newest(duration="7d")).floor == 0.8
    both = (AcceptedRange("age", min_value=0), AcceptedRange("age", min_value=18, severity="warn"))
    assert persons(quality=(*both, Freshness(max_age="2d", column="updated_at"))).quality[:2] == both


def test_a_task_is_given_by_its_name():
    assert Target("t", task="multiclass").task is Task.MULTICLASS
    with pytest.raises(
        InvalidTargetError, match=r"The target 't' has the task 'multi_class'\. Did you mean 'multiclass'"
    ):
        Target("t", task="multi_class")
    with pytest.raises(InvalidTargetError, match="positive class 'a' and the task 'regression', which has none"):
        Target("t", task="regression", positive_class="a")


FRAME = ["time", "station", "temperature_c", "wind_kmh", "fire"]


def test_the_target_the_time_and_the_entity_are_no_features():
    assert fires().feature_names(FRAME) == ["temperature_c", "wind_kmh"]
    assert fires(ignore=("wind_kmh",)).feature_names(FRAME) == ["temperature_c"]
    assert fires(features=("wind_kmh", "station")).feature_names(FRAME) == ["station", "wind_kmh"]
    with pytest.raises(MissingColumnError, match="'rain'"):
        fires(features=("rain",)).feature_names(FRAME)


def test_a_column_that_nothing_looks_at_is_dropped_when_it_is_read():
    odd = Forest(always=lambda frame: frame.assign(note=[{}] * len(frame)))
    window = fires().stream.window("2025-02-10")
    assert "note" in load_frame(fires(odd), window)
    assert "note" not in load_frame(fires(odd, ignore=("note",)), window)
    kept = load_frame(fires(odd, features=("wind_kmh",), slices=("vegetation",)), window)
    assert set(kept) == {"time", "station", "wind_kmh", "vegetation", "fire"}
    assert isinstance(kept, pd.DataFrame)
    assert kept["time"].min() >= day("2025-02-10")
    assert kept["time"].max() < day("2025-02-10") + timedelta(days=1)
