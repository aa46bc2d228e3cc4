"""A label that a version cannot be measured on costs its row: it is counted and named, and the rest is measured."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from driftline.datasets import Target, encode_known
from driftline.datasets.errors import InvalidTargetError
from driftline.drift_reports import report_drift
from driftline.evaluations import count_labels, evaluate, measure_window
from driftline.evaluations.renewal import is_outdated
from driftline.predictions import predict
from tests.histories import stored_evaluations
from tests.streams import DAYS, FAULTY, Forest, fires

STRANGE = fires(
    Forest(faults={FAULTY: lambda frame: frame.assign(fire=frame["fire"].where(np.arange(len(frame)) > 1, "perhaps"))})
)
MISSING = fires(
    Forest(faults={FAULTY: lambda frame: frame.assign(fire=frame["fire"].where(np.arange(len(frame)) > 1))})
)


def test_a_label_of_an_unknown_class_leaves_its_row_out_and_the_rest_is_measured(served):
    predict(served, STRANGE, DAYS)
    measured, without = evaluate(served, STRANGE, DAYS).done, evaluate(served, MISSING, DAYS).done
    assert list(measured) == DAYS
    assert (measured[FAULTY].row_count, measured[FAULTY].label_count) == (60, 58)
    assert measured[FAULTY].measurements == without[FAULTY].measurements
    [sentence] = measured[FAULTY].left_out
    assert sentence.startswith(
        "2 of 60 rows are left out: 'perhaps' (2) in the target column 'fire' is no class that the model knows, "
        "the first in the row time=2025-02-11T"
    )
    stored = [row.left_out for row, _ in stored_evaluations(served) if row.partition_key == FAULTY]
    assert stored == [[sentence], []]
    assert measured[DAYS[0]].left_out == ()


def test_its_labels_are_counted_and_its_drift_is_reported_and_its_window_says_what_it_lacks(served):
    predict(served, STRANGE, DAYS)
    assert count_labels(served, STRANGE, [FAULTY]).done[FAULTY].label_count == 60
    reports = report_drift(served, STRANGE, DAYS)
    assert (set(reports.done), reports.failed) == (set(DAYS), {})
    window = measure_window(served, STRANGE, "3d", until=DAYS[-1])
    assert (window.row_count, window.label_count, window.left_out) == (180, 178, {})
    assert window.rows_left_out[0].startswith("2 of 180 rows are left out")


def test_a_partition_without_any_other_label_has_failed(served):
    unknown = fires(Forest(faults={FAULTY: lambda frame: frame.assign(fire="perhaps")}))
    predict(served, unknown, DAYS)
    measured = evaluate(served, unknown, DAYS)
    assert (set(measured.done), measured.waiting) == ({DAYS[0], DAYS[2]}, {})
    assert "60 of 60 rows are left out: 'perhaps' (60) in the target column 'fire'" in measured.failed[FAULTY]


def test_labels_as_a_model_knows_them():
    kinds = pd.DataFrame({"kind": ["a", None, "c", "b"]})
    nan = pytest.approx(np.nan, nan_ok=True)
    assert encode_known(Target("kind"), kinds, classes=("a", "b")).tolist() == [0, nan, nan, 1]
    assert encode_known(Target("kind"), kinds, classes=("not b", "b")).tolist() == [0, nan, 0, 1]
    wages = pd.DataFrame({"wage": [1.5, np.inf, np.nan]})
    assert encode_known(Target("wage"), wages, classes=()).tolist() == [1.5, nan, nan]
    assert encode_known(Target("wage"), wages.head(0).astype(object), classes=()).tolist() == []
    with pytest.raises(InvalidTargetError, match="regression"):
        encode_known(Target("kind"), kinds, classes=())


def test_labels_that_cannot_be_measured_are_not_waited_for():
    rule = replace(fires().ground_truth, renew_at=0.5)
    assert is_outdated(rule, row_count=58, labelled_then=57, labelled_now=58, corrected=False)
    assert not is_outdated(rule, row_count=60, labelled_then=57, labelled_now=58, corrected=False)
