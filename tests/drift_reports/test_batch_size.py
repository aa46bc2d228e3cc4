"""The same rows predicted hour by hour, or all at once: the numbers differ in their last bits, the reports do not."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from driftline import DataDrift, Hourly, PredictionDrift, Sklearn
from driftline.drift import Verdict
from driftline.drift_reports import report_drift
from driftline.evaluations import evaluate
from driftline.predictions import predict
from driftline.retraining import adjudicate, read_dataset, train
from tests.streams import fires

HOURS = [f"2025-02-10-{hour:02}:00" for hour in range(24)]


def flags(window):
    """Twelve rows an hour with three flags; how many of them are set decides the label, and chance."""
    hours = pd.date_range(
        window.start.replace(minute=0, second=0, microsecond=0), window.end, freq="h", inclusive="left"
    )
    frame = pd.concat([an_hour(hour) for hour in hours], ignore_index=True)
    return frame[window.contains(frame["time"])].reset_index(drop=True)


def an_hour(start):
    random = np.random.default_rng(int(start.timestamp()))
    times = pd.date_range(start, periods=12, freq="5min")
    frame = pd.DataFrame({"time": times} | {name: random.integers(0, 2, 12) for name in "abc"})
    burns = frame[["a", "b", "c"]].sum(axis=1) + random.normal(size=12) > 1.5
    return frame.assign(fire=np.where(burns, "yes", "no"))


@pytest.fixture
def stream(workspace):
    pipeline = fires(
        flags,
        trainer=Sklearn(make_pipeline(StandardScaler(), LogisticRegression())),
        entity=(),
        partitions=Hourly("2025-02-10", end="2025-02-11"),
        drift=(PredictionDrift(window="24h"), DataDrift(window="24h")),
    )
    read_dataset(workspace, pipeline)
    train(workspace, pipeline)
    adjudicate(workspace, pipeline)
    return pipeline


def test_the_report_is_the_same_whatever_the_batches(workspace, stream):
    reports = []
    for batches in ([[hour] for hour in HOURS], [HOURS]):
        for batch in batches:
            assert predict(workspace, stream, batch).failed == {}
        evaluate(workspace, stream, HOURS)
        reports.append(report_drift(workspace, stream, [HOURS[-1]]).done[HOURS[-1]])
    assert reports[0].findings == reports[1].findings
    assert reports[0].report_id == reports[1].report_id
    assert reports[0].verdict is Verdict.OK
