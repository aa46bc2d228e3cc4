"""Policies by name, and what they make of a pipeline."""

import pytest

from driftline import PerformanceDrift, Promote, Retrain
from driftline.backtest.errors import InvalidBacktestError
from driftline.backtest.policies import Policy, named_policy
from driftline.clock import InvalidTimeError
from driftline.declaration.errors import DeclarationError
from tests.streams import fires


def test_never_watches_nothing_and_has_no_schedule():
    variant = named_policy("never", fires()).of(fires())
    assert (variant.drift, variant.retrain.schedule) == ((), None)


@pytest.mark.parametrize(
    ("name", "cron"), [("daily", "0 0 * * *"), ("weekly", "0 0 * * 1"), ("0 7 * * 3", "0 7 * * 3")]
)
def test_a_schedule_is_named_or_a_cron_line(name, cron):
    assert named_policy(name, fires()).of(fires()).retrain.schedule == cron


def test_a_threshold_is_bare_and_strict_and_takes_one_window():
    [rule] = named_policy("auroc<0.7:48h", fires()).of(fires()).drift
    assert (rule.below, rule.window, rule.confidence, rule.m_of_n) == (0.7, "48h", None, (1, 1))


def test_a_loss_has_its_threshold_above():
    [rule] = named_policy("log_loss>0.6", fires()).of(fires()).drift
    assert (rule.above, rule.below) == (0.6, None)


def test_statistical_is_the_default_trigger_in_windows_of_a_length():
    assert named_policy("statistical:2d", fires()).retrain.trigger.window == "2d"


def test_declared_is_what_the_pipeline_says():
    assert named_policy("declared", fires()).of(fires()) == fires()


def test_a_policy_of_ones_own_replaces_what_it_names():
    rule = PerformanceDrift("log_loss", window="14d")
    variant = Policy(name="mine", retrain=Retrain(), drift=(rule,), promote=Promote(confidence=0.8)).of(fires())
    assert (variant.drift, variant.promote.confidence) == ((rule,), 0.8)


@pytest.mark.parametrize("text", ["", "often", "never:2d", "weekly:7d", "auroc=0.7", "auroc<", "* * * *"])
def test_what_names_no_policy_is_refused_with_what_is_known(text):
    with pytest.raises(InvalidBacktestError, match=r"names no policy\. Known: never, daily"):
        named_policy(text, fires())


def test_a_length_that_is_none_is_refused():
    with pytest.raises(InvalidTimeError):
        named_policy("statistical:soon", fires())


def test_a_threshold_on_a_metric_that_is_not_measured_is_refused():
    with pytest.raises(DeclarationError, match="not among its metrics"):
        named_policy("accuracy<0.7", fires()).of(fires())
