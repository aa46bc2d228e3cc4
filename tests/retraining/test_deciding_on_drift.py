"""Drift becomes a decision, once for each report, and the decision says why or why not."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest

from driftline import Retrain
from driftline.drift import Verdict
from driftline.monitoring import predict, report_drift
from driftline.registry import find_version, move_alias
from driftline.retraining import (
    Evidence,
    State,
    adjudicate,
    decide,
    decide_reports,
    read_dataset,
    train,
    try_again,
    waiting_retrainings,
)
from driftline.store import monitoring, registry
from tests.streams import day, fires

NOW = day("2025-03-10")
POLICY = Retrain(on_drift=("performance",), cooldown="7d")
FREE = State(running=None, last_start=None)
DRIFT = Evidence(report_id=5, verdict=Verdict.DRIFT, drifted=("performance",), summary="auroc 0.6 is worse.")


@pytest.mark.parametrize("drifted", [("performance",), ("column", "performance")])
def test_drift_of_a_kind_that_counts_retrains(drifted):
    decision = decide(POLICY, FREE, replace(DRIFT, drifted=drifted), NOW)
    assert (decision.retrain, decision.reason) == (True, "Retrain: auroc 0.6 is worse.")


@pytest.mark.parametrize(
    ("state", "evidence", "said"),
    [
        (FREE, replace(DRIFT, verdict=Verdict.OK), "says ok"),
        (FREE, replace(DRIFT, verdict=Verdict.TOO_FEW_ROWS), "says too_few_rows"),
        (FREE, replace(DRIFT, verdict=Verdict.UNDEFINED), "says undefined"),
        (FREE, replace(DRIFT, newer_report=6), "older than report 6"),
        (FREE, replace(DRIFT, drifted=("column",)), "column drift alone is for people"),
        (replace(FREE, running=3), DRIFT, "retraining of decision 3 is under way"),
        (replace(FREE, last_start=NOW - timedelta(days=6)), DRIFT, "cooldown lasts until 2025-03-11"),
        (replace(FREE, last_start=NOW + timedelta(days=1)), DRIFT, "cooldown"),
    ],
)
def test_what_speaks_against_a_retraining_is_said(state, evidence, said):
    decision = decide(POLICY, state, evidence, NOW)
    assert not decision.retrain
    assert decision.reason.startswith("No retraining: ")
    assert decision.reason.endswith(".")
    assert said in decision.reason


def test_the_cooldown_ends_to_the_moment():
    assert decide(POLICY, replace(FREE, last_start=NOW - timedelta(days=7)), DRIFT, NOW).retrain


def test_a_policy_without_kinds_never_retrains_on_drift():
    assert "no kind of drift" in decide(Retrain(on_drift=()), FREE, DRIFT, NOW).reason


def at(workspace, date):
    return replace(workspace, replay_at=day(date))


def watch(workspace, *keys, pipeline=None):
    pipeline = pipeline or fires()
    predict(workspace, pipeline, keys)
    return report_drift(workspace, pipeline, keys).done


def decisions(workspace):
    with workspace.database.reading() as session:
        return list(reversed(registry.decisions(session, registry.find_model(session, "fires").id)))


DRIFTED = [f"2025-03-{number:02}" for number in range(11, 18)]


def test_drift_of_the_performance_asks_for_one_retraining(served):
    watch(served, *DRIFTED)
    decided = decide_reports(served, {"fires": fires()})
    assert [d.retrain for d in decided] == [False] * 6 + [True]
    assert "older than report" in decided[0].reason
    [waiting] = waiting_retrainings(served)
    assert (waiting.decision_id, waiting.attempt) == (decided[-1].decision_id, 1)
    assert waiting.run_key == f"fires:decision:{decided[-1].decision_id}:1"


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
    assert "column drift alone is for people" in decided[-1].reason
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


def test_a_decision_that_is_not_there_is_not_tried_again(served):
    assert not try_again(served, 99, why="nobody knows")


def test_drift_of_a_version_that_serves_no_longer_does_not_retrain(served):
    predict(served, fires(), DRIFTED)
    read_dataset(at(served, "2025-03-20"), fires())
    second = train(at(served, "2025-03-20"), fires()).version
    with served.database.transaction() as session:
        told = {"effective_at": day("2025-03-20"), "recorded_at": served.clock(), "actor": "ann", "reason": "new"}
        move_alias(session, second, expected=find_version(served, "fires/1"), **told)
    report_drift(served, fires(retrain=Retrain(cooldown="1s")), DRIFTED)
    assert not any(d.retrain for d in decide_reports(served, {"fires": fires(retrain=Retrain(cooldown="1s"))}))


def test_every_report_keeps_its_decision(served):
    watch(served, *DRIFTED)
    decide_reports(served, {"fires": fires()})
    with served.database.reading() as session:
        assert monitoring.undecided_reports(session) == []
    assert sorted(row.drift_report_id for row in decisions(served)[1:]) == list(range(1, 8))
