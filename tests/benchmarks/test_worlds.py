"""The worlds of benchmarks/recovery.py: the same for a seed, and their oracle's rows are of the concept in force."""

from itertools import pairwise

import numpy as np
import pytest

from benchmarks import worlds
from benchmarks.worlds import BEFORE, DAYS, FULL, RATE, between, change_of, directions

WORLDS = (
    worlds.stationary,
    worlds.sudden,
    worlds.mild,
    worlds.gradual,
    worlds.recurring,
    worlds.incremental,
    worlds.harder,
    worlds.season,
    worlds.covariates,
    worlds.classes,
    worlds.rare_classes,
    worlds.regression,
    worlds.regional,
    worlds.jumps,
)


def agreement(rows, direction):
    """How often the label is that of the side of a direction that a row lies on."""
    features = rows.filter(regex="^x").to_numpy()
    bend = 1 + 0.4 * features @ directions(0)[2]
    return np.mean(((features @ direction) * bend > 0) == (rows["y"] == "yes"))


def seen(world, start, end):
    return world.rows[world.rows["day"].between(start, end)]


@pytest.mark.parametrize("make", WORLDS)
def test_a_world_is_the_same_for_a_seed_and_another_for_another(make):
    assert make(0).rows.equals(make(0).rows)
    assert make(0).right_rows(0, 7).equals(make(0).right_rows(0, 7))
    assert not make(0).rows.equals(make(1).rows)


@pytest.mark.parametrize("make", WORLDS)
def test_rows_come_in_their_order_from_before_the_service_to_its_end(make):
    world = make(0)
    assert world.rows["day"].is_monotonic_increasing
    assert (world.rows["day"].min(), world.rows["day"].max()) == pytest.approx((-BEFORE, DAYS), abs=1)
    assert len(world.rows) == pytest.approx(RATE * (BEFORE + DAYS), rel=0.03)


@pytest.mark.parametrize("make", WORLDS)
def test_an_oracle_gets_full_windows_from_the_start_to_the_end_of_the_service(make):
    world = make(0)
    assert list(world.renewals) == sorted({0, *world.renewals})
    assert max(world.renewals) < DAYS
    fresh = world.right_rows(0, 7)
    assert len(fresh) == FULL
    assert list(fresh.columns) == list(world.rows.columns.drop("day"))


def test_what_decides_before_a_change_knows_nothing_of_what_decides_after_it():
    world, (one, other, *_) = worlds.sudden(0), directions(0)
    for start, end, right, wrong in ((-BEFORE, world.change, one, other), (world.change, DAYS, other, one)):
        for rows in (seen(world, start, end), world.right_rows(start, end)):
            assert agreement(rows, right) > 0.85
            assert agreement(rows, wrong) == pytest.approx(0.5, abs=0.05)


def test_the_rows_of_a_gradual_change_are_of_both_concepts_by_their_day():
    world, (one, other, *_) = worlds.gradual(0), directions(0)
    shares = [
        agreement(world.right_rows(day, day + 1), other) - agreement(world.right_rows(day, day + 1), one)
        for day in (world.change - 28, world.change, world.change + 28)
    ]
    assert shares == pytest.approx([-0.37, 0, 0.37], abs=0.05)
    assert world.renewals[1] == change_of(0)


def test_a_recurring_world_returns_to_its_first_concept():
    world, one = worlds.recurring(0), directions(0)[0]
    turns = [*world.renewals, DAYS]
    found = [agreement(seen(world, *turn), one) > 0.8 for turn in pairwise(turns)]
    assert found == [number % 2 == 0 for number in range(len(found))]
    assert len(found) == 5


def test_an_incremental_world_has_turned_by_half_a_circle():
    world, one = worlds.incremental(0), directions(0)[0]
    assert agreement(seen(world, -BEFORE, 0), one) > 0.85
    assert agreement(seen(world, DAYS - 7, DAYS), one) < 0.15


@pytest.mark.parametrize("make", [worlds.harder, worlds.season, worlds.covariates])
def test_the_concept_stays_where_only_rows_or_noise_change(make):
    world, one = make(0), directions(0)[0]
    for start in range(0, DAYS, 28):
        assert agreement(seen(world, start, start + 28), one) > 0.68
    assert world.change is None


def test_a_regional_change_is_one_of_a_third_of_the_rows():
    world, (one, other, _, side, *_) = worlds.regional(0), directions(0)
    after = seen(world, world.change, DAYS)
    inside = after.filter(regex="^x").to_numpy() @ side > 0.43
    assert inside.mean() == pytest.approx(1 / 3, abs=0.02)
    assert min(agreement(after[inside], other), agreement(after[~inside], one)) > 0.85
    assert agreement(seen(world, -BEFORE, world.change), one) > 0.85


def test_each_jump_is_to_another_concept():
    world = worlds.jumps(0)
    turns = [*world.renewals, DAYS]
    rows = [seen(world, *turn) for turn in pairwise(turns)]
    agreements = [[agreement(part, directions(0)[way]) for way in (0, 1, 3, 4)] for part in rows]
    served = np.argmax(agreements, axis=1)
    assert len(served) > 4
    assert (np.diff(served) != 0).all()


def test_a_rare_class_stays_as_rare_as_it_was():
    world = worlds.rare_classes(0)
    for start, end in ((-BEFORE, world.change), (world.change, DAYS)):
        shares = seen(world, start, end)["y"].value_counts(normalize=True)
        assert shares[["a", "b", "c"]].tolist() == pytest.approx([0.79, 0.14, 0.065], abs=0.02)


def test_directions_turn_on_the_unit_circle():
    turned = between(*directions(0)[:2], np.array([0, 0.5, 1, 2]))
    np.testing.assert_allclose(np.linalg.norm(turned, axis=1), 1)
    np.testing.assert_allclose(turned[3], -directions(0)[0], atol=1e-12)
