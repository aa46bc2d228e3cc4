"""When a search is over."""

import pytest

from driftline.capture import Budget, Usage
from driftline.tuning.stopping import Limits, Stop, stop_of

USED = Usage(duration_s=100.0, cpu_s=50.0, cost=2.0)


def stop(*, trials=None, goal=None, done=3, best=0.8, greater=True, **budget):
    limits = Limits(trials=trials, goal=goal, budget=Budget(**budget))
    return stop_of(limits, done=done, best=best, greater_is_better=greater, used=USED)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, None),
        ({"trials": 4}, None),
        ({"trials": 3}, Stop.TRIALS),
        ({"goal": 0.81}, None),
        ({"goal": 0.8}, Stop.GOAL),
        ({"goal": 0.8, "greater": False}, Stop.GOAL),
        ({"goal": 0.79, "greater": False}, None),
        ({"goal": 0.5, "best": None}, None),
        ({"duration_s": 100.0}, Stop.TIME),
        ({"duration_s": 100.1}, None),
        ({"cpu_s": 50.0}, Stop.CPU_TIME),
        ({"cost": 1.5}, Stop.COST),
        ({"cost": 1.5, "best": None}, None),
        ({"goal": 0.8, "trials": 3, "cost": 1.0}, Stop.GOAL),
    ],
)
def test_a_search_is_over_when_the_first_limit_is_reached(asked, expected):
    assert stop(**asked) == expected
