"""Drift becomes a decision, once for each report, and the decision says why or why not."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

from driftline import PerformanceDrift, Retrain, RetrainTrigger
from driftline.drift_reports import report_drift
from driftline.evaluations import evaluate
from driftline.predictions import predict
from driftline.retraining import (
    adjudicate,
    decide_reports,
    read_dataset,
    train,
    try_again,
    waiting_retrainings,
)
from driftline.store import decision_rows, drift_rows
from tests.histories import decided, decisions, give_alias
from tests.logged import tags
from tests.streams import day, fires

NOW = day("2025-03-10")


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
    decided = decide_reports(served, {"fires": fires(retrain=Retrain(trigger=None, on_drift=("column",)))})
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
    report_drift(served, fires(retrain=Retrain(trigger=None, cooldown="1s")), DRIFTED)
    assert not any(
        d.retrain for d in decide_reports(served, {"fires": fires(retrain=Retrain(trigger=None, cooldown="1s"))})
    )


def test_every_report_keeps_its_decision(served):
    watch(served, *DRIFTED)
    decide_reports(served, {"fires": fires()})
    with served.database.reading() as session:
        assert drift_rows.undecided_reports(session) == []
    assert sorted(row.drift_report_id for row in decisions(served)[1:]) == list(range(1, 8))


CALM = [f"2025-02-{number}" for number in range(10, 17)]


def with_policy(**policy):
    return fires(retrain=Retrain(trigger=None, on_drift=(), cooldown="1d", **policy), drift=fires().performance_rules)


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
    assert tags(served, run_id)["trigger"] == "age"


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
