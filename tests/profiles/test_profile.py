import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftline.profiles import ColumnCounts, NumericBins, ReferenceProfile, count_columns, profile_columns
from driftline.profiles.bins import MOST_CATEGORIES, CategoryBins, GroupBins
from driftline.profiles.errors import InvalidProfileError, SchemaDriftError, UnsupportedColumnError
from driftline.profiles.profile import count_column, profile_column

NUMBERS = st.lists(st.floats(), max_size=60).map(lambda values: np.array(values, dtype=float))
TEXTS = st.lists(st.none() | st.sampled_from("abcde") | st.text(max_size=3), max_size=60).map(
    lambda values: np.array([*values, None], dtype=object)[:-1]
)
COLUMNS = NUMBERS | TEXTS


@given(NUMBERS, TEXTS)
def test_a_profile_survives_json_exactly(numbers, texts):
    profile = profile_columns({"x": numbers, "c": texts})
    stored = json.dumps(profile.to_json(), allow_nan=False)
    assert ReferenceProfile.from_json(json.loads(stored)) == profile


@given(COLUMNS, st.data())
def test_counts_of_parts_add_to_the_counts_of_the_whole(values, data):
    profile = profile_column("x", values)
    cut = data.draw(st.integers(0, len(values)))
    whole = count_column(profile, values)
    parts = count_column(profile, values[:cut]) + count_column(profile, values[cut:])
    assert replace(parts, bin_sums=whole.bin_sums) == whole == profile.counts
    if whole.bin_sums is not None:
        assert parts.bin_sums == pytest.approx(whole.bin_sums, rel=1e-9)


@given(COLUMNS, st.randoms(use_true_random=False))
def test_a_profile_is_unchanged_by_row_order(values, random):
    order = list(range(len(values)))
    random.shuffle(order)
    before, after = profile_column("x", values), profile_column("x", values[order])
    assert (after.bins, after.counts) == (before.bins, before.counts)


@given(COLUMNS)
def test_every_row_is_counted_once(values):
    counts = profile_column("x", values).counts
    assert counts.row_count == len(values)
    binned = counts.binned_count
    assert binned in {counts.present_count, counts.present_count - counts.non_finite_count}


@given(COLUMNS)
def test_counts_survive_json_exactly(values):
    counts = profile_column("x", values).counts
    assert ColumnCounts.from_json(json.loads(json.dumps(counts.to_json(), allow_nan=False))) == counts


def test_a_store_that_gives_whole_floats_back_as_integers_changes_nothing():
    profile = profile_columns({"x": np.array([1.0, 2.0, 2.0]), "y": np.arange(-20.0, 20.0)})
    stored = json.loads(json.dumps(profile.to_json()).replace(".0,", ",").replace(".0]", "]"))
    restored = ReferenceProfile.from_json(stored)
    assert [c.bins.digest for c in restored.columns] == [c.bins.digest for c in profile.columns]


def test_counts_agree_with_a_search_of_every_row():
    rng = np.random.default_rng(0)
    reference, analysis = rng.normal(size=5000), rng.normal(0.3, 2, size=3000)
    profile = profile_column("x", reference)
    expected = np.bincount(np.searchsorted(profile.bins.edges, analysis), minlength=profile.bins.bin_count)
    assert count_column(profile, analysis).bin_counts == tuple(expected)


def test_a_frequent_value_has_a_bin_of_its_own():
    rng = np.random.default_rng(1)
    reference = np.where(rng.random(2000) < 0.7, 0.0, rng.normal(size=2000))
    profile = profile_column("x", reference)
    moved = count_column(profile, np.where(reference == 0.0, -1e-9, reference))
    zeros = int((reference == 0.0).sum())
    position = int(np.searchsorted(profile.bins.edges, 0.0))
    assert (profile.counts.bin_counts[position], moved.bin_counts[position]) == (zeros, 0)


def test_numbers_with_few_distinct_values_are_counted_by_value():
    profile = profile_column("x", np.array([1.0, 2, 1, 2, 2, np.nan, np.inf]))
    assert profile.bins == CategoryBins(categories=(2.0, 1.0), numeric=True)
    assert profile.counts.bin_counts == (3, 2, 0)
    assert (profile.counts.missing_count, profile.counts.plus_infinity_count) == (1, 1)
    assert isinstance(profile_column("x", np.arange(11)).bins, NumericBins)


