"""A switch by hand: now or later, with its decision, and back."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest

from driftline import load_model
from driftline.artifacts.errors import ArtifactMissingError
from driftline.drift_reports import accept_level
from driftline.registry import list_models, promote, rollback, timeline
from driftline.registry.errors import (
    AliasMovedError,
    InvalidSwitchError,
    MissingReasonError,
    UnknownModelError,
    UnknownVersionError,
)
from driftline.rollout import end_shadow, shadow, start_bandit, stop_bandit
from driftline.store import run_rows
from driftline.store.decision_rows import DecisionStatus
from tests.histories import another_version, decisions, events, number
from tests.streams import LONG_AFTER, day, fires

LATER = day("2025-07-01")
WHY = {"actor": "ann", "reason": "green is faster"}


def test_a_switch_and_its_decision_are_stored_together(served):
    second = another_version(served)
    done = promote(served, "fires", 2, **WHY)
    assert (done.version, done.previous, done.effective_at, done.judged) == (2, 1, LONG_AFTER, False)
    row, event = decisions(served)[-1], events(served)[-1]
    assert (row.trigger, row.status, row.actor, row.reason) == ("manual", DecisionStatus.PROMOTED, *WHY.values())
    assert (event.decision_id, event.version.id, event.reason) == (row.id, second.id, "green is faster")
    assert row.started_at is None  # it is no retraining: no cooldown begins with it


def test_whoever_acts_says_why(served):
    another_version(served)
    pipeline, nothing = fires(), {"actor": "ann", "reason": " \n"}
    for act in (
        lambda: promote(served, "fires", 2, **nothing),
        lambda: rollback(served, "fires", to=1, **nothing),
        lambda: shadow(served, "fires", 2, **nothing),
        lambda: end_shadow(served, "fires", **nothing),
        lambda: start_bandit(served, pipeline, 2, **nothing),
        lambda: stop_bandit(served, "fires", **nothing),
        lambda: accept_level(served, "fires", **nothing),
    ):
        with pytest.raises(MissingReasonError, match="The reason is empty"):
            act()
    assert len(events(served)) == 1


def test_a_version_that_was_judged_is_known_as_such(served):
    another_version(served)
    promote(served, "fires", 2, **WHY)
    assert promote(served, "fires", 1, **WHY).judged


def test_a_planned_switch_serves_from_its_time_on_and_not_before(served):
    another_version(served)
    promote(served, "fires", 2, at=LATER, **WHY)
    assert [number(v) for v in timeline(served, "fires").holders([LONG_AFTER, LATER])] == [1, 2]
    assert number(timeline(served, "fires").holder(served.as_of())) == 1
    assert list_models(served)[0]["champion"] == 1
    assert load_model("fires", workspace=served) is not None


def test_a_planned_switch_is_cancelled_by_one_more_event(served):
    another_version(served)
    promote(served, "fires", 2, at=LATER, **WHY)
    done = rollback(served, "fires", actor="bob", reason="not yet")
    assert (done.revision, done.version, done.cancelled) == (3, 1, (2,))
    assert decisions(served)[-1].outcome.startswith("The switch to version 2 planned for 2025-07-01")
    assert number(timeline(served, "fires").holder(LATER)) == 1


def test_a_cancelled_switch_does_not_interrupt_the_champions_service(served):
    another_version(served)
    [before] = [timeline(served, "fires").since(time) for time in [LONG_AFTER]]
    promote(served, "fires", 2, at=LATER, **WHY)
    assert [timeline(served, "fires").since(time) for time in [LONG_AFTER, LATER]] == [before, LATER]
    rollback(served, "fires", actor="bob", reason="not yet")
    assert [timeline(served, "fires").since(time) for time in [LONG_AFTER, LATER, day("2025-08-01")]] == [before] * 3


def test_a_switch_and_back_begins_a_new_service(served):
    another_version(served)
    promote(served, "fires", 2, **WHY)
    rollback(replace(served, replay_at=LATER), "fires", actor="bob", reason="it smokes")
    assert [timeline(served, "fires").since(time) for time in [LONG_AFTER, LATER]] == [LONG_AFTER, LATER]


def test_a_plan_is_cancelled_by_a_switch_before_it_and_blocks_nothing(served):
    another_version(served)
    another_version(served)
    promote(served, "fires", 2, at=LATER, **WHY)
    done = promote(served, "fires", 3, **WHY)
    assert (done.version, done.previous, done.cancelled) == (3, 1, (2,))
    assert decisions(served)[-1].events[-1].details["cancelled"][0]["version"] == 2
    assert [number(v) for v in timeline(served, "fires").holders([LONG_AFTER, LATER])] == [3, 3]


def test_a_switch_that_was_dated_by_mistake_blocks_nothing_once_it_is_cancelled(served):
    another_version(served)
    promote(served, "fires", 2, at=day("2095-07-01"), **WHY)
    rollback(served, "fires", actor="bob", reason="a slip of the pen")
    promote(served, "fires", 2, **WHY)
    assert number(timeline(served, "fires").holder(LONG_AFTER)) == 2
    assert timeline(served, "fires").planned(LONG_AFTER) == ()


def test_a_rollback_twice_in_a_row_goes_one_further_back(served):
    another_version(served)
    another_version(served)
    promote(served, "fires", 2, **WHY)
    promote(replace(served, replay_at=day("2025-06-02")), "fires", 3, **WHY)
    late = replace(served, replay_at=LATER)
    back = [rollback(late, "fires", actor="bob", reason="it smokes").version for _ in range(2)]
    assert back == [2, 1]
    with pytest.raises(UnknownVersionError):
        rollback(late, "fires", actor="bob", reason="it smokes")
    promote(late, "fires", 3, **WHY)
    assert rollback(late, "fires", actor="bob", reason="it smokes").version == 1


def test_a_rollback_to_who_served_before_the_present_tenure_looks_past_a_repeated_move(served):
    another_version(served)
    promote(served, "fires", 2, **WHY)
    promote(served, "fires", 1, at=LATER, **WHY)
    rollback(served, "fires", actor="bob", reason="not yet")  # version 2 stays: one more event of the same tenure
    assert rollback(served, "fires", actor="bob", reason="it smokes").version == 1


def test_who_saw_another_champion_is_told(served):
    another_version(served)
    another_version(served)
    seen = timeline(served, "fires").revision
    promote(served, "fires", 2, expected_revision=seen, **WHY)
    for verb in (
        lambda: promote(served, "fires", 3, expected_revision=seen, **WHY),
        lambda: rollback(served, "fires", expected_revision=seen, **WHY),
    ):
        with pytest.raises(AliasMovedError, match="green is faster"):
            verb()
    assert len(events(served)) == 2


def test_what_cannot_be_switched_to_is_refused_and_nothing_is_stored(served):
    with pytest.raises(InvalidSwitchError, match="Version 1"):
        promote(served, "fires", 1, **WHY)
    with pytest.raises(UnknownVersionError, match="version 9"):
        promote(served, "fires", 9, **WHY)
    with pytest.raises(UnknownModelError):
        promote(served, "wires", 1, **WHY)
    with pytest.raises(InvalidSwitchError, match="2025-03-01"):
        promote(served, "fires", 1, at=day("2025-03-01"), **WHY)
    assert len(events(served)) == len(decisions(served)) == 1


def test_a_version_whose_files_are_gone_is_not_switched_to(served, tmp_path):
    version = another_version(served)
    with served.database.reading() as session:
        digest = session.get(run_rows.Artifact, (version.run_id, "model/model.txt")).digest
    (tmp_path / "artifacts" / digest[:2] / digest[2:]).unlink()
    with pytest.raises(ArtifactMissingError):
        promote(served, "fires", 2, **WHY)
    assert len(events(served)) == 1


def test_the_first_champion_of_a_model_may_be_made_by_hand(served):
    another_version(served, "other")
    done = promote(served, "other", 1, **WHY)
    assert (done.previous, number(timeline(served, "other").holder(served.as_of()))) == (None, 1)


def test_switches_at_once_are_refused_only_where_they_conflict(served):
    """Each waits for the one before it, and is dated when its turn has come."""
    for _ in range(3):
        another_version(served)
    production = replace(served, replay_at=None)
    together = Barrier(6)

    def switch(number):
        together.wait()
        for turn in range(3):
            try:
                promote(production, "fires", 2 + (number + turn) % 3, **WHY)
                rollback(production, "fires", actor="bob", reason="it smokes")
            except InvalidSwitchError:  # it is champion already
                continue

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(switch, range(6)))
    revisions = [event.revision for event in events(served)]
    assert revisions == list(range(1, len(revisions) + 1))


def test_a_switch_follows_one_that_a_clock_a_little_ahead_has_dated(served):
    another_version(served)
    ahead = replace(served, replay_at=LONG_AFTER + timedelta(seconds=2))
    promote(ahead, "fires", 2, **WHY)
    done = rollback(served, "fires", actor="bob", reason="it smokes")
    assert (done.version, done.effective_at) == (1, LONG_AFTER + timedelta(seconds=2))
    assert number(timeline(served, "fires").holder(done.effective_at)) == 1
    assert timeline(served, "fires").planned(done.effective_at) == ()
