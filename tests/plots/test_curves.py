import numpy as np
import pytest
from sklearn import metrics as oracle

from driftline.metrics.errors import InvalidScoresError
from driftline.plots.curves import calibration, confusion_matrix, roc_curve


def rows(row_count, seed=0):
    rng = np.random.default_rng(seed)
    scores = rng.random(row_count)
    return (rng.random(row_count) < scores).astype(int), scores


def test_a_short_roc_curve_has_every_point():
    truth, scores = rows(50)
    curve = roc_curve(truth, scores)
    false_rate, true_rate, _ = oracle.roc_curve(truth, scores, drop_intermediate=False)
    assert curve.false_positive_rate == pytest.approx(false_rate)
    assert curve.true_positive_rate == pytest.approx(true_rate)
    assert curve.thresholds[0] is None
    assert curve.positive_count + curve.negative_count == 50


def test_a_long_roc_curve_is_thinned_and_keeps_its_area():
    truth, scores = rows(20_000)
    curve = roc_curve(truth, scores)
    assert len(curve.thresholds) <= 200
    assert (curve.false_positive_rate[0], curve.true_positive_rate[-1]) == (0.0, 1.0)
    area = np.trapezoid(curve.true_positive_rate, curve.false_positive_rate)
    assert area == pytest.approx(oracle.roc_auc_score(truth, scores), abs=1e-3)


def test_one_class_has_no_roc_curve():
    curve = roc_curve([0, 0], [0.1, 0.2])
    assert (curve.thresholds, curve.positive_count, curve.negative_count) == ((), 0, 2)


def test_a_calibrated_model_lies_on_the_diagonal():
    found = calibration(*rows(20_000))
    assert len(found.counts) == 10
    assert max(found.counts) - min(found.counts) <= 1
    assert found.expected_error < 0.02
    assert (
        sum(
            low <= p <= high
            for low, p, high in zip(found.observed_low, found.predicted, found.observed_high, strict=True)
        )
        >= 8
    )


def test_tied_scores_share_a_bin():
    found = calibration([0, 1, 1, 1], [0.5] * 4)
    assert (found.counts, found.predicted, found.observed) == ((4,), (0.5,), (0.75,))


def test_no_rows_have_no_calibration_error():
    assert calibration([], []).expected_error is None


def test_a_confusion_matrix_has_a_row_for_every_class():
    assert confusion_matrix([0, 0, 1], [0, 1, 1], class_count=3).counts == ((1, 1, 0), (0, 1, 0), (0, 0, 0))


def test_a_label_beyond_the_classes_is_an_error():
    with pytest.raises(InvalidScoresError, match="1 of 4 values are not a class index from 0 to 1"):
        confusion_matrix([0, 2], [0, 1], class_count=2)
