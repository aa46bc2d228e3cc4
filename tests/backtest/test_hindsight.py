"""The best schedule in hindsight: against all schedules there are, and against the policies of a backtest."""

from datetime import timedelta
from itertools import combinations

import numpy as np
import pytest

from driftline import Promote, Retrain, RetrainTrigger
from driftline.backtest import backtest
from driftline.backtest.hindsight import best_schedules
from driftline.backtest.policies import Policy
from tests.streams import FROM_THE_START, Forest, day, fires


def loss_of(losses, starts, chosen):
    """The loss of a schedule, partition by partition: the newest chosen model that has begun serves."""
    serving = [max(model for model in (0, *chosen) if starts[model] <= part) for part in range(losses.shape[1])]
    return sum(losses[model, part] for part, model in enumerate(serving))


def random_problem(seed):
    random = np.random.default_rng(seed)
    models, partitions = random.integers(1, 7), random.integers(1, 9)
    starts = [0, *np.sort(random.integers(0, partitions, size=models - 1)).tolist()]
    return random.random((models, partitions)).round(1), starts  # rounded: ties occur


@pytest.mark.parametrize("seed", range(200))
def test_no_schedule_loses_less(seed):
    losses, starts = random_problem(seed)
    schedules = best_schedules(losses, starts, most=8)
    for most, schedule in enumerate(schedules):
        options = [chosen for size in range(most + 1) for chosen in combinations(range(1, len(losses)), size)]
        assert schedule.loss == pytest.approx(min(loss_of(losses, starts, chosen) for chosen in options))
        assert loss_of(losses, starts, schedule.chosen) == pytest.approx(schedule.loss)
        assert len(schedule.chosen) <= most
    assert len(schedules) == 9


def test_a_training_that_gains_nothing_is_not_made():
    losses = np.ones((4, 6))
    assert [schedule.chosen for schedule in best_schedules(losses, [0, 1, 2, 3], most=3)] == [()] * 4


def test_what_stands_before_a_model_begins_is_not_read():
    losses = np.array([[1.0, 1.0, 1.0], [np.nan, np.inf, 0.0]])
    [_, once] = best_schedules(losses, [0, 2], most=1)
    assert (once.chosen, once.loss) == ((1,), 2.0)


@pytest.fixture(scope="module")
def found():
    trigger = Policy(name="trigger", retrain=Retrain(trigger=RetrainTrigger(window="3d"), choice=None, cooldown="3d"))
    return backtest(fires(), ["never", "weekly", trigger], metric_name="accuracy", hindsight="7d")


def test_no_policy_beats_hindsight_with_as_many_trainings(found):
    by_name = {outcome.policy: outcome for outcome in found.policies}
    assert by_name["never"].regret.value == pytest.approx(0, abs=1e-12)
    assert by_name["never"].regret.trained == ()
    for name in ("weekly", "trigger"):
        outcome = by_name[name]
        assert outcome.regret.value > -1e-12  # of rounding
        assert outcome.regret.best - outcome.value("accuracy") == pytest.approx(outcome.regret.value)
        assert len(outcome.regret.trained) <= len(outcome.retrainings)
    assert by_name["last known label"].regret is None


def test_more_trainings_are_never_worse_in_hindsight(found):
    by_count = sorted((len(outcome.retrainings), outcome.regret.best) for outcome in found.policies if outcome.regret)
    assert [best for _, best in by_count] == sorted(best for _, best in by_count)


@pytest.mark.parametrize(("shown", "minimised"), [("brier", "brier"), ("log_loss", "log_loss"), ("auroc", "brier")])
@pytest.mark.parametrize("refit", [False, True])
def test_hindsight_says_of_a_training_what_its_replay_shows(shown, minimised, refit):
    metrics, promote = ("auroc", "log_loss", "brier"), Promote(confidence=None, refit=refit)
    once = Policy(name="once", retrain=Retrain(schedule="0 7 12 3 *", trigger=None, choice=None), drift=())
    pipeline = fires(drift=(), metrics=metrics, promote=promote)
    outcome = backtest(pipeline, [once], metric_name=shown, hindsight="60d").policies[0]  # no other time to train
    assert outcome.promotions == 1
    assert outcome.regret.metric == minimised
    assert outcome.regret.trained == (day("2025-03-12") + timedelta(hours=7),)
    assert outcome.regret.value == pytest.approx(0, abs=1e-12)
    assert outcome.regret.best == pytest.approx(outcome.value(minimised))


def test_a_training_at_another_time_would_have_been_better():
    late = Policy(name="late", retrain=Retrain(schedule="0 0 22 3 *"), drift=())
    outcome = backtest(fires(drift=()), [late], metric_name="log_loss", hindsight="1d").policies[0]
    [at] = outcome.regret.trained
    assert at < day("2025-03-22")
    assert outcome.regret.value > 0


def test_a_training_that_fails_is_no_candidate():
    pipeline = fires(Forest(faults=dict.fromkeys(FROM_THE_START, lambda frame: frame.assign(fire="no"))), drift=())
    found = backtest(pipeline, ["weekly"], metric_name="brier", hindsight="7d")
    failed = {one.at for one in found.policies[0].retrainings if one.outcome == "failed"}
    assert failed
    assert not failed & set(found.policies[0].regret.trained)