def test_infinities_lie_in_the_end_bins_and_not_in_the_moments():
    profile = profile_column("x", np.append(np.arange(20.0), [np.inf, -np.inf, -np.inf]))
    assert (profile.counts.bin_counts[0], profile.counts.bin_counts[-1]) == (2, 1)
    assert (profile.mean, sum(profile.counts.bin_sums)) == (pytest.approx(9.5), 190.0)


def test_integers_and_booleans_are_numbers():
    assert profile_column("x", np.array([True, False, True, False, True])).bins.categories == (1.0, 0.0)
    assert profile_column("x", np.arange(100)).mean == pytest.approx(49.5)


def test_all_categories_are_listed_the_most_frequent_first():
    values = np.array([f"c{i:03}" for i in range(300)] + ["c299"] * 5, dtype=object)
    profile = profile_column("c", values)
    assert profile.bins.categories[:2] == ("c299", "c000")
    assert len(profile.bins.categories) == 300
    assert profile.counts.bin_counts[-1] == 0


def test_very_many_categories_are_counted_in_groups_that_do_not_depend_on_the_rows():
    names = np.array([f"id {i}" for i in range(MOST_CATEGORIES + 1)], dtype=object)
    profile, other = profile_column("c", names), profile_column("c", np.append(names[::-1], ["new", "new"]))
    assert profile.bins == other.bins == GroupBins()
    assert sum(profile.counts.bin_counts) == len(names)
    counts = count_column(profile, np.array(["id 7"] * 3 + ["\ud800"], dtype=object))
    assert counts.bin_counts[GroupBins().group("id 7")] == 3
    assert (
        ReferenceProfile.from_json(json.loads(json.dumps(profile_columns({"c": names}).to_json()))).columns[0]
        == profile
    )


def test_unseen_categories_are_counted_by_name_and_nan_is_missing():
    profile = profile_column("c", np.array(["a", "b", "a"], dtype=object))
    counts = count_column(profile, np.array(["a", "z", "y", "z", None, float("nan")], dtype=object))
    assert (counts.bin_counts, counts.missing_count) == ((1, 0, 3), 2)
    assert (counts + counts).unlisted == (("z", 4), ("y", 2))


def test_text_in_a_column_of_numbers_is_a_schema_error():
    profile = profile_column("age", np.arange(50.0))
    with pytest.raises(SchemaDriftError, match="'age' holds text where the reference holds numbers"):
        count_column(profile, np.array(["old", "young"], dtype=object))
    with pytest.raises(SchemaDriftError, match="holds numbers"):
        count_column(profile_column("job", np.array(["a", "b"], dtype=object)), np.arange(3.0))


@pytest.mark.parametrize("reference", [np.arange(50.0), np.ones(5), np.array(["a", "b"], dtype=object)])
@pytest.mark.parametrize("missing", [np.full(4, np.nan), np.full(4, None)])
def test_a_column_without_any_value_fits_every_reference(reference, missing):
    counts = count_column(profile_column("x", reference), missing)
    assert (counts.missing_count, counts.binned_count) == (4, 0)


@pytest.mark.parametrize("values", [np.arange(3.0), np.array(["a", "b", "c"], dtype=object)])
def test_a_reference_without_any_value_takes_numbers_and_text(values):
    counts = count_column(profile_column("x", np.full(5, None)), values)
    assert counts.bin_counts == (3,)


@pytest.mark.parametrize(
    "values",
    [
        np.array(["2026-05-03"], dtype="datetime64[D]"),
        np.zeros((2, 2)),
        np.array([("a",), {}, 3], dtype=object),
        np.array([object()], dtype=object),
    ],
)
def test_times_and_objects_have_no_profile(values):
    with pytest.raises(UnsupportedColumnError, match="'x'"):
        profile_column("x", values)


def test_the_columns_that_both_hold_are_counted():
    reference = profile_columns({"x": np.arange(50.0), "z": np.arange(50.0)})
    assert list(count_columns(reference, {"x": np.arange(3.0), "y": np.arange(3.0)})) == ["x"]
    assert count_columns(None, {"x": np.arange(3.0)}) == {}


def test_counts_on_different_bins_do_not_add():
    counts = [profile_column("x", values).counts for values in (np.arange(50.0), np.arange(60.0))]
    with pytest.raises(InvalidProfileError):
        counts[0] + counts[1]


@pytest.mark.parametrize("stored", [{}, {"format": 1}, {"format": 1, "row_count": 1, "columns": [{}]}])
def test_a_profile_that_cannot_be_read_says_so(stored):
    with pytest.raises(InvalidProfileError, match="cannot be read"):
        ReferenceProfile.from_json(stored)
