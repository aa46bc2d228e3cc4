"""Electricity: will the price in New South Wales rise? Elec2 (Harries 1999), a stream of half-hours, 1996 to 1998."""

from functools import cache
from pathlib import Path

import pandas as pd

from driftline import (
    Daily,
    GroundTruth,
    LightGBM,
    ModelPipeline,
    Newest,
    PerformanceDrift,
    Promote,
    Retrain,
    Target,
    Window,
)
from driftline.datasets import openml
from driftline.settings import Settings

START = pd.Timestamp("1996-05-07", tz="UTC")  # of the first row; the table says the time of day only
FEATURES = ["period", "nswprice", "nswdemand", "vicprice", "vicdemand", "transfer"]


def read_electricity(window: Window | None) -> pd.DataFrame:
    """Return the half-hours of `window`, with the class `up` where the price is above its last day's mean."""
    settings = Settings()
    table = _read(settings.data_dir, settings.cache)
    return table if window is None else table[window.contains(table["time"])]


@cache
def _read(data_dir: Path | None, cache_dir: Path) -> pd.DataFrame:
    table = openml(151, cache=cache_dir) if data_dir is None else pd.read_csv(data_dir / "electricity.csv")
    up = table["class"].astype(str).isin(["1", "UP"])
    time = START + pd.to_timedelta(30 * table.index, unit="min")
    return table[FEATURES].astype(float).assign(time=time, price=up.map({True: "up", False: "down"}))


electricity = ModelPipeline(
    name="electricity",
    description="Will the price be above the mean of the last 24 hours? Labels arrive a day later.",
    dataset=read_electricity,
    target=Target("price", positive_class="up"),
    trainer=LightGBM(num_leaves=31, trees=100),
    metrics=("auroc", "accuracy", "brier"),
    holdout=Newest(duration="7d"),
    partitions=Daily("1996-06-20", end="1998-12-07"),
    training_window="44d",
    ground_truth=GroundTruth(delay="1d"),
    drift=(PerformanceDrift("auroc", window="7d"),),
    # Weekly, since labels persist and fresh rows are worth the most; and when the level is lost. On the whole window.
    retrain=Retrain(schedule="0 7 * * 1", choice=None),
    promote=Promote(confidence=None, refit=True),
    floor=0.7,
    owners=("team:energy",),
)
