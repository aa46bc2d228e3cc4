"""Whether to retrain: a pure function of the policy, the state and the evidence."""

from dataclasses import replace
from datetime import timedelta

import pytest

from driftline import Retrain, RetrainTrigger
from driftline.drift import Verdict
from driftline.retraining import (
    RetrainState,
    decide,
)
from driftline.retraining.decide import Evidence, RetrainRule
from tests.streams import day

NOW = day("2025-03-10")
POLICY = Retrain(on_drift=("performance",), cooldown="7d")
FREE = RetrainState(running=None, last_start=None)
DRIFT = Evidence(report_id=5, verdict=Verdict.DRIFT, drifted=("performance",), summary="auroc 0.6 is worse.")


@pytest.mark.parametrize("drifted", [("performance",), ("column", "performance")])
def test_drift_of_a_kind_that_counts_retrains(drifted):
    decision = decide(POLICY, FREE, replace(DRIFT, drifted=drifted), NOW)
    assert (decision.retrain, decision.trigger) == (True, "drift")
    assert decision.details["asks"] == [{"trigger": "drift", "report_id": 5, "summary": "auroc 0.6 is worse."}]


@pytest.mark.parametrize(
    ("state", "evidence", "rule", "values"),
    [
        (FREE, replace(DRIFT, verdict=Verdict.OK), RetrainRule.NO_DRIFT, {"verdict": "ok"}),
        (FREE, replace(DRIFT, verdict=Verdict.TOO_FEW_ROWS), RetrainRule.NO_DRIFT, {"verdict": "too_few_rows"}),
        (FREE, replace(DRIFT, verdict=Verdict.UNDEFINED), RetrainRule.NO_DRIFT, {"verdict": "undefined"}),
        (FREE, replace(DRIFT, newer_report=6), RetrainRule.NEWER_REPORT, {"report_id": 5, "newer_report": 6}),
        (FREE, replace(DRIFT, drifted=("column",)), RetrainRule.NOT_A_TRIGGER, {"triggers": ["performance"]}),
        (replace(FREE, running=3), DRIFT, RetrainRule.RETRAINING_RUNS, {"decision_id": 3}),
        (
            replace(FREE, last_start=NOW - timedelta(days=6)),
            DRIFT,
            RetrainRule.COOLDOWN,
            {"until": "2025-03-11T00:00:00+00:00", "doubled": False},
        ),
        (replace(FREE, last_start=NOW + timedelta(days=1)), DRIFT, RetrainRule.COOLDOWN, {}),
    ],
)
def test_what_speaks_against_a_retraining_is_a_rule_with_its_values(state, evidence, rule, values):
    decision = decide(POLICY, state, evidence, NOW)
    assert (decision.retrain, decision.rule) == (False, rule)
    assert {name: decision.details[name] for name in values} == values


def test_the_cooldown_ends_to_the_moment():
    assert decide(POLICY, replace(FREE, last_start=NOW - timedelta(days=7)), DRIFT, NOW).retrain


def test_a_policy_without_kinds_never_retrains_on_drift():
    decision = decide(Retrain(on_drift=()), FREE, DRIFT, NOW)
    assert (decision.rule, decision.details["triggers"]) == (RetrainRule.NOT_A_TRIGGER, [])


OK = replace(DRIFT, verdict=Verdict.OK, drifted=(), summary="No drift in 1 of 1 checks that could be made.")
LOST = tuple(NOW - timedelta(days=days) for days in (40, 30, 20))


@pytest.mark.parametrize(
    ("policy", "state", "trigger", "values"),
    [
        (Retrain(max_age="30d"), replace(FREE, champion_since=NOW - timedelta(days=30)), "age", {"max_age": "30d"}),
        (Retrain(min_new_labels=500), replace(FREE, new_labels=500), "labels", {"count": 500, "enough": 500}),
    ],
)
def test_age_and_new_labels_ask_although_the_report_says_ok(policy, state, trigger, values):
    decision = decide(policy, state, OK, NOW)
    assert (decision.retrain, decision.trigger) == (True, trigger)
    [asked] = decision.details["asks"]
    assert {name: asked[name] for name in values} == values


def test_what_does_not_ask_yet_says_when_it_will():
    policy = Retrain(max_age="30d", min_new_labels=500)
    decision = decide(policy, replace(FREE, champion_since=NOW - timedelta(days=10), new_labels=499), OK, NOW)
    assert (decision.retrain, decision.trigger, decision.not_before) == (False, None, NOW + timedelta(days=20))
    values = {"verdict": "ok", "age_due": "2025-03-30T00:00:00+00:00", "new_labels": 499, "enough_labels": 500}
    assert {name: decision.details[name] for name in values} == values


