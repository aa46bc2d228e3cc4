from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from driftline.datasets import Window, simulate_fire_risk
from driftline.datasets.fire_risk import CLIMATE_CHANGE, REPLANTING
from driftline.metrics import Task
from driftline.models import LightGBM

FIRST = datetime(2024, 1, 1, tzinfo=UTC)


def simulated(start, days, **options):
    return simulate_fire_risk(Window(start, start + timedelta(days=days)), **options)


@given(st.lists(st.integers(0, 10**6), min_size=3, max_size=3, unique=True), st.integers(0, 5))
@settings(max_examples=30, deadline=None)
def test_adjoining_windows_concatenate(seconds, seed):
    a, b, c = (CLIMATE_CHANGE - timedelta(days=6) + timedelta(seconds=s) for s in sorted(seconds))
    whole, first, second = (
        simulate_fire_risk(Window(*ends), seed=seed, rows_per_day=20) for ends in ((a, c), (a, b), (b, c))
    )
    pd.testing.assert_frame_equal(pd.concat([first, second], ignore_index=True), whole)


def test_another_seed_is_another_forest():
    assert not simulated(FIRST, 1, seed=1).equals(simulated(FIRST, 1, seed=2))


def test_every_day_has_its_rows_in_order_of_time():
    frame = simulated(FIRST, 30)
    assert len(frame) == 30 * 200
    assert frame["time"].is_monotonic_increasing
    assert frame["time"].dt.date.value_counts().eq(200).all()
    assert not frame.isna().any(axis=None)


def test_no_rows_a_day_gives_the_columns_alone():
    empty = simulated(FIRST, 2, rows_per_day=0)
    assert empty.dtypes.equals(simulated(FIRST, 1).dtypes)
    assert empty.empty


def test_fires_stay_between_one_and_thirty_five_percent_of_each_week():
    fires = simulated(FIRST, 364 * 2).assign(fire=lambda frame: frame["fire"] == "yes")
    weekly = fires.groupby(np.arange(len(fires)) // 1400)["fire"].mean()
    assert weekly.between(0.01, 0.35).all()
    assert 0.08 < weekly.mean() < 0.2


def test_the_climate_gets_hotter_and_drier_beyond_the_season():
    before, after = (
        simulated(CLIMATE_CHANGE - timedelta(days=300), 60),
        simulated(CLIMATE_CHANGE + timedelta(days=65), 60),
    )
    change = (after.mean(numeric_only=True) - before.mean(numeric_only=True)).round(1)
    assert change["temperature_c"] > 3
    assert change["humidity_pct"] < -5
    assert change["drought_index"] > 8


def auroc(model_features, fit_window, score_window):
    train, later = simulate_fire_risk(fit_window), simulate_fire_risk(score_window)
    trainer = LightGBM(num_leaves=15, learning_rate=0.05)
    target = (train["fire"] == "yes").to_numpy().astype(int)
    model = trainer.fit(train[model_features], target, task=Task.BINARY, classes=("no", "yes"))
    return roc_auc_score(later["fire"] == "yes", model.score(later))


@pytest.mark.parametrize(("change", "loss"), [(CLIMATE_CHANGE, 0.15), (REPLANTING, 0.05)])
def test_a_model_loses_at_a_change_and_one_trained_after_it_recovers(change, loss):
    features = [
        "station",
        "temperature_c",
        "humidity_pct",
        "wind_kmh",
        "rain_mm_7d",
        "drought_index",
        "vegetation",
    ]
    day = timedelta(days=1)
    earlier = Window(change - 80 * day, change - 20 * day)
    before = auroc(features, earlier, Window(change - 20 * day, change))
    after = auroc(features, earlier, Window(change + 60 * day, change + 80 * day))
    retrained = auroc(features, Window(change, change + 60 * day), Window(change + 60 * day, change + 80 * day))
    assert before > 0.85
    assert after < before - loss
    assert retrained > 0.85
