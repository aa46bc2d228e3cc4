import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from driftline.drift.effects import (
    kolmogorov_smirnov_distance,
    population_stability_index,
    total_variation_distance,
    wasserstein_distance,
)
from driftline.profiles.profile import count_column, profile_column

DISTANCES = [
    population_stability_index,
    kolmogorov_smirnov_distance,
    total_variation_distance,
]
BINS = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=2, max_size=20).filter(
    lambda rows: all(map(sum, zip(*rows, strict=True)))
)


def shares_of_tenths(change):
    """Return the shares of a changed normal in the ten equal bins of the standard one, in a million."""
    edges = stats.norm.ppf(np.arange(1, 10) / 10)
    return np.diff(change.cdf(edges), prepend=0, append=1) * 1e6


@pytest.mark.parametrize(
    ("change", "psi"),
    [
        (stats.norm(0.1), 0.0096),
        (stats.norm(0.2), 0.038),
        (stats.norm(0.5), 0.238),
        (stats.norm(scale=np.sqrt(1.5)), 0.053),
        (stats.norm(scale=2), 0.491),
    ],
)
def test_the_same_change_on_the_scale_of_psi(change, psi):
    assert population_stability_index(np.full(10, 1e5), shares_of_tenths(change)) == pytest.approx(psi, rel=0.02)


@pytest.mark.parametrize(
    ("shift", "scale", "ks", "moved", "tolerance"),
    [
        (0.1, 1, 0.040, 0.10, 0.02),
        (0.2, 1, 0.080, 0.20, 0.02),
        (0.5, 1, 0.197, 0.50, 0.02),
        (0, 2, 0.161, 0.80, 0.10),  # rows beyond the reference's range lie there evenly for all that is known
    ],
)
def test_the_same_change_on_the_scales_of_ks_and_wasserstein(shift, scale, ks, moved, tolerance):
    points = stats.norm.ppf((np.arange(20_000) + 0.5) / 20_000)
    profile = profile_column("x", points)
    changed = count_column(profile, points * scale + shift)
    counts = profile.counts.bin_counts, changed.bin_counts
    distance_moved = wasserstein_distance(
        *counts,
        edges=profile.bins.edges,
        minimum=min(profile.counts.minimum, changed.minimum),
        maximum=max(profile.counts.maximum, changed.maximum),
        standard_deviation=profile.standard_deviation,
    )
    assert kolmogorov_smirnov_distance(*counts) == pytest.approx(ks, abs=0.001)
    assert distance_moved == pytest.approx(moved, rel=tolerance)


def test_the_same_change_of_categories():
    before, after = [40, 30, 30], [45, 25, 30]
    assert population_stability_index(before, after) == pytest.approx(0.015, abs=5e-4)
    assert total_variation_distance(before, after) == pytest.approx(0.05)


@pytest.mark.parametrize("distance_of", DISTANCES)
@given(bins=BINS)
def test_a_distance_is_zero_against_itself_and_never_negative(distance_of, bins):
    before, after = (list(counts) for counts in zip(*bins, strict=True))
    assert distance_of(before, before) == 0.0
    assert 0.0 <= distance_of(before, after) < float("inf")


def test_disjoint_counts_are_one_apart():
    for distance_of in (kolmogorov_smirnov_distance, total_variation_distance):
        assert distance_of([5, 0], [0, 7]) == pytest.approx(1.0)


def test_the_wasserstein_distance_agrees_with_scipy():
    rng = np.random.default_rng(3)
    reference, analysis = rng.gamma(2, 3, 5000), rng.gamma(2.5, 3, 3000)
    profile = profile_column("x", reference)
    counts = count_column(profile, analysis)
    found = wasserstein_distance(
        profile.counts.bin_counts,
        counts.bin_counts,
        edges=profile.bins.edges,
        minimum=min(reference.min(), analysis.min()),
        maximum=max(reference.max(), analysis.max()),
        standard_deviation=profile.standard_deviation,
    )
    assert found == pytest.approx(stats.wasserstein_distance(reference, analysis) / reference.std(), rel=0.02)
