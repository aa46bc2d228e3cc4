"""What a report says of rows that are strange: an answer with its reason, and never an error or a silent ok."""

from decimal import Decimal

import numpy as np
import pytest

from driftline import DataDrift, MultivariateDrift, PerformanceDrift, PredictionDrift
from driftline.drift import Verdict
from driftline.drift_reports import report_drift
from driftline.evaluations import evaluate
from driftline.predictions import predict
from tests.streams import Forest, fires

DAYS = ["2025-02-10", "2025-02-11"]
LAST = DAYS[1]
RULES = (
    PerformanceDrift("auroc", window="2d", m_of_n=(1, 1)),
    DataDrift(window="2d"),
    PredictionDrift(window="2d"),
    MultivariateDrift(window="2d", min_rows=100),
)


def found(workspace, fault, days=DAYS, rules=RULES):
    """The findings of the second of two days that are both faulty, by kind, name and method."""
    pipeline = fires(Forest(faults=dict.fromkeys(days, fault)), drift=rules)
    assert predict(workspace, pipeline, DAYS).failed == {}
    evaluate(workspace, pipeline, DAYS)
    outcome = report_drift(workspace, pipeline, DAYS)
    assert outcome.failed == {}
    return {(one.kind, one.name, one.method): one for one in outcome.done[LAST].findings}


def of_column(findings, name):
    return {
        method: one.verdict for (kind, column, method), one in findings.items() if (kind, column) == ("column", name)
    }


def test_a_column_that_stands_still_is_drift(served):
    said = found(served, lambda frame: frame.assign(wind_kmh=12.0))
    assert of_column(said, "wind_kmh") == {"KS and tail chi-square": Verdict.DRIFT, "missing share": Verdict.OK}


@pytest.mark.parametrize("nothing", [np.nan, None])
def test_a_column_without_any_value_is_drift_of_its_missing_share(served, nothing):
    said = found(served, lambda frame: frame.assign(wind_kmh=np.array([nothing] * len(frame), dtype=float)))
    assert of_column(said, "wind_kmh") == {"KS and tail chi-square": "too_few_rows", "missing share": "drift"}
    assert said["multivariate", "all columns", "domain classifier"].verdict in {Verdict.OK, Verdict.DRIFT}


def test_a_category_that_never_was_is_drift(served):
    said = found(served, lambda frame: frame.assign(vegetation="desert"))
    assert of_column(said, "vegetation") == {
        "chi-square, single categories and unseen share": "drift",
        "missing share": "ok",
    }
    assert (
        "120 of 120 rows are in categories"
        in said["column", "vegetation", "chi-square, single categories and unseen share"].note
    )


def test_infinite_values_are_counted_and_break_nothing(served):
    hot = found(served, lambda frame: frame.assign(drought_index=np.where(frame["wind_kmh"] > 5, np.inf, 1.0)))
    assert of_column(hot, "drought_index")["non-finite share"] == "drift"


@pytest.mark.parametrize("kind", [float, Decimal, np.float32])
def test_numbers_that_are_stored_as_objects_are_reported_like_numbers(served, kind):
    """As some database drivers give them, with None for missing."""

    def with_missing(frame):
        return frame.assign(wind_kmh=frame["wind_kmh"].round(3).where(np.arange(len(frame)) % 9 > 0))

    def as_objects(frame):
        numbers = [None if np.isnan(value) else kind(value) for value in with_missing(frame)["wind_kmh"]]
        return frame.assign(wind_kmh=np.array(numbers, dtype=object))

    said, expected = found(served, as_objects), found(served, with_missing)
    assert of_column(said, "wind_kmh") == of_column(expected, "wind_kmh")
    for key, one in said.items():
        assert (one.analysis_rows, one.effect) == (expected[key].analysis_rows, pytest.approx(expected[key].effect))


def test_a_new_column_is_named_and_not_tested(served):
    said = found(served, lambda frame: frame.assign(smoke=1.0))
    assert of_column(said, "smoke") == {"none": Verdict.UNDEFINED}


def test_a_column_that_is_gone_is_no_verdict_but_a_failure_that_names_it(served):
    predict(served, fires(drift=RULES), DAYS)
    gone = fires(Forest(always=lambda frame: frame.drop(columns="wind_kmh")), drift=RULES)
    for outcome in (predict(served, gone, DAYS), report_drift(served, gone, DAYS)):
        assert outcome.done == {}
        assert all("'wind_kmh'" in why for why in outcome.failed.values())


def test_one_row_is_too_few_for_everything(served):
    said = found(served, lambda frame: frame.head(1))
    assert {one.verdict for one in said.values()} == {Verdict.TOO_FEW_ROWS}


def test_one_class_has_no_auroc_and_the_rest_is_still_said(served):
    said = found(served, lambda frame: frame.assign(fire="no"))
    auroc = said["performance", "auroc", "z test against the reference"]
    assert (auroc.verdict, "0 positives of 120" in auroc.note) == (Verdict.UNDEFINED, True)
    assert said["prediction", "probability", "KS and tail chi-square"].verdict in {Verdict.OK, Verdict.DRIFT}


def test_no_label_at_all_leaves_what_needs_none(served):
    said = found(served, lambda frame: frame.assign(fire=None))
    assert said["performance", "auroc", "z test against the reference"].verdict is Verdict.TOO_FEW_ROWS
    assert of_column(said, "wind_kmh")["missing share"] is Verdict.OK
