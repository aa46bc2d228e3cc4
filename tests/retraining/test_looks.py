"""When the loop looks for a better model, and when it gives a level up: rules over plain values."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from driftline import Recovery
from driftline.health import Health, HealthRule, MeanLoss
from driftline.health.health import Condition
from driftline.retraining import Look
from driftline.retraining.looks import LookRule, look_of, plan_look

NOW = datetime(2026, 6, 1, tzinfo=UTC)
DAY = timedelta(days=1)
RULE = Recovery()
SETTLED = Health(as_of=NOW, condition=Condition.SETTLED, rule=HealthRule.LEVEL_KEPT, champion_id=1, level=0.1)
LOST = replace(
    SETTLED,
    condition=Condition.RECOVERING,
    rule=HealthRule.LEVEL_NOT_REGAINED,
    loss=MeanLoss(value=0.2, standard_error=0.01, row_count=700),
    entered_at=NOW - 20 * DAY,
    changed_at=NOW - 25 * DAY,
    anchor_id=1,
    rows_since_change=1000,
)


def planned(health, *looks, rule=RULE, now=NOW, since=NOW - 20 * DAY, length=365 * DAY, lag=DAY):
    lengths = {"training_length": length, "holdout_length": 7 * DAY, "label_lag": lag}
    return plan_look(rule, health, looks, now, champion_since=since, **lengths)


def look(days_ago, *, won=False, rows=0, whole=False, short=False, asked=False, loss=None):
    return Look(
        at=NOW - days_ago * DAY,
        won=won,
        row_count=rows,
        is_whole=whole,
        holdout_is_whole=not short,
        by_evidence=asked,
        loss=loss,
    )


def test_while_the_level_is_kept_only_time_asks():
    assert planned(SETTLED).rule is None
    assert planned(SETTLED).next_at == NOW + 8 * DAY
    assert planned(SETTLED, since=NOW - 28 * DAY).rule is LookRule.TIME_HAS_PASSED
    assert planned(SETTLED, rule=Recovery(max_age=None), since=NOW - 999 * DAY).rule is None


def test_looks_that_lose_are_ever_rarer_and_one_that_wins_brings_the_next_nearer():
    waits = [(planned(SETTLED, *[look(1)] * losses).next_at - NOW + DAY).days for losses in (1, 2, 3, 4)]
    assert waits == [56, 112, 182, 182]
    assert (planned(SETTLED, look(1, won=True)).next_at - NOW + DAY).days == 14
    assert (planned(SETTLED, look(9), look(8), look(1, won=True)).next_at - NOW + DAY).days == 56
    assert (planned(SETTLED, look(9), look(8), look(1, won=True, asked=True)).next_at - NOW + DAY).days == 28
    assert (planned(SETTLED, look(9, won=True), look(1, won=True, asked=True)).next_at - NOW + DAY).days == 14
    assert (planned(SETTLED, look(9), look(8, asked=True), look(1, asked=True)).next_at - NOW + DAY).days == 56


def test_time_asks_at_the_latest_when_the_training_window_is_new():
    lost = [look(1)] * 4
    assert (planned(SETTLED, *lost, length=70 * DAY).next_at - NOW + DAY).days == 70
    assert (planned(SETTLED, *lost, length=7 * DAY).next_at - NOW + DAY).days == 28


def test_time_does_not_ask_before_labels_tell_of_what_was_promoted():
    won = [look(9, won=True), look(1, won=True)]
    assert (planned(SETTLED, *won, lag=20 * DAY).next_at - NOW + DAY).days == 20
    assert (planned(SETTLED, *won, lag=40 * DAY, length=30 * DAY).next_at - NOW + DAY).days == 40
    assert planned(SETTLED, lag=40 * DAY, since=NOW).next_at == NOW + 40 * DAY


def test_a_lost_level_asks_at_once_and_then_as_rows_double():
    assert planned(LOST).rule is LookRule.LEVEL_LOST
    assert planned(LOST, look(10, rows=500, won=True)).rule is LookRule.ROWS_HAVE_GROWN
    assert planned(LOST, look(10, rows=501, won=True)).rule is None
    assert planned(LOST, look(10, rows=501, won=True)).next_row_count == 1002
    assert planned(replace(LOST, rows_since_change=199), look(10)).rule is None
    assert planned(replace(LOST, rows_since_change=200), look(10)).rule is LookRule.ROWS_HAVE_GROWN


def test_after_a_look_that_lost_rows_must_double_twice():
    assert planned(LOST, look(12, rows=100, won=True), look(10, rows=250)).rule is LookRule.ROWS_HAVE_GROWN
    assert planned(LOST, look(12, rows=100, won=True), look(10, rows=251)).next_row_count == 1004
    assert planned(LOST, look(12, rows=400), look(10, rows=500, won=True)).next_row_count == 1000
    assert planned(LOST, look(10), rule=Recovery(growth=3.0, min_rows=90)).next_row_count == 90


def test_rows_do_not_ask_before_labels_tell_of_what_was_promoted():
    promoted = look(10, rows=300, won=True)
    assert planned(LOST, promoted, since=NOW - 10 * DAY, lag=11 * DAY).rule is None
    assert planned(LOST, promoted, since=NOW - 10 * DAY, lag=11 * DAY).labels_from == NOW + DAY
    assert planned(LOST, promoted, since=NOW - 10 * DAY, lag=10 * DAY).rule is LookRule.ROWS_HAVE_GROWN
    assert planned(LOST, since=NOW, lag=11 * DAY).rule is LookRule.LEVEL_LOST


def test_a_look_before_the_level_was_lost_is_none_of_this_episode():
    assert planned(LOST, look(21, rows=1000)).rule is LookRule.LEVEL_LOST


def test_a_window_of_new_rows_alone_is_looked_at_once():
    tried = look(10, rows=900)
    assert planned(LOST, tried, length=25 * DAY).rule is LookRule.WINDOW_IS_NEW
    assert planned(LOST, tried, length=26 * DAY).rule is None


def test_three_challengers_that_lost_on_new_rows_show_that_the_level_is_gone():
    lost = [look(15, rows=200), look(12, rows=400), look(8, rows=800)]
    assert planned(LOST, *lost).accept == pytest.approx(0.22)
    assert planned(LOST, *lost[:2]).accept is None
    assert planned(LOST, *lost, look(4, rows=1600, won=True)).accept is None
    assert planned(LOST, look(15), look(12), look(8)).accept is None  # not one of them learnt from the new world


def test_challengers_that_lost_on_a_holdout_of_few_days_show_nothing():
    lost = [look(15, rows=200, short=True), look(12, rows=400), look(8, rows=800)]
    assert planned(LOST, *lost).accept is None
    assert planned(LOST, *lost, look(2, rows=1600)).accept == pytest.approx(0.22)
    assert planned(LOST).holdout_is_whole
    assert not planned(replace(LOST, changed_at=NOW - 13 * DAY)).holdout_is_whole


def test_a_whole_window_that_was_tried_shows_it_too():
    assert planned(LOST, look(3, rows=900, whole=True), length=22 * DAY).accept == pytest.approx(0.22)


def test_a_look_counts_by_what_is_known_of_the_change_now():
    early = [look(19, rows=900, whole=True), look(18, rows=900), look(17, rows=900)]
    moved = replace(LOST, changed_at=NOW - 17 * DAY, rows_since_change=800)
    assert planned(LOST, *early, length=6 * DAY).accept == pytest.approx(0.22)
    assert planned(moved, *early, length=6 * DAY).accept is None  # they were before the change
    assert planned(LOST, *early).next_row_count == 4 * 292  # the last was after 7 of the 24 labelled days
    assert planned(moved, *early).rule is LookRule.ROWS_HAVE_GROWN
    unknown = replace(LOST, changed_at=None)
    assert planned(unknown, *early).next_row_count == 4 * 900


def test_a_champion_that_loses_surely_more_than_at_a_look_is_looked_at_as_if_there_had_been_none():
    then = [look(9, rows=900, loss=0.10), look(8, rows=900, loss=0.11), look(7, rows=900, loss=0.18)]
    worse = replace(LOST, rows_since_change=1000)
    assert planned(worse, *then[:2]).rule is LookRule.LEVEL_LOST
    assert planned(worse, *then).rule is None  # 0.20 ± 0.01 is not surely more than 0.18
    assert planned(worse, *then[:2], look(7, rows=900)).rule is None  # nobody knows what was lost then
    late = [replace(one, loss=0.10) for one in (look(5, rows=900), look(4, rows=900), look(3, rows=900))]
    assert planned(worse, *late).accept is None
    assert planned(worse, *[replace(one, loss=0.20) for one in late]).accept == pytest.approx(0.22)


def test_nothing_is_accepted_of_which_too_little_is_known():
    unknown = replace(LOST, rule=HealthRule.TOO_FEW_LABELS, loss=None)
    assert planned(unknown, look(3, rows=900, whole=True), length=22 * DAY).accept is None


def test_a_champion_that_is_no_better_than_a_constant_is_accepted_on_a_whole_window_alone():
    poor = replace(LOST, rule=HealthRule.NOT_BETTER_THAN_BASELINE)
    assert planned(poor, look(15, rows=200), look(12, rows=400), look(8, rows=800)).accept is None
    assert planned(poor, look(3, rows=900, whole=True), length=22 * DAY).accept == pytest.approx(0.22)


def test_a_decision_keeps_what_the_next_look_needs():
    plan = planned(LOST)
    assert look_of(NOW, won=True, plan=plan.details()) == Look(
        at=NOW, won=True, row_count=1000, by_evidence=True, loss=0.2
    )
    aged = planned(SETTLED, since=NOW - 28 * DAY)
    assert look_of(NOW, won=False, plan=aged.details()) == Look(at=NOW, won=False)
    assert look_of(NOW, won=False, plan=None) == Look(at=NOW, won=False)
