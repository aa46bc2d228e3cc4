"""Losses of partitions add up, and say what single rows would say."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from driftline.health.losses import (
    LOSSES,
    losses_and_excess,
    mean_excess,
    mean_gain,
    mean_loss,
    newest,
    partition_loss,
)
from driftline.metrics import Task, measure

START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def parts_of(task, truth, scores, days, class_count=2):
    return [
        partition_loss(task, t, s, start=START + n * DAY, end=START + (n + 1) * DAY, class_count=class_count)
        for n, (t, s) in enumerate(zip(np.array_split(truth, days), np.array_split(scores, days), strict=True))
    ]


def binary(seed=0, rows=4000, noise=0.0):
    random = np.random.default_rng(seed)
    scores = random.uniform(0.05, 0.95, rows)
    right = np.clip(scores + noise * (0.5 - scores), 0, 1)
    return (random.random(rows) < right).astype(float), scores


def test_the_loss_of_two_classes_is_the_brier_score():
    truth, scores = binary()
    found = mean_loss(parts_of(Task.BINARY, truth, scores, 10))
    assert found.value == pytest.approx(measure("brier", Task.BINARY, truth, scores).value)
    assert found.covered == 10 * DAY
    assert LOSSES[Task.BINARY] == "brier"


def test_the_loss_of_several_classes_sums_over_them():
    random = np.random.default_rng(1)
    scores = random.dirichlet([1, 1, 1], size=300)
    truth = random.integers(0, 3, size=300).astype(float)
    hot = np.eye(3)[truth.astype(int)]
    losses, excess = losses_and_excess(Task.MULTICLASS, truth, scores)
    assert losses == pytest.approx(((scores - hot) ** 2).sum(axis=1))
    assert (losses - excess) == pytest.approx((scores * (1 - scores)).sum(axis=1))


def test_the_excess_of_right_probabilities_is_nothing_however_hard_the_rows_are():
    for width in (0.45, 0.1):
        random = np.random.default_rng(2)
        scores = 0.5 + random.uniform(-width, width, 20_000)
        truth = (random.random(20_000) < scores).astype(float)
        found = mean_excess(parts_of(Task.BINARY, truth, scores, 20))
        assert abs(found.value) < 3 * found.standard_error


def test_the_excess_of_wrong_probabilities_shows():
    found = mean_excess(parts_of(Task.BINARY, *binary(rows=20_000, noise=0.5), 20))
    assert found.value > 5 * found.standard_error


def test_days_that_differ_widen_the_error_of_the_mean():
    random = np.random.default_rng(3)
    alike = np.repeat(random.integers(0, 2, 20), 50).astype(float)
    scores = np.where(alike > 0.5, 0.9, 0.4)
    order = random.permutation(1000)
    mixed = mean_loss(parts_of(Task.BINARY, alike[order], scores[order], 20))
    clustered = mean_loss(parts_of(Task.BINARY, alike, scores, 20))
    assert clustered.value == pytest.approx(mixed.value)
    assert clustered.standard_error > 3 * mixed.standard_error


def test_four_days_are_too_few_to_tell_how_they_differ():
    truth, scores = binary()
    losses, _ = losses_and_excess(Task.BINARY, truth, scores)
    found = mean_loss(parts_of(Task.BINARY, truth, scores, 4))
    assert found.standard_error == pytest.approx(losses.std() / np.sqrt(len(losses)))


def test_the_spread_between_days_is_that_of_more_days_where_there_are_some():
    truth, scores = np.zeros(2800), np.sqrt(np.repeat([0.2, 0.1, 0.3, 0.2] * 7, 100))
    truth_of_change, changed = np.zeros(200), np.full(200, 1.0)
    month = parts_of(Task.BINARY, np.append(truth, truth_of_change), np.append(scores, changed), 30)
    week = month[-7:]
    of_days = np.array([part.loss / part.row_count for part in month])
    found = mean_loss(week, among=month)
    assert found.value == mean_loss(week).value
    assert found.standard_error == pytest.approx(of_days.std(ddof=1) / np.sqrt(7))
    assert found.standard_error < mean_loss(week).standard_error  # two days that are bad are no spread of good ones
    assert mean_loss(month, among=week) == mean_loss(month)


@pytest.mark.parametrize("task", list(Task))
def test_the_gain_over_the_best_constant_is_that_of_the_rows(task):
    random = np.random.default_rng(4)
    if task is Task.BINARY:
        truth, scores = binary()
        constant = (truth.mean() - truth) ** 2
    elif task is Task.MULTICLASS:
        truth = random.integers(0, 3, 4000).astype(float)
        scores = 0.4 * np.eye(3)[truth.astype(int)] + 0.2
        shares = np.bincount(truth.astype(int)) / 4000
        constant = ((shares - np.eye(3)[truth.astype(int)]) ** 2).sum(axis=1)
    else:
        truth = random.normal(50.0, 2.0, 4000)
        scores = truth + random.normal(size=4000)
        constant = (truth - truth.mean()) ** 2
    losses, _ = losses_and_excess(task, truth, scores)
    found = mean_gain(task, parts_of(task, truth, scores, 8, class_count=3 if task is Task.MULTICLASS else 2))
    assert found.value == pytest.approx((constant - losses).mean())
    assert found.value > 3 * found.standard_error


def test_a_model_that_knows_less_than_the_last_label_gains_nothing_over_repeating_it():
    random = np.random.default_rng(6)
    truth = np.repeat(random.integers(0, 2, 40), 70).astype(float)  # one label a spell
    last = np.append(np.nan, truth[:-1])
    scores = np.where(truth > 0.5, 0.6, 0.4)
    parts = [
        partition_loss(Task.BINARY, t, s, start=START + n * DAY, end=START + (n + 1) * DAY, last=known)
        for n, (t, s, known) in enumerate(zip(*(np.array_split(a, 28) for a in (truth, scores, last)), strict=True))
    ]
    assert (
        mean_gain(Task.BINARY, parts).value < 0 < mean_gain(Task.BINARY, parts_of(Task.BINARY, truth, scores, 28)).value
    )


def test_a_model_without_knowledge_gains_nothing_over_a_constant():
    random = np.random.default_rng(5)
    truth = random.integers(0, 2, 2800).astype(float)
    found = mean_gain(Task.BINARY, parts_of(Task.BINARY, truth, random.uniform(0.2, 0.8, 2800), 28))
    assert found.value < 0


def test_four_partitions_are_too_few_to_compare_with_a_constant():
    assert mean_gain(Task.BINARY, parts_of(Task.BINARY, *binary(), 4)) is None


def test_the_newest_partitions_cover_a_length_with_gaps_left_out():
    parts = parts_of(Task.BINARY, *binary(), 10)
    del parts[7]
    assert [part.start for part in newest(parts, 3 * DAY)] == [START + n * DAY for n in (6, 8, 9)]
    assert list(newest(parts, 30 * DAY)) == parts
