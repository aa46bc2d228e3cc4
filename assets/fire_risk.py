"""Fire risk: a forest service that asks each day where fires will break out. Simulated, so it runs offline."""

import pandas as pd

from driftline import (
    Daily,
    DataDrift,
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
from driftline.datasets import simulate_fire_risk


def read_fire_risk(window: Window | None) -> pd.DataFrame:
    """Return the observations of the forest service in `window`; all of a simulation would never end."""
    if window is None:
        raise ValueError("The forest service is a stream: ask for a window.")
    return simulate_fire_risk(window)


fire_risk = ModelPipeline(
    name="fire_risk",
    description="Will a fire break out at this station? The climate changes on 2025-03-01, the forest on 2025-08-01.",
    dataset=read_fire_risk,
    target=Target("fire", positive_class="yes"),
    trainer=LightGBM(num_leaves=15, trees=80, learning_rate=0.08),
    metrics=("auroc", "log_loss", "brier"),
    holdout=Newest(duration="7d"),
    partitions=Daily("2024-12-01", end="2025-11-30"),
    entity=("station",),
    training_window="45d",
    ground_truth=GroundTruth(delay="1d"),
    drift=(
        PerformanceDrift("auroc", window="7d"),  # worse than the champion was on its holdout
        PerformanceDrift("auroc", below=0.82, window="7d"),  # worse than the service can live with
        DataDrift(window="28d", min_wasserstein=0.5, min_ks=0.25),  # seasons and spells of weather are not drift
    ),
    retrain=Retrain(),  # looks for a better model when the level is lost, until it is regained or given up
    promote=Promote(),  # only what is surely better on the same holdout
    floor=0.8,
    owners=("team:forest",),
)
