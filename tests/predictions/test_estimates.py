"""Estimates without labels: of calibrated champions alone, apart from what is measured."""

import pytest

from driftline.dossier import holdout_scores
from driftline.evaluations import evaluate, evaluations_of
from driftline.plots import CALIBRATION_ERROR
from driftline.predictions import predict
from driftline.registry import find_version
from driftline.store import evaluation_rows
from tests.streams import fires

DAYS = ["2025-02-10", "2025-02-11"]
WATCHED = fires(metrics=("auroc", "log_loss", "accuracy"))


@pytest.fixture
def calibrated(served):
    """The first model of `fires`, as if its holdout had shown that it is calibrated."""
    with served.database.transaction() as session:
        [held] = evaluation_rows.newest_evaluations(session, [find_version(served, "fires/1").id], "fires/holdout")
        [error] = [row for row in evaluation_rows.evaluation_metrics(session, [held.id])[held.id] if _is_error(row)]
        error.value = 0.01
        session.add(error)
    return served


def _is_error(row):
    return row.metric == CALIBRATION_ERROR


def stored(workspace):
    with workspace.database.reading() as session:
        rows = evaluation_rows.newest_evaluations(session, [find_version(workspace, "fires/1").id], "fires/estimated")
        return [(row, evaluation_rows.evaluation_metrics(session, [row.id])[row.id]) for row in rows]


def test_the_calibration_of_a_version_is_measured_on_its_holdout(served):
    error = holdout_scores(served, fires(), find_version(served, "fires/1"))[CALIBRATION_ERROR]
    assert 0.02 < error.ci_low < error.ci_high < 0.2


def test_a_version_that_is_not_calibrated_is_not_estimated(served):
    assert predict(served, WATCHED, DAYS).done[DAYS[0]].estimates == ()
    assert stored(served) == []


def test_a_calibrated_one_is_estimated_before_any_label_comes(calibrated):
    predicted = predict(calibrated, WATCHED, DAYS).done[DAYS[0]]
    assert [found.metric for found in predicted.estimates] == ["estimated_auroc", "estimated_accuracy"]
    assert all(found.ci_low < found.value < found.ci_high for found in predicted.estimates)
    rows = stored(calibrated)
    assert [(row.partition_key, row.row_count, row.label_count) for row, _ in rows] == [(day, 60, 0) for day in DAYS]
    assert {metric.metric for _, metrics in rows for metric in metrics} == {"estimated_auroc", "estimated_accuracy"}


def test_the_same_predictions_are_estimated_once(calibrated):
    predict(calibrated, WATCHED, DAYS)
    first = [row.id for row, _ in stored(calibrated)]
    predict(calibrated, WATCHED, DAYS[::-1])
    assert [row.id for row, _ in stored(calibrated)] == first


def test_estimates_are_never_among_the_measurements(calibrated):
    predict(calibrated, WATCHED, DAYS)
    assert evaluations_of(calibrated, WATCHED, DAYS) == {}
    evaluate(calibrated, WATCHED, DAYS)
    measured = evaluations_of(calibrated, WATCHED, DAYS)
    assert {found.metric for found in measured[DAYS[0]]} == {"auroc", "log_loss", "accuracy"}


def test_a_pipeline_without_a_metric_that_can_be_estimated_has_none(calibrated):
    assert predict(calibrated, fires(metrics=("log_loss",), drift=()), DAYS).done[DAYS[0]].estimates == ()
