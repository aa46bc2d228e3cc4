"""What a declaration accepts, what its times are, and that it can say itself in JSON."""

from datetime import UTC, datetime, timedelta, timezone
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftline import (
    Alert,
    Daily,
    GroundTruth,
    Hourly,
    Newest,
    PerformanceDrift,
    Promote,
    Retrain,
    RetrainTrigger,
    Window,
)
from driftline.clock import InvalidTimeError
from driftline.declaration.errors import DeclarationError, PartitionsError, RuleValueError, UnknownPartitionError
from driftline.errors import DriftlineError
from driftline.metrics.errors import UnknownMetricError
from tests.streams import day, fires, persons

DAYS = Daily("2025-02-10", end="2025-03-24")
moments = st.datetimes(datetime(2025, 1, 1), datetime(2025, 5, 1), timezones=st.just(UTC))  # noqa: DTZ001


@pytest.mark.parametrize("name", ["", "fire-risk", "fire risk", "1fires", "_fires", "fires/model", "фаерс"])
def test_a_name_that_dagster_could_not_use_is_refused(name):
    with pytest.raises(DeclarationError, match="letters, digits and underscores"):
        fires(name=name)


def test_a_pipeline_without_a_metric_is_refused():
    with pytest.raises(DeclarationError, match="no metric"):
        fires(metrics=(), drift=())


def test_a_metric_that_nobody_knows_is_refused_when_it_is_declared():
    with pytest.raises(UnknownMetricError, match="Did you mean 'auroc'"):
        fires(metrics=("auroc", "aurok"))


def test_scikit_learns_names_are_known_in_every_part_of_a_declaration():
    pipeline = fires(
        metrics=("roc_auc", "balanced_accuracy", "brier_score_loss"),
        drift=(PerformanceDrift("roc_auc_score"),),
        retrain=Retrain(trigger=RetrainTrigger(metric="brier_score")),
        alerts=(Alert(on="evaluation", metric="balanced_accuracy_score", worse_than=0.6),),
    )
    assert pipeline.metrics == ("auroc", "balanced_accuracy", "brier")
    assert (pipeline.performance_rules[0].metric, pipeline.retrain.trigger.metric) == ("auroc", "brier")
    assert pipeline.alerts[0].metric == "balanced_accuracy"


def test_the_newest_rows_are_told_by_the_event_time_of_the_pipeline():
    assert fires(time_column="seen", holdout=Newest(duration="7d")).holdout == Newest(duration="7d", time_column="seen")
    assert fires(time_column="seen", holdout=Newest(time_column="known")).holdout.time_column == "known"


def test_one_metric_under_two_names_is_refused():
    with pytest.raises(DeclarationError, match="it names the metric 'auroc' twice"):
        fires(metrics=("auroc", "roc_auc"))


def test_a_rule_on_a_metric_that_is_not_measured_is_refused():
    with pytest.raises(DeclarationError, match="it watches 'brier'"):
        fires(drift=(PerformanceDrift("brier"),))


def test_a_stream_needs_a_training_window():
    with pytest.raises(DeclarationError, match="training_window"):
        fires(training_window=None)


def test_a_training_window_that_is_no_duration_is_refused_when_it_is_declared():
    with pytest.raises(InvalidTimeError, match="30 days"):
        fires(training_window="30 days")


@pytest.mark.parametrize("field", ["metrics", "entity", "owners"])
def test_a_text_where_several_are_meant_is_refused(field):
    with pytest.raises(DriftlineError, match=field):
        fires(**{field: "auroc"}, drift=())


