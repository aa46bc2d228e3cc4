"""How alike the rows of a window are, by the windows of a champion."""

import numpy as np
import pytest

from driftline import PerformanceDrift
from driftline.drift.design_effect import design_effect
from driftline.drift.errors import InvalidDriftRuleError
from driftline.drift.window_verdict import window_verdict
from driftline.metrics import Task, measure, unmeasured

RULE = PerformanceDrift("accuracy", correlated_rows=True)


def windows(seed, copies=1, count=20, rows=200):
    """Accuracies of windows in which each row comes `copies` times: their design effect is that number."""
    random = np.random.default_rng(seed)
    wrong = np.repeat(random.random((count, rows // copies)) < 0.2, copies, axis=1)
    return [measure("accuracy", Task.BINARY, row, np.zeros(rows)) for row in wrong]


def test_rows_that_come_several_times_count_as_often():
    for copies in (1, 5, 10):
        found = np.mean([design_effect(windows(seed, copies)) for seed in range(30)])
        assert found == pytest.approx(copies, rel=0.25)


def test_it_is_never_below_one():
    assert min(design_effect(windows(seed)) for seed in range(30)) == 1.0


def test_fewer_than_twenty_windows_tell_nothing():
    assert design_effect(windows(1, count=19)) is None
    assert design_effect([*windows(1, count=19), unmeasured("accuracy", 0, "no rows")]) is None


def test_correlated_rows_raise_fewer_alarms_once_it_is_known():
    reference = measure("accuracy", Task.BINARY, np.repeat([1, 0], [800, 3200]), np.zeros(4000))
    worse = dict.fromkeys((False, True), 0)
    for seed in range(40):
        early, later = windows([2, seed], copies=8), windows([3, seed], copies=8)
        for effect in worse:
            said = [
                window_verdict(RULE, reference, one, design_effect=design_effect(early) if effect else 1.0)
                for one in later
            ]
            worse[effect] += sum(bool(one.worse) for one in said)
    assert worse[True] < 0.03 * 800
    assert worse[False] > 0.15 * 800


@pytest.mark.parametrize("told", [{"method": "sequential"}, {"confidence": None}])
def test_it_is_refused_where_it_would_change_nothing(told):
    with pytest.raises(InvalidDriftRuleError):
        PerformanceDrift("accuracy", correlated_rows=True, **told)
