import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from driftline.drift.contingency import chi_square, share_change_p_value


def test_chi_square_agrees_with_scipy_when_nothing_is_pooled():
    before, after = np.array([400, 300, 300]), np.array([90, 50, 60])
    expected = stats.chi2_contingency(np.stack([before, after]), correction=False)
    found = chi_square(before, after)
    assert found.statistic == pytest.approx(expected.statistic)
    assert (found.p_value, found.degrees_of_freedom) == (pytest.approx(expected.pvalue), 2)


def test_rare_bins_are_pooled_with_their_neighbours():
    found = chi_square(np.array([500, 300, 2, 1, 1]), np.array([50, 30, 0, 1, 0]))
    assert found.degrees_of_freedom == 1


def test_one_bin_leaves_nothing_to_test():
    found = chi_square(np.array([100, 0]), np.array([90, 0]))
    assert (found.degrees_of_freedom, found.p_value) == (0, 1.0)


@given(st.integers(1, 60), st.integers(1, 60), st.data())
def test_small_shares_are_tested_by_fisher(reference_rows, rows, data):
    reference_count = data.draw(st.integers(0, min(15, reference_rows)))
    count = data.draw(st.integers(0, min(15, rows)))
    table = [[count, rows - count], [reference_count, reference_rows - reference_count]]
    found = share_change_p_value(reference_count, reference_rows, count, rows)
    assert found == pytest.approx(stats.fisher_exact(table).pvalue)


def test_nearly_everything_is_tested_like_nearly_nothing():
    assert share_change_p_value(995, 1000, 80, 100) == pytest.approx(share_change_p_value(5, 1000, 20, 100))


def test_large_shares_are_tested_by_z():
    pooled = 700 / 3000
    z = (200 / 1000 - 500 / 2000) / np.sqrt(pooled * (1 - pooled) * (1 / 1000 + 1 / 2000))
    assert share_change_p_value(500, 2000, 200, 1000) == pytest.approx(2 * stats.norm.sf(abs(z)))
