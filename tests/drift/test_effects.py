import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from driftline.drift import DataDrift
from driftline.drift.columns import column_findings
from driftline.drift.effects import (
    kolmogorov_smirnov_distance,
    population_stability_index,
    total_variation_distance,
)
from driftline.profiles import count_columns, profile_columns, total_counts

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


def moved(reference, window):
    """The Wasserstein distance in standard deviations as a report tells it, and the KS distance."""
    profile = profile_columns({"x": reference})
    values = column_findings(profile, count_columns(profile, {"x": window}), DataDrift())[0].values
    return values["wasserstein"], values["ks"]


def by_scipy(reference, window):
    return stats.wasserstein_distance(reference, window) / reference.std()


@pytest.mark.parametrize(
    ("shift", "scale", "ks", "distance"),
    [(0.1, 1, 0.040, 0.10), (0.2, 1, 0.080, 0.20), (0.5, 1, 0.197, 0.50), (0, 2, 0.161, 0.798)],
)
def test_the_same_change_on_the_scales_of_ks_and_wasserstein(shift, scale, ks, distance):
    points = stats.norm.ppf((np.arange(20_000) + 0.5) / 20_000)
    found = moved(points, points * scale + shift)
    assert found == (pytest.approx(distance, abs=0.001), pytest.approx(ks, abs=0.001))


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


SHAPES = {
    "normal": lambda random, rows: random.normal(size=rows),
    "skewed": lambda random, rows: random.gamma(2, 3, rows),
    "heavy": lambda random, rows: random.lognormal(0, 1.5, rows),
    "zeros": lambda random, rows: np.where(random.random(rows) < 0.8, 0.0, random.gamma(2, size=rows)),
    "clusters": lambda random, rows: random.choice([-7.0, 0.0, 5.0, 900.0], rows) + random.normal(0, 0.01, rows),
}


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(sorted(SHAPES)),
    st.sampled_from(["unchanged", "shifted", "clustered", "a single row", "another unit", "far away"]),
    st.integers(60, 4000),
    st.integers(60, 4000),
    st.integers(0, 2**32),
)
def test_the_wasserstein_distance_is_scipys(shape, change, reference_rows, rows, seed):
    random = np.random.default_rng(seed)
    reference, window = SHAPES[shape](random, reference_rows), SHAPES[shape](random, rows)
    if change == "shifted":
        window += reference.std() * random.normal()
    elif change == "clustered":
        window = random.choice(random.uniform(reference.min(), reference.max(), 3), rows)
    elif change == "a single row":
        window[0] = reference.std() * 10.0 ** random.uniform(1, 6)
    elif change == "another unit":
        window[random.random(rows) < 0.05] *= 1000
    elif change == "far away":
        window[random.random(rows) < 0.05] -= 100 * reference.std()
    found, expected = moved(reference, window)[0], by_scipy(reference, window)
    assert found == pytest.approx(expected, rel=0.005, abs=0.003)


@pytest.mark.parametrize(("rows", "far", "at"), [(10_000, 500, 100.0), (2000, 20, 11.0), (2000, 1, -1e6)])
def test_rows_beyond_the_reference_count_with_their_distance(rows, far, at):
    points = stats.norm.ppf((np.arange(rows) + 0.5) / rows)
    window = points.copy()
    window[random_places(rows, far)] = at
    found, expected = moved(points, window)[0], by_scipy(points, window)
    assert found == pytest.approx(expected, rel=1e-3)


def random_places(rows, count):
    return np.random.default_rng(1).choice(rows, count, replace=False)


def test_windows_of_partitions_move_as_far_as_all_their_rows():
    random = np.random.default_rng(5)
    reference, window = random.normal(size=3000), random.normal(size=1200) + 50 * (random.random(1200) < 0.02)
    profile = profile_columns({"x": reference})
    days = [count_columns(profile, {"x": day})["x"] for day in np.split(window, 12)]
    found = column_findings(profile, {"x": total_counts(days)}, DataDrift())[0].values["wasserstein"]
    assert found == pytest.approx(by_scipy(reference, window), rel=0.005)


def test_the_stability_index_of_equal_shares_is_zero_where_both_have_an_empty_bin():
    assert population_stability_index([50, 0, 50], [10, 0, 10]) == 0.0
    assert population_stability_index([50, 0, 25], [10, 0, 5]) == 0.0
    assert population_stability_index([50, 0, 50], [25, 0, 75]) == population_stability_index([50, 50], [25, 75])
    assert 0.0 < population_stability_index([50, 0, 50], [50, 1, 50]) < 0.02
