"""Levels as a service may have them: a bare AUROC, and the accuracy of the last 48 hours, hour by hour."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from driftline import GroundTruth, Hourly, PerformanceDrift
from driftline.drift import Verdict
from driftline.drift_reports import report_drift
from driftline.evaluations.labelled import read_labelled
from driftline.metrics import Task, measure
from driftline.predictions import predict
from tests.streams import Forest, day, fires

HOURS = [f"{stamp:%Y-%m-%d-%H:%M}" for stamp in pd.date_range("2025-02-10", periods=120, freq="h")]
TURNED = {"2025-02-12": lambda frame: frame.assign(fire=frame["fire"].map({"yes": "no", "no": "yes"}))}


def hourly(*rules):
    return fires(
        Forest(rows_per_day=480, faults=TURNED),
        partitions=Hourly("2025-02-10", end="2025-02-15"),
        ground_truth=GroundTruth(delay="1h"),
        metrics=("auroc", "accuracy"),
        drift=rules,
    )


def bare(metric, below):
    return PerformanceDrift(metric, below=below, window="48h", confidence=None, m_of_n=(1, 1), min_labels=30)


def last_48_hours(labelled, hour):
    """The labels and scores of the 48 hours that end with `hour`, oldest first."""
    last = HOURS.index(hour)
    parts = [labelled[key] for key in HOURS[max(0, last - 47) : last + 1] if key in labelled]
    return np.concatenate([part.truth for part in parts]), np.concatenate([part.scores for part in parts])


@pytest.mark.parametrize(("metric", "below"), [("accuracy", 0.7), ("auroc", 0.93)])
def test_a_bare_level_speaks_exactly_where_the_last_48_hours_lie_below_it(served, metric, below):
    pipeline = hourly(bare(metric, below))
    predict(served, pipeline, HOURS)
    labelled = read_labelled(served, pipeline, HOURS).done
    reported = report_drift(served, pipeline, HOURS).done
    said = {hour: measure(metric, Task.BINARY, *last_48_hours(labelled, hour)) for hour in HOURS}
    evaluated = [hour for hour in HOURS if reported[hour].verdict in {"ok", "drift"}]
    assert len(evaluated) > 100
    assert {reported[hour].verdict == "drift" for hour in evaluated} == (
        {True, False} if metric == "accuracy" else {True}
    )
    for hour in evaluated:
        assert reported[hour].findings[0].analysis_rows == said[hour].row_count
        assert (reported[hour].verdict == "drift") is (said[hour].value < below)


def test_a_level_that_is_reached_exactly_does_not_speak(served):
    pipeline = hourly(bare("accuracy", 0.7))
    predict(served, pipeline, HOURS[:48])
    labelled = read_labelled(served, pipeline, HOURS[:48]).done
    value = measure("accuracy", Task.BINARY, *last_48_hours(labelled, HOURS[47])).value
    for below, verdict in ((value, Verdict.OK), (np.nextafter(value, 1), Verdict.DRIFT)):
        exactly = hourly(bare("accuracy", float(below)))
        assert report_drift(served, exactly, HOURS[47:48]).done[HOURS[47]].verdict == verdict


def test_labels_that_are_an_hour_late_are_not_counted_before(served):
    pipeline = hourly(bare("accuracy", 0.7))
    predict(served, pipeline, HOURS[:50])
    live = replace(served, replay_at=day("2025-02-12") + timedelta(hours=2))
    [found] = report_drift(live, pipeline, HOURS[49:50]).done[HOURS[49]].findings
    known = read_labelled(live, pipeline, HOURS[2:50]).done
    assert found.analysis_rows == sum(len(part.truth) for part in known.values())
    assert len(known[HOURS[49]].truth) == 0
