"""Health has a memory: the level is the pipeline's, and is lost, regained or given up by rules alone."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from driftline.health import Accepted, HealthRule, HoldoutLoss, Recovery, assess, health_of_json, sample_mean
from driftline.health.losses import losses_and_excess, partition_loss
from driftline.metrics import Task

START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
RULE = Recovery()


def rows(quality, *, claimed=None, count=200, seed=0):
    """Labels and probabilities of a model that is right with 0.5 + quality / 2, and says so unless it claims more."""
    random = np.random.default_rng(seed)
    truth = (random.random(count) < 0.5).astype(float)
    right = random.random(count) < 0.5 + quality / 2
    sure = 0.5 + (quality if claimed is None else claimed) / 2
    return truth, np.where(right == (truth > 0.5), sure, 1 - sure)


@dataclass
class World:
    """Days of one pipeline: for each version, its rows by day; who serves is the newest service that has begun."""

    losses_by_version: dict[int, list]
    services: list[tuple[int, int]] = field(default_factory=lambda: [(0, 1)])  # (first day, version)
    day: int = 0
    holdouts: dict[int, HoldoutLoss] = field(default_factory=dict)
    task: Task = Task.BINARY
    training_length: timedelta = 56 * DAY
    holdout_length: timedelta = 7 * DAY

    def champion(self, day):
        return next(version for first, version in reversed(self.services) if first <= day)

    @property
    def end(self):
        return START + (self.day + 1) * DAY

    @property
    def as_of(self):
        return self.end + DAY

    @property
    def champion_id(self):
        return self.champion(self.day + 1)

    @property
    def honest_from(self):
        first = next(first for first, _ in reversed(self.services) if first <= self.day + 1)
        return START + first * DAY

    def served(self, start):
        labelled = min(self.day + 1, *(len(days) for days in self.losses_by_version.values()))
        days = [day for day in range(labelled) if START + day * DAY >= start]
        return [self.losses_by_version[self.champion(day)][day] for day in days]

    def losses(self, version_id, start):
        return [part for part in self.losses_by_version[version_id][: self.day + 1] if part.start >= start]

    def holdout(self, version_id):
        return self.holdouts.get(version_id)


def parts(qualities, *, claimed=None):
    found = []
    for day, quality in enumerate(qualities):
        start = START + day * DAY
        truth, scores = rows(quality, claimed=claimed, seed=day)
        found.append(partition_loss(Task.BINARY, truth, scores, start=start, end=start + DAY))
    return found


def judged(quality):
    losses, excess = losses_and_excess(Task.BINARY, *rows(quality, count=1400, seed=99))
    return HoldoutLoss(loss=sample_mean(losses), excess=sample_mean(excess))


def lived(world, days, *, looks=(), accepted=None, rule=RULE):
    """The health at each day of a world."""
    found = []
    for day in days:
        world.day = day
        previous = found[-1] if found else None
        new = accepted if accepted is not None and previous is not None and accepted.at == previous.as_of else None
        known = [look for look in looks if look < world.as_of]
        found.append(assess(rule, previous, world, accepted=new, looks=known))
    return found


def test_a_level_begins_with_the_first_holdout_and_is_kept():
    world = World({1: parts([0.8] * 60)}, holdouts={1: judged(0.8)})
    found = lived(world, range(60))
    assert found[0].level == pytest.approx(judged(0.8).loss.value + 2 * judged(0.8).loss.standard_error)
    assert all(health.is_settled for health in found)
    assert found[-1].rule is HealthRule.LEVEL_KEPT
    assert found[-1].level <= found[0].level


def test_without_a_holdout_there_is_no_level_before_two_weeks_were_served():
    found = lived(World({1: parts([0.8] * 20)}), range(20))
    assert [health.level is None for health in found] == [True] * 13 + [False] * 7


def test_a_loss_of_quality_is_an_episode_that_knows_when_it_began():
    world = World({1: parts([0.8] * 40 + [0.1] * 20, claimed=0.8)}, holdouts={1: judged(0.8)})
    found = lived(world, range(60))
    first = next(health for health in found if not health.is_settled)
    assert first.rule is HealthRule.LEVEL_LOST
    assert timedelta(0) < first.as_of - (START + 40 * DAY) <= 9 * DAY
    assert found[-1].changed_at == START + 40 * DAY
    assert found[-1].rows_since_change == (20 - 7) * 200
    assert found[-1].anchor_id == 1


def test_a_poor_promotion_does_not_lower_the_level():
    poor = parts([0.1] * 45 + [0.3] * 60)
    world = World(
        {1: parts([0.8] * 40 + [0.1] * 65, claimed=0.8), 2: poor}, [(0, 1), (50, 2)], holdouts={1: judged(0.8)}
    )
    found = lived(world, range(100), looks=[START + 49 * DAY])
    assert found[-1].level == found[39].level
    assert not found[-1].is_settled
    assert found[-1].rule is HealthRule.LEVEL_NOT_REGAINED
    assert {health.champion_id for health in found} == {1, 2}


def test_the_level_is_regained_after_a_look_alone():
    versions = {1: parts([0.8] * 40 + [0.1] * 60, claimed=0.8), 2: parts([0.8] * 100)}
    services = [(0, 1), (55, 2)]
    without = lived(World(versions, services, holdouts={1: judged(0.8)}), range(90))
    found = lived(World(versions, services, holdouts={1: judged(0.8)}), range(90), looks=[START + 54 * DAY])
    assert not without[-1].is_settled
    regained = [health for health in found if health.rule is HealthRule.LEVEL_REGAINED]
    assert [health.as_of - (START + 55 * DAY) for health in regained] == [8 * DAY]  # seven honest days, a day's delay
    assert found[-1].is_settled
    assert found[-1].changed_at is None


def test_a_level_that_is_surely_lost_again_is_not_regained_by_the_good_weeks_before():
    class Unserved(World):
        def served(self, start):
            return []  # so that the good weeks make no better level

    versions = {1: parts([0.8] * 40 + [0.1] * 60, claimed=0.8), 2: parts([0.9] * 95 + [0.1] * 5, claimed=0.9)}
    world = Unserved(versions, [(0, 1), (55, 2)], holdouts={1: judged(0.8)})
    looked = [START + 99 * DAY]  # when four bad days are known, after four good weeks
    found = lived(world, range(99), looks=looked)
    assert found[-1].loss.value < 1.05 * found[-1].level
    assert found[-1].rule is HealthRule.LEVEL_NOT_REGAINED


def test_harder_rows_are_no_loss_of_the_level_while_probabilities_are_right():
    random = np.random.default_rng(7)
    days = []
    for day in range(60):
        width = 0.45 if day < 40 else 0.2  # the classes come closer, and the model says so
        scores = 0.5 + random.uniform(-width, width, 400)
        truth = (random.random(400) < scores).astype(float)
        days.append(partition_loss(Task.BINARY, truth, scores, start=START + day * DAY, end=START + (day + 1) * DAY))
    calm = 0.5 + random.uniform(-0.45, 0.45, 2000)
    losses, excess = losses_and_excess(Task.BINARY, (random.random(2000) < calm).astype(float), calm)
    world = World({1: days}, holdouts={1: HoldoutLoss(loss=sample_mean(losses), excess=sample_mean(excess))})
    found = lived(world, range(60))
    assert all(health.is_settled for health in found)
    assert found[-1].rule is HealthRule.ROWS_ARE_HARDER


def test_a_champion_that_is_no_better_than_a_constant_is_degraded_whatever_its_history():
    world = World({1: parts([0.0] * 40)})
    found = lived(world, range(40))
    assert found[-1].rule is HealthRule.NOT_BETTER_THAN_BASELINE
    assert not found[-1].is_settled


def test_an_accepted_level_counts_from_the_next_report_on_and_forgets_what_was_served_before():
    world = World({1: parts([0.8] * 40 + [0.4] * 60, claimed=0.8)}, holdouts={1: judged(0.8)})
    at = START + 71 * DAY
    found = lived(world, range(100), accepted=Accepted(level=0.28, at=at))
    after = next(health for health in found if health.as_of > at)
    assert (after.rule, after.level, after.level_since) == (HealthRule.LEVEL_ACCEPTED, 0.28, at)
    assert after.is_settled
    assert found[-1].level > found[39].level


def test_labels_that_stop_coming_change_nothing():
    world = World({1: parts([0.8] * 30)}, holdouts={1: judged(0.8)})
    before = lived(world, range(30))[-1]
    world.day = 120
    after = assess(RULE, before, world, accepted=None, looks=[])
    assert after.rule is HealthRule.TOO_FEW_LABELS
    assert (after.is_settled, after.level) == (True, before.level)


def test_health_is_stored_and_read_back_as_it_is():
    world = World({1: parts([0.8] * 40 + [0.1] * 20, claimed=0.8)}, holdouts={1: judged(0.8)})
    for health in lived(world, range(60)):
        assert health_of_json(health.to_json()) == health


def test_what_a_later_version_knew_before_it_served_counts():
    versions = {1: parts([0.8] * 40 + [0.1] * 60, claimed=0.8), 2: parts([0.8] * 100)}
    world = World(versions, [(0, 1), (55, 2)], holdouts={1: judged(0.8)})
    early = replace(world, day=56)
    early_days = early.losses(2, START + 50 * DAY)
    assert len(early_days) == 7  # days that version 1 served, scored by version 2
