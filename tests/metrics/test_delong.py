import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftline.metrics import auroc_covariance
from driftline.metrics.delong import placements

TRUTH = np.array([0] * 6 + [1] * 4)
CHAMPION = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.35, 0.55, 0.7, 0.8])
CHALLENGER = np.array([0.2, 0.1, 0.4, 0.3, 0.45, 0.5, 0.4, 0.65, 0.9, 0.7])


def by_all_pairs(truth, scores):
    positives, negatives = scores[truth == 1], scores[truth == 0]
    wins = (positives[:, None] > negatives) + 0.5 * (positives[:, None] == negatives)
    return wins.mean(axis=1), wins.mean(axis=0)


def test_the_hand_example_with_a_tie_across_classes():
    found = auroc_covariance(TRUTH, np.stack([CHAMPION, CHALLENGER]))
    assert found.aurocs == pytest.approx([0.8333333333, 0.8958333333])
    assert found.covariance.ravel() == pytest.approx(
        [0.0208333333, 0.0143518519, 0.0143518519, 0.0133680556], abs=1e-10
    )


@given(st.data())
def test_placements_are_those_of_all_pairs(data):
    row_count = data.draw(st.integers(4, 80))
    truth = np.array(data.draw(st.permutations([0, 0, 1, 1] + [0, 1] * ((row_count - 4) // 2))))
    # Few distinct scores make many ties, within and across the classes.
    scores = np.array(data.draw(st.lists(st.integers(0, 9), min_size=len(truth), max_size=len(truth)))) / 9.0
    of_positives, of_negatives = by_all_pairs(truth, scores)
    placed = placements(truth, scores[None, :])
    assert placed.of_positives[0] == pytest.approx(of_positives, abs=1e-12)
    assert placed.of_negatives[0] == pytest.approx(of_negatives, abs=1e-12)
    m, n = len(of_positives), len(of_negatives)
    expected = of_positives.var(ddof=1) / m + of_negatives.var(ddof=1) / n
    assert auroc_covariance(truth, scores[None, :]).covariance[0, 0] == pytest.approx(expected, abs=1e-12)


def test_the_covariance_of_a_model_with_itself_is_its_variance():
    covariance = auroc_covariance(TRUTH, np.stack([CHAMPION, CHAMPION])).covariance
    assert np.ptp(covariance) == pytest.approx(0.0, abs=1e-15)


def test_the_variance_is_that_of_repeated_samples():
    rng = np.random.default_rng(2)
    truth = np.repeat([0, 1], [150, 50])
    areas, variances = [], []
    for _ in range(500):
        found = auroc_covariance(truth, (rng.normal(size=200) + 1.2 * truth)[None, :])
        areas.append(found.aurocs[0])
        variances.append(found.covariance[0, 0])
    assert np.mean(variances) == pytest.approx(np.var(areas), rel=0.2)
