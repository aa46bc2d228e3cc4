"""A switch by hand: now or later, with its decision, and back."""

from dataclasses import replace

import pytest
from sqlmodel import select

from driftline import load_model
from driftline.artifacts.errors import ArtifactMissingError
from driftline.registry import champion_since, champions_at, list_models, promote, rollback
from driftline.registry.aliases import champion
from driftline.registry.errors import (
    AlreadyChampionError,
    HistoryRewriteError,
    PastSwitchError,
    UnknownModelError,
    UnknownVersionError,
)
from driftline.store import run_rows
from driftline.store.decision_rows import Decision, DecisionStatus
from tests.registry.test_versions_and_aliases import another_version, events, number
from tests.streams import LONG_AFTER, day

LATER = day("2025-07-01")
WHY = {"actor": "ann", "reason": "green is faster"}


def decisions(workspace):
    with workspace.database.reading() as session:
        return session.exec(select(Decision).order_by(Decision.id)).all()


def test_a_switch_and_its_decision_are_stored_together(served):
    second = another_version(served)
    done = promote(served, "fires", 2, **WHY)
    assert (done.version, done.previous, done.effective_at, done.judged) == (2, 1, LONG_AFTER, False)
    row, event = decisions(served)[-1], events(served)[-1]
    assert (row.trigger, row.status, row.actor, row.reason) == ("manual", DecisionStatus.PROMOTED, *WHY.values())
    assert (event.decision_id, event.version_id, event.reason) == (row.id, second.id, "green is faster")
    assert row.started_at is None  # it is no retraining: no cooldown begins with it


def test_a_version_that_was_judged_is_known_as_such(served):
    another_version(served)
    promote(served, "fires", 2, **WHY)
    assert promote(served, "fires", 1, **WHY).judged


def test_a_planned_switch_serves_from_its_time_on_and_not_before(served):
    another_version(served)
    promote(served, "fires", 2, at=LATER, **WHY)
    assert [number(v) for v in champions_at(served, "fires", [LONG_AFTER, LATER])] == [1, 2]
    assert number(champion(served, "fires")) == 1
    assert list_models(served)[0]["champion"] == 1
    assert load_model("fires", workspace=served) is not None


def test_a_planned_switch_is_cancelled_by_one_more_event(served):
    another_version(served)
    promote(served, "fires", 2, at=LATER, **WHY)
    event = rollback(served, "fires", actor="bob", reason="not yet")
    assert (event.revision, event.effective_at) == (3, LATER)
    assert number(champion(served, "fires", at=LATER)) == 1


def test_a_cancelled_switch_does_not_interrupt_the_champions_service(served):
    another_version(served)
    [before] = champion_since(served, "fires", [LONG_AFTER])
    promote(served, "fires", 2, at=LATER, **WHY)
    assert champion_since(served, "fires", [LONG_AFTER, LATER]) == [before, LATER]
    rollback(served, "fires", actor="bob", reason="not yet")
    assert champion_since(served, "fires", [LONG_AFTER, LATER, day("2025-08-01")]) == [before] * 3


def test_a_switch_and_back_begins_a_new_service(served):
    another_version(served)
    promote(served, "fires", 2, **WHY)
    rollback(replace(served, replay_at=LATER), "fires", actor="bob", reason="it smokes")
    assert champion_since(served, "fires", [LONG_AFTER, LATER]) == [LONG_AFTER, LATER]


def test_before_a_planned_switch_nothing_else_takes_effect(served):
    another_version(served)
    another_version(served)
    promote(served, "fires", 2, at=LATER, **WHY)
    with pytest.raises(HistoryRewriteError, match="2025-07-01"):
        promote(served, "fires", 3, **WHY)
    assert len(events(served)) == len(decisions(served)) == 2


def test_what_cannot_be_switched_to_is_refused_and_nothing_is_stored(served):
    with pytest.raises(AlreadyChampionError, match="Version 1"):
        promote(served, "fires", 1, **WHY)
    with pytest.raises(UnknownVersionError, match="version 9"):
        promote(served, "fires", 9, **WHY)
    with pytest.raises(UnknownModelError):
        promote(served, "wires", 1, **WHY)
    with pytest.raises(PastSwitchError, match="2025-03-01"):
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
    assert (done.previous, number(champion(served, "other"))) == (None, 1)