def test_of_several_that_ask_the_first_is_the_trigger_and_all_are_said():
    policy = Retrain(max_age="30d", min_new_labels=500)
    decision = decide(policy, replace(FREE, champion_since=NOW - timedelta(days=40), new_labels=900), DRIFT, NOW)
    assert decision.trigger == "drift"
    assert [asked["trigger"] for asked in decision.details["asks"]] == ["drift", "age", "labels"]


def test_the_age_of_a_champion_starts_anew_when_a_challenger_lost_to_it():
    state = replace(FREE, champion_since=NOW - timedelta(days=90), lost=LOST[-1:])
    assert not decide(Retrain(max_age="30d"), state, OK, NOW).retrain
    assert decide(Retrain(max_age="30d"), state, OK, NOW + timedelta(days=10)).retrain


def test_the_budget_of_a_week_blocks_until_its_oldest_start_is_a_week_old():
    starts = tuple(NOW - timedelta(days=days) for days in (6, 4, 2))
    state = replace(FREE, last_start=starts[-1], starts=starts)
    decision = decide(Retrain(), state, DRIFT, NOW)
    assert (decision.retrain, decision.trigger, decision.not_before) == (False, "drift", NOW + timedelta(days=1))
    assert decision.rule is RetrainRule.BUDGET_SPENT
    assert decision.details == {"starts": 3, "budget": 3, "until": "2025-03-11T00:00:00+00:00"}
    assert decide(Retrain(), state, DRIFT, NOW + timedelta(days=1)).retrain
    assert decide(Retrain(budget_per_week=4), state, DRIFT, NOW).retrain


def test_after_three_losses_in_a_row_the_cooldown_counts_double():
    state = replace(FREE, last_start=NOW - timedelta(days=8), lost=LOST)
    blocked = decide(POLICY, state, DRIFT, NOW)
    assert (blocked.retrain, blocked.not_before) == (False, NOW + timedelta(days=6))
    assert (blocked.rule, blocked.details["doubled"], blocked.details["lost"]) == (RetrainRule.COOLDOWN, True, 3)
    assert decide(POLICY, state, DRIFT, NOW + timedelta(days=6)).details["lost"] == 3
    assert decide(POLICY, replace(state, lost=LOST[:2]), DRIFT, NOW).retrain


APART = Retrain(trigger=RetrainTrigger())
FIRED = {"trigger": Verdict.DRIFT, "trigger_note": "brier 0.2 is worse."}
QUIET = {"trigger": Verdict.OK, "trigger_note": "brier 0.1 is not worse."}


@pytest.mark.parametrize("alerts", [DRIFT, OK])
def test_the_trigger_retrains_whatever_the_alerts_say(alerts):
    decision = decide(APART, FREE, replace(alerts, **FIRED), NOW)
    assert (decision.retrain, decision.trigger) == (True, "drift")
    assert [asked["summary"] for asked in decision.details["asks"]] == ["brier 0.2 is worse."]


@pytest.mark.parametrize(
    ("evidence", "rule", "values"),
    [
        (replace(DRIFT, **QUIET), RetrainRule.NOT_A_TRIGGER, {"triggers": ["the retrain trigger"]}),
        (replace(OK, **QUIET), RetrainRule.NO_DRIFT, {"trigger_note": "brier 0.1 is not worse."}),
        (
            replace(OK, trigger=Verdict.TOO_FEW_ROWS, trigger_note="silent."),
            RetrainRule.NO_DRIFT,
            {"trigger_note": "silent."},
        ),
        (DRIFT, RetrainRule.NOT_A_TRIGGER, {"trigger_note": "It was made without the retrain trigger."}),
        (replace(DRIFT, **FIRED, serving=False), RetrainRule.SERVES_NO_LONGER, {"report_id": 5}),
    ],
)
def test_alerts_alone_do_not_retrain_where_there_is_a_trigger(evidence, rule, values):
    decision = decide(APART, FREE, evidence, NOW)
    assert (decision.retrain, decision.rule) == (False, rule)
    assert {name: decision.details[name] for name in values} == values


def test_without_a_trigger_its_findings_do_not_count():
    assert not decide(POLICY, FREE, replace(OK, **FIRED), NOW).retrain


def test_columns_retrain_beside_a_trigger_where_the_policy_says_so():
    policy = replace(APART, on_drift=("performance", "column"))
    assert decide(policy, FREE, replace(DRIFT, drifted=("column",), **QUIET), NOW).retrain
