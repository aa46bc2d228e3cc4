"""Drift becomes a decision, once for each report, and the decision says why or why not."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest

from driftline import PerformanceDrift, Retrain, RetrainTrigger
from driftline.drift import Verdict
from driftline.drift_reports import report_drift
from driftline.evaluations import evaluate
from driftline.predictions import predict
from driftline.retraining import (
    State,
    adjudicate,
    decide,
    decide_reports,
    read_dataset,
    train,
    try_again,
    waiting_retrainings,
)
from driftline.retraining.decide import Evidence, RetrainRule
from driftline.store import decision_rows, drift_rows
from driftline.store.run_rows import Tag
from tests.histories import decided, decisions, give_alias
from tests.streams import day, fires

NOW = day("2025-03-10")
POLICY = Retrain(on_drift=("performance",), cooldown="7d")
FREE = State(running=None, last_start=None)
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


def at(workspace, date):
    return replace(workspace, replay_at=day(date))


def watch(workspace, *keys, pipeline=None):
    pipeline = pipeline or fires()
    predict(workspace, pipeline, keys)
    return report_drift(workspace, pipeline, keys).done


DRIFTED = [f"2025-03-{number:02}" for number in range(11, 18)]


def test_drift_of_the_performance_asks_for_one_retraining(served):
    watch(served, *DRIFTED)
    decided = decide_reports(served, {"fires": fires()})
    assert [d.retrain for d in decided] == [False] * 6 + [True]
    assert "older than report" in decided[0].reason
    [waiting] = waiting_retrainings(served)
    assert (waiting.decision_id, waiting.attempt) == (decided[-1].decision_id, 1)
    assert waiting.run_key() == f"fires:decision:{decided[-1].decision_id}:1"


def test_asking_again_decides_nothing_again(served):
    watch(served, *DRIFTED)
    first = decide_reports(served, {"fires": fires()})
    assert decide_reports(served, {"fires": fires()}) == []
    assert len(decisions(served)) == 1 + len(first)


def test_two_processes_that_ask_at_once_decide_each_report_once(served):
    watch(served, *DRIFTED)
    barrier = Barrier(4)

    def ask(_):
        barrier.wait()
        return decide_reports(served, {"fires": fires()})

    with ThreadPoolExecutor(4) as pool:
        came = [decided for answers in pool.map(ask, range(4)) for decided in answers]
    assert len(came) == len({decided.report_id for decided in came}) == 7
    assert len(waiting_retrainings(served)) == 1


def test_drift_of_columns_alone_does_not_retrain(served):
    reports = watch(served, *[f"2025-02-{number}" for number in range(16, 23)])
    assert reports["2025-02-22"].verdict == "drift"
    decided = decide_reports(served, {"fires": fires()})
    assert "does not trigger retraining under this policy (triggers: performance)" in decided[-1].reason
    assert waiting_retrainings(served) == []


def test_columns_that_the_policy_counts_do_retrain(served):
    watch(served, *[f"2025-02-{number}" for number in range(16, 23)])
    decided = decide_reports(served, {"fires": fires(retrain=Retrain(on_drift=("column",)))})
    assert decided[-1].retrain


def test_a_pipeline_that_is_not_asked_about_stays_undecided(served):
    watch(served, *DRIFTED)
    assert decide_reports(served, {"others": fires(name="others")}) == []
    assert len(decide_reports(served, {"fires": fires()})) == 7


def test_the_second_drift_waits_for_the_retraining_that_is_under_way(served):
    watch(served, *DRIFTED)
    [first] = [d for d in decide_reports(served, {"fires": fires()}) if d.retrain]
    watch(served, "2025-03-18")
    [second] = decide_reports(served, {"fires": fires()})
    assert f"decision {first.decision_id} is under way" in second.reason


def test_after_a_retraining_the_cooldown_holds(served):
    then = at(served, "2025-03-18")
    watch(then, *DRIFTED)
    [asked] = [d for d in decide_reports(then, {"fires": fires()}) if d.retrain]
    read_dataset(then, fires())
    train(then, fires(), decision_id=asked.decision_id)
    adjudicate(then, fires())
    assert waiting_retrainings(then) == []
    later = at(served, "2025-03-20")
    watch(later, "2025-03-17", pipeline=fires(drift=fires().performance_rules))
    [again] = decide_reports(later, {"fires": fires()})
    assert "cooldown lasts until 2025-03-25" in again.reason


def test_the_decision_that_drift_asked_for_gets_the_outcome(served):
    then = at(served, "2025-03-18")
    watch(then, *DRIFTED)
    [asked] = [d for d in decide_reports(then, {"fires": fires()}) if d.retrain]
    read_dataset(then, fires())
    trained = train(then, fires(), decision_id=asked.decision_id)
    judged = adjudicate(then, fires())
    row = decisions(served)[-1]
    assert (row.id, row.trigger, row.challenger_version_id) == (asked.decision_id, "drift", trained.version.id)
    assert row.outcome == judged.reason
    assert row.reason.startswith("Retrain: auroc")


def test_a_run_that_died_is_tried_three_times_and_then_failed(served):
    watch(served, *DRIFTED)
    [asked] = [d for d in decide_reports(served, {"fires": fires()}) if d.retrain]
    assert [try_again(served, asked.decision_id, why="the run died") for _ in range(3)] == [True, True, False]
    row = decisions(served)[-1]
    assert (row.status, row.attempt, row.outcome) == ("failed", 3, "Failed: the run died, attempt 3 of 3.")
    assert waiting_retrainings(served) == []


def test_drift_of_a_version_that_serves_no_longer_does_not_retrain(served):
    predict(served, fires(), DRIFTED)
    read_dataset(at(served, "2025-03-20"), fires())
    second = train(at(served, "2025-03-20"), fires()).version
    with served.database.transaction() as session:
        told = {"effective_at": day("2025-03-20"), "recorded_at": served.clock(), "actor": "ann", "reason": "new"}
        give_alias(session, second, **told)
    report_drift(served, fires(retrain=Retrain(cooldown="1s")), DRIFTED)
    assert not any(d.retrain for d in decide_reports(served, {"fires": fires(retrain=Retrain(cooldown="1s"))}))


def test_every_report_keeps_its_decision(served):
    watch(served, *DRIFTED)
    decide_reports(served, {"fires": fires()})
    with served.database.reading() as session:
        assert drift_rows.undecided_reports(session) == []
    assert sorted(row.drift_report_id for row in decisions(served)[1:]) == list(range(1, 8))


CALM = [f"2025-02-{number}" for number in range(10, 17)]


def with_policy(**policy):
    return fires(retrain=Retrain(on_drift=(), cooldown="1d", **policy), drift=fires().performance_rules)


def observe(workspace, pipeline, *keys):
    predict(workspace, pipeline, keys)
    evaluate(workspace, pipeline, keys)
    report_drift(workspace, pipeline, keys)
    return decide_reports(workspace, {"fires": pipeline})


def test_a_champion_that_is_too_old_asks_with_its_own_trigger(served):
    young, old = at(served, "2025-02-17"), at(served, "2025-02-24")
    assert not observe(young, with_policy(max_age="14d"), *CALM)[-1].retrain
    [asked] = observe(old, with_policy(max_age="14d"), "2025-02-17")
    assert asked.retrain
    assert decisions(served)[-1].trigger == "age"
    [waiting] = waiting_retrainings(served)
    assert waiting.trigger == "age"
    read_dataset(old, with_policy(max_age="14d"))
    run_id = train(old, fires(), decision_id=waiting.decision_id).run_id
    with served.database.reading() as session:
        assert session.get(Tag, (run_id, "trigger")).value == "age"


def test_labels_that_came_since_the_training_ask_once_there_are_enough(served):
    policy = with_policy(min_new_labels=420)  # 60 a day
    assert not observe(served, policy, *CALM[:6])[-1].retrain
    [asked] = observe(served, policy, CALM[6])
    assert "420 new labels" in asked.reason
    assert decisions(served)[-1].trigger == "labels"


def test_losses_are_counted_since_the_last_promotion_and_failures_do_not_count(served):
    model_id = decisions(served)[0].model_id
    for number, status in enumerate(("kept", "promoted", "kept", "failed", "kept")):
        decided(served, model_id, status, as_of=NOW + timedelta(days=number))
    with served.database.reading() as session:
        promotion = decision_rows.newest_promotion(session, model_id)
        starts = decision_rows.retraining_starts(session, model_id)
    lost = [row.as_of for row, _ in starts if row.status == "kept" and row.id > promotion]
    assert [on - NOW for on in lost] == [timedelta(days=2), timedelta(days=4)]
    assert len(starts) == 6


TRIGGERED = Retrain(trigger=RetrainTrigger(window="4d"), cooldown="7d")
FEBRUARY = [f"2025-02-{number}" for number in range(10, 29)]


def test_the_trigger_asks_where_the_alert_is_deaf(served):
    deaf = fires(drift=(PerformanceDrift("auroc", below=0.01),), retrain=TRIGGERED)
    watch(served, *FEBRUARY, *DRIFTED, pipeline=deaf)
    asked = decide_reports(served, {"fires": deaf})[-1]
    assert asked.retrain
    assert asked.reason.startswith("Retrain: brier")
    with served.database.reading() as session:
        [report] = drift_rows.reports(session, 1, first=1)
    assert report.verdict == "ok"


def test_the_alert_tells_people_where_the_trigger_is_silent(served):
    pipeline = fires(retrain=replace(TRIGGERED, trigger=RetrainTrigger(window="21d")))
    reported = watch(served, *FEBRUARY, *DRIFTED, pipeline=pipeline)
    assert reported[DRIFTED[-1]].verdict == "drift"
    asked = decide_reports(served, {"fires": pipeline})[-1]
    assert not asked.retrain
    assert "(triggers: the retrain trigger)" in asked.reason
    assert "the retrain trigger waits until the champion's first live window of 21d" in asked.reason
