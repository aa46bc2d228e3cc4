"""The end of a bandit: by its rule, by hand, or because the ground moved."""

from dataclasses import replace
from datetime import timedelta

import pytest

from driftline.registry import CHALLENGER, find_version, timeline
from driftline.registry import promote as promote_by_hand
from driftline.rollout import (
    bandit_status,
    end_shadow,
    stop_bandit,
)
from driftline.rollout.errors import NoBanditError
from driftline.store import decision_rows
from driftline.store.decision_rows import DecisionStatus
from tests.bandits import (
    FEW_KEYS,
    PIPELINE,
    RULE,
    START,
    WHY,
    at,
    bandits,
    begin,
    days,
    moves,
    stored_shares,
    trained_after_the_change,
    watch,
)
from tests.histories import another_version
from tests.streams import day


def test_a_better_challenger_wins_and_is_promoted_by_a_decision(served):
    trained_after_the_change(served)
    begin(served)
    ended = [decision for key in days(START, 12) if (decision := watch(served, [key])) is not None]
    [decision] = ended
    assert (decision.status, decision.trigger, decision.actor) == (DecisionStatus.PROMOTED, "bandit", "bandit")
    assert decision.outcome.startswith("Promote: P(challenger is better) = 1.0000")
    assert decision.adjudication.challenger_score > decision.adjudication.champion_score
    number, event = moves(served, "champion")[0]
    assert (number, event.decision_id, event.reason) == (2, decision.id, decision.outcome)
    assert moves(served, CHALLENGER)[0][1].decision_id == decision.id
    [first, then] = timeline(served, "fires").holders([day(START), event.effective_at])
    assert (first.version, then.version) == (1, 2)
    assert timeline(served, "fires", alias=CHALLENGER).holders([event.effective_at]) == [None]


def test_two_that_are_equal_end_in_keep_by_the_time_limit(equal):
    ended = [decision for key in days(START, 6) if (decision := watch(equal, [key])) is not None]
    [decision] = ended
    assert decision.status == DecisionStatus.KEPT
    assert decision.outcome.startswith("Keep: no winner within 6 days")
    assert [number for number, _ in moves(equal, "champion")] == [1]
    assert [number for number, _ in moves(equal, CHALLENGER)] == [None, 2]
    found = bandit_status(equal, PIPELINE)
    assert (found.decision_id, found.outcome) == (decision.id, decision.outcome)


def test_a_bandit_that_is_lost_is_no_lost_retraining(equal):
    stop_bandit(equal, "fires", **WHY)
    with equal.database.reading() as session:
        assert decision_rows.retraining_starts(session, bandits(equal)[0].model_id) == [] or all(
            row.kind == "retrain" for row, _ in decision_rows.retraining_starts(session, bandits(equal)[0].model_id)
        )


def test_it_is_stopped_by_hand_once(equal):
    decision = stop_bandit(at(equal, "2025-03-04"), "fires", actor="bob", reason="enough")
    assert (decision.status, decision.actor, decision.outcome) == ("kept", "bob", "Kept by bob: enough")
    assert decision.serving_version_id == find_version(equal, "fires/1").id
    with pytest.raises(NoBanditError, match="bandit start fires"):
        stop_bandit(equal, "fires", actor="bob", reason="enough")
    assert len(bandits(equal)) == 1


def test_another_champion_by_hand_ends_it_in_keep(equal):
    another_version(equal)
    promote_by_hand(at(equal, "2025-03-04"), "fires", 3, actor="bob", reason="it is urgent")
    decision = watch(equal, ["2025-03-04"])
    assert decision.outcome == "Kept: the champion was changed while the bandit ran (it is urgent)."
    assert decision.serving_version_id == find_version(equal, "fires/3").id
    assert [number for number, _ in moves(equal, "champion")] == [3, 1]
    assert stored_shares(equal) == {}


def test_the_end_of_the_shadow_ends_it_too(equal):
    end_shadow(at(equal, "2025-03-04"), "fires", actor="bob", reason="too dear")
    decision = watch(equal, ["2025-03-04"])
    assert (decision.status, "too dear" in decision.outcome) == (DecisionStatus.KEPT, True)
    assert [number for number, _ in moves(equal, CHALLENGER)] == [None, 2]


def test_with_few_keys_a_winner_is_not_sure_and_the_time_limit_keeps(served):
    trained_after_the_change(served)
    begin(served, replace(RULE, min_labels=500, min_share=0.3, max_age=timedelta(days=5)))
    ended = [decision for key in days(START, 6) if (decision := watch(served, [key], pipeline=FEW_KEYS)) is not None]
    [decision] = ended
    assert decision.status == DecisionStatus.KEPT
    assert decision.outcome.startswith("Fewer than 30 keys fell to one of both")
    assert bandit_status(served, FEW_KEYS).fewest_units < 12