@pytest.mark.parametrize(
    "make",
    [
        lambda: Retrain(on_drift=("data",)),
        lambda: Retrain(schedule="daily"),
        lambda: Retrain(min_new_labels=0),
        lambda: Retrain(budget_per_week=0),
        lambda: Retrain(on_drift=("column",), trigger=RetrainTrigger()),
        lambda: Promote(min_gain=-0.1),
        lambda: Promote(min_gain=float("nan")),
        lambda: Promote(confidence=1.0),
        lambda: Promote(confidence=float("nan")),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(make):
    with pytest.raises(RuleValueError):
        make()


@pytest.mark.parametrize("kind", ["performance", "column", "prediction", "multivariate"])
def test_each_kind_of_finding_may_ask_for_a_retraining(kind):
    assert Retrain(on_drift=(kind,)).on_drift == (kind,)


@pytest.mark.parametrize(
    "make", [lambda: Retrain(cooldown="0d"), lambda: Retrain(max_age="old"), lambda: GroundTruth(delay="soon")]
)
def test_a_duration_that_is_none_is_refused(make):
    with pytest.raises(InvalidTimeError):
        make()


@pytest.mark.parametrize("make", [persons, partial(fires, drift=())])
def test_age_and_labels_are_refused_where_no_report_would_ask_for_them(make):
    with pytest.raises(DeclarationError, match="max_age is looked at with the drift reports"):
        make(retrain=Retrain(max_age="30d"))


def test_partitions_that_end_before_they_start_are_refused():
    with pytest.raises(PartitionsError):
        Daily("2025-03-01", end="2025-02-01")


def test_a_start_that_is_no_time_is_refused_when_it_is_declared():
    with pytest.raises(InvalidTimeError):
        Daily("in spring")


@pytest.mark.parametrize(
    "make",
    [
        lambda: Daily("2025-03-01T07:00:00Z"),
        lambda: Hourly("2025-03-01T07:30:00Z"),
        lambda: Daily("2025-03-01", end="2025-03-04T12:00:00Z"),
        lambda: Daily("2025-03-01T00:00:00+02:00"),
    ],
)
def test_partitions_that_are_not_whole_days_or_hours_in_utc_are_refused(make):
    with pytest.raises(DriftlineError, match="whole"):
        make()


@given(st.integers(min_value=0, max_value=41))
def test_a_key_names_the_window_that_has_this_key(position):
    key = DAYS.keys(Window(DAYS.first, DAYS.last))[position]
    assert DAYS.keys(DAYS.window(key)) == [key]


@given(st.integers(min_value=0, max_value=24 * 500))
def test_an_hour_has_an_hour_also_where_clocks_are_changed(position):
    hours = Hourly("2024-12-01")
    window = Window(hours.first + timedelta(hours=position), hours.first + timedelta(hours=position + 1))
    [key] = hours.keys(window)
    assert hours.window(key) == window


@given(moments, moments)
def test_the_keys_of_a_window_are_those_of_the_days_that_lie_wholly_in_it(one, other):
    if one == other:
        return
    window = Window(min(one, other), max(one, other))
    everything = DAYS.keys(Window(DAYS.first, DAYS.last))
    inside = [k for k in everything if window.start <= DAYS.window(k).start and DAYS.window(k).end <= window.end]
    assert DAYS.keys(window) == inside


@pytest.mark.parametrize("key", ["2025-02-09", "2025-03-24", "2025-2-11", "yesterday", "2025-02-11-00:00"])
def test_a_key_that_no_partition_has_is_refused_by_name(key):
    with pytest.raises(UnknownPartitionError, match=key):
        DAYS.window(key)


def test_a_time_in_another_zone_is_the_same_time():
    berlin = timezone(timedelta(hours=2))
    window = Window(datetime(2025, 2, 11, 2, tzinfo=berlin), datetime(2025, 2, 13, 2, tzinfo=berlin))
    assert DAYS.keys(window) == ["2025-02-11", "2025-02-12"]


def test_the_first_model_learns_from_what_lies_before_the_first_partition():
    until = fires().training_time(day("2026-11-21"), first=True)
    assert until == day("2025-02-10")
    assert fires().training_rows(until) == Window(day("2025-01-13"), day("2025-02-10"))


def test_a_later_training_of_a_stream_that_has_ended_looks_at_its_end():
    assert fires().training_time(day("2025-03-01"), first=False) == day("2025-03-01")
    assert fires().training_time(day("2026-11-21"), first=False) == day("2025-03-24")


def test_a_table_is_read_as_a_whole_as_of_now():
    assert persons().training_time(day("2026-11-21"), first=True) == day("2026-11-21")
    assert persons().training_rows(day("2026-11-21")) is None
