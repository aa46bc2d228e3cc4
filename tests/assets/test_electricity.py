"""Electricity: 45,312 half-hours whose time is their position, in daily partitions."""

from datetime import timedelta
from pathlib import Path
from statistics import median

import pytest

from assets import electricity
from driftline.artifacts import open_artifacts
from driftline.clock import now
from driftline.datasets import Window
from driftline.evaluations import evaluate, production_metric
from driftline.predictions import predict
from driftline.retraining import adjudicate, read_dataset, train
from driftline.settings import Settings
from driftline.store.database import open_database
from driftline.workspace import Workspace
from tests.streams import day

FOLDER = Settings().data_dir or Path(__file__).parents[2].parent / "shared" / "data"
PARTITIONS = electricity.partitions

pytestmark = pytest.mark.skipif(
    not (FOLDER / "electricity.csv").is_file(), reason="set DRIFTLINE_DATA_DIR to a folder with electricity.csv"
)


@pytest.fixture(autouse=True)
def local_copy(monkeypatch):
    monkeypatch.setenv("DRIFTLINE_DATA_DIR", str(FOLDER))


@pytest.fixture
def market(tmp_path):
    opened = open_database(f"sqlite:///{tmp_path / 'driftline.db'}")
    yield Workspace(
        database=opened,
        artifacts=open_artifacts(str(tmp_path / "artifacts")),
        clock=now,
        journals=tmp_path / "journals",
        replay_at=day("1996-06-29"),
    )
    opened.close()


def test_a_row_is_a_half_hour_in_utc_from_the_first_day_on():
    frame = electricity.dataset(None)
    assert len(frame) == 45_312
    assert (frame["time"].iloc[0], frame["time"].iloc[-1]) == (
        day("1996-05-07"),
        day("1998-12-07") - timedelta(hours=0.5),
    )
    assert frame["time"].diff().dropna().unique().tolist() == [timedelta(hours=0.5)]
    assert ((frame["time"].dt.hour * 2 + frame["time"].dt.minute / 30) / 47 - frame["period"]).abs().max() < 1e-5
    assert frame["price"].value_counts().to_dict() == {"down": 26_075, "up": 19_237}


def test_a_window_gives_its_rows_and_no_other():
    frame = electricity.dataset(Window(day("1997-01-01"), day("1997-01-03")))
    assert (len(frame), frame["time"].min(), frame["time"].max()) == (
        96,
        day("1997-01-01"),
        day("1997-01-03") - timedelta(hours=0.5),
    )


def test_there_are_900_partitions_and_each_has_its_48_rows():
    keys = PARTITIONS.keys(Window(PARTITIONS.first, PARTITIONS.last))
    frame = electricity.dataset(Window(PARTITIONS.first, PARTITIONS.last))
    assert (len(keys), keys[0], keys[-1]) == (900, "1996-06-20", "1998-12-06")
    assert len(frame) == 900 * 48


def test_the_first_model_learns_from_what_lies_before_the_first_partition_and_serves_its_week(market):
    read = read_dataset(market, electricity)
    assert read.window == Window(day("1996-05-07"), PARTITIONS.first)
    assert train(market, electricity).version.trained_through == PARTITIONS.first
    assert adjudicate(market, electricity).promoted
    week = PARTITIONS.keys(Window(day("1996-06-20"), day("1996-06-27")))
    predicted, evaluated = predict(market, electricity, week), evaluate(market, electricity, week)
    assert (list(predicted.done), list(evaluated.done)) == (week, week)
    assert {**predicted.failed, **evaluated.failed, **predicted.waiting, **evaluated.waiting} == {}
    assert median(value for _, value in production_metric(market, electricity, "auroc")) > 0.8


def test_a_day_of_which_one_label_has_come_has_no_auroc_instead_of_a_bad_one(market):
    read_dataset(market, electricity)
    train(market, electricity)
    adjudicate(market, electricity)
    predict(market, electricity, ["1996-06-28"])
    evaluated = evaluate(market, electricity, ["1996-06-28"]).done["1996-06-28"]
    assert (evaluated.row_count, evaluated.label_count) == (48, 1)
    assert evaluated.measurements[0].value is None
