"""A table with a signal, and each flavor trained on it for each task."""

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from driftline.metrics import Task
from driftline.models import Blend, LightGBM, Sklearn, XGBoost

ROWS = 600


def table():
    random = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "heat": random.normal(size=ROWS),
            "count": random.integers(0, 9, ROWS),
            "kind": pd.Categorical(random.choice(["oak", "pine", "élm"], ROWS)),
            "open": random.random(ROWS) < 0.5,
            'odd "name"': np.where(random.random(ROWS) < 0.3, np.nan, 1.0),
            "when": pd.date_range("2026-01-01", periods=ROWS, freq="h", tz="UTC"),
        }
    )


FEATURES = table()
SIGNAL = FEATURES["heat"].to_numpy() + (FEATURES["kind"] == "pine").to_numpy() + 0.1 * FEATURES["count"].to_numpy()
TARGETS = {
    Task.BINARY: (SIGNAL > 0.7).astype(int),
    Task.MULTICLASS: np.digitize(SIGNAL, [0.3, 1.2]),
    Task.REGRESSION: SIGNAL,
}


CLASSES = {Task.BINARY: ("no", "yes"), Task.MULTICLASS: ("low", "mid", "high"), Task.REGRESSION: ()}


def pipeline(final):
    columns = make_column_transformer(
        (StandardScaler(), ["heat", "count"]), (OneHotEncoder(handle_unknown="ignore"), ["kind"])
    )
    return Sklearn(make_pipeline(columns, final))


TRAINERS = {
    "blend": lambda task: Blend(TRAINERS["lightgbm"](task), TRAINERS["xgboost"](task), weights=(2, 1)),
    "lightgbm": lambda task: LightGBM(trees=20, num_leaves=7, column_share=0.7),
    "sklearn": lambda task: pipeline(LinearRegression() if task is Task.REGRESSION else LogisticRegression()),
    "xgboost": lambda task: XGBoost(trees=20, max_depth=3, learning_rate=0.3, column_share=0.7),
}


EVERY = [(flavor, task) for flavor in TRAINERS for task in Task]


def trained(flavor, task, **options):
    return TRAINERS[flavor](task).fit(FEATURES, TARGETS[task], task=task, classes=CLASSES[task], **options)
