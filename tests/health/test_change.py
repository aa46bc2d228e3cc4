"""The time of a change is that from which on the losses are higher."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from driftline.health.change import change_time, holdout_after
from driftline.health.losses import partition_loss
from driftline.metrics import Task

START = datetime(2026, 1, 1, tzinfo=UTC)


def days(errors):
    """One day of fifty rows for each share of errors."""
    random = np.random.default_rng(0)
    return [
        partition_loss(
            Task.BINARY,
            (random.random(50) < share).astype(float),
            np.zeros(50) + 0.1,
            start=START + timedelta(days=day),
            end=START + timedelta(days=day + 1),
        )
        for day, share in enumerate(errors)
    ]


@pytest.mark.parametrize("at", [5, 20, 36])
def test_a_step_is_found_where_it_is(at):
    found = change_time(days([0.1] * at + [0.6] * (40 - at)))
    assert abs((found - START).days - at) <= 1


def test_losses_that_only_fall_show_no_change():
    assert change_time(days(np.linspace(0.9, 0.1, 20))) is None


def test_three_days_are_too_few():
    assert change_time(days([0.1, 0.1, 0.9])) is None
    assert change_time([]) is None


@pytest.mark.parametrize(("since", "held_out"), [(0.5, 1.75), (3.5, 1.75), (4, 2), (10, 5), (14, 7), (200, 7)])
def test_after_a_change_the_holdout_is_half_of_what_lies_after_it(since, held_out):
    length = holdout_after(timedelta(days=7), START, START + timedelta(days=since))
    assert length == timedelta(days=held_out)
