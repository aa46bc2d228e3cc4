"""The history of a pipeline tells of its level and of each look, in the order in which they happened."""

from dataclasses import asdict
from datetime import timedelta

import pytest

from driftline.drift_reports import accept_level
from driftline.health import Health, HealthRule, MeanLoss
from driftline.health.health import Condition
from driftline.registry import find_version
from driftline.registry.errors import UnknownModelError
from driftline.retraining import RetrainingEvent, adjudicate, history, read_dataset, train
from driftline.store import drift_rows
from tests.histories import accepted, decided, decisions
from tests.streams import day, fires

LOST, SAME = HealthRule.LEVEL_LOST, HealthRule.LEVEL_NOT_REGAINED
KEPT, REGAINED = HealthRule.LEVEL_KEPT, HealthRule.LEVEL_REGAINED
CHANGED = day("2025-03-01")


def report(workspace, key, rule, *, health=True):
    """A report on a partition whose health follows from `rule`; without health it shows drift."""
    version = find_version(workspace, "fires/1")
    lost = rule in {LOST, SAME}
    stood = Health(
        as_of=day(key) + timedelta(days=2),
        condition=Condition.RECOVERING if lost else Condition.SETTLED,
        rule=rule,
        champion_id=version.id,
        level=0.04,
        loss=MeanLoss(value=0.13 if lost else 0.03, standard_error=0.01, row_count=420),
        changed_at=CHANGED if lost else None,
    )
    finding = {
        "kind": "performance", "name": "brier", "method": "level", "statistic": None, "effect_name": None,
        "effect": None, "threshold": None, "p_value": None, "reference_rows": 0, "analysis_rows": 420,
        "verdict": "drift" if not health else "degraded" if lost else "ok",
        "role": "health" if health else "alert", "rule": rule.value, "note": f"{rule.value}.",
    }  # fmt: skip
    with workspace.database.transaction() as session:
        return drift_rows.add_report(
            session,
            model_id=version.model_id,
            version_id=version.id,
            partition_key=key,
            reference="level",
            window_end=day(key) + timedelta(days=1),
            verdict=finding["verdict"],
            summary="worse",
            digest=f"{key} {rule}",
            created_at=workspace.clock(),
            findings=[finding],
            health=stood.to_json() if health else None,
        )


def kinds(workspace):
    return [event.kind for event in history(workspace, "fires")]


def test_the_level_is_lost_once_and_regained_once_however_many_reports_say_so(served):
    for key, rule in zip("3456789", (KEPT, LOST, SAME, SAME, REGAINED, KEPT, KEPT), strict=True):
        report(served, f"2025-03-0{key}", rule)
    first, lost, regained = history(served, "fires")
    assert first.kind == "promoted"
    assert (lost.kind, lost.at, lost.version) == ("level_lost", day("2025-03-06"), 1)
    assert (lost.level, lost.loss, lost.changed_at, lost.reason) == (0.04, 0.13, CHANGED, "reached_level_lost.")
    assert (regained.kind, regained.at, regained.loss) == ("level_regained", day("2025-03-09"), 0.03)
    assert regained.changed_at is None


def test_a_level_that_is_lost_at_the_first_report_was_lost(served):
    report(served, "2025-03-03", LOST)
    assert kinds(served) == ["promoted", "level_lost"]


def test_of_a_partition_that_was_reported_on_again_the_newest_report_counts(served):
    report(served, "2025-03-03", KEPT)
    report(served, "2025-03-04", LOST)
    report(served, "2025-03-04", KEPT)
    assert kinds(served) == ["promoted"]


def test_an_accepted_level_is_told_by_its_decision_alone(served):
    lost = report(served, "2025-03-03", LOST)
    model_id = find_version(served, "fires/1").model_id
    evidence = {"level": 0.14, "level_before": 0.04, "changed_at": CHANGED.isoformat(), "looks": 3, "lost": 3}
    accepted(served, model_id, {**evidence, "rows_since_change": 900}, as_of=day("2025-03-05"), drift_report_id=lost)
    report(served, "2025-03-04", HealthRule.LEVEL_ACCEPTED)
    *_, event = history(served, "fires")
    assert kinds(served) == ["promoted", "level_lost", "level_accepted"]
    assert (event.level, event.level_before, event.changed_at) == (0.14, 0.04, CHANGED)
    assert event.reason.startswith("A lower level is accepted: 0.1400 in place of 0.0400.")


def test_a_level_that_a_person_sets_is_another_event(served):
    report(served, "2025-03-03", KEPT)
    accept_level(served, "fires", actor="ada", reason="A strike.", level=0.3)
    *_, told = history(served, "fires")
    assert (told.kind, told.level, told.level_before, told.loss) == ("level_set", 0.3, 0.04, None)
    assert "A strike." in told.reason


def test_a_look_says_what_it_chose_and_what_became_of_it(served):
    read_dataset(served, fires())
    train(served, fires())
    adjudicate(served, fires())
    [first, look] = history(served, "fires")
    [_, decision] = decisions(served)
    assert first.before is None
    assert first.chosen.tried == 1
    assert (look.kind, look.version, look.trigger, look.look) == (decision.status, 2, "manual", None)
    assert (look.before, look.after) == (decision.adjudication.champion_score, decision.adjudication.challenger_score)
    assert asdict(look.chosen) == {"trained_from": None, "rows": look.chosen.rows, "version": None, "tried": 1}
    assert look.chosen.rows > 0
    assert (look.rule, look.outcome) == (decision.adjudication.rule, decision.outcome)


@pytest.mark.parametrize(("status", "kind"), [("failed", "failed"), ("training", "retraining")])
def test_a_retraining_without_a_challenger_has_chosen_nothing(served, status, kind):
    decided(served, find_version(served, "fires/1").model_id, status)
    *_, event = history(served, "fires")
    assert isinstance(event, RetrainingEvent)
    assert (event.kind, event.chosen, event.version, event.before) == (kind, None, None, None)


def test_drift_is_an_event_where_no_level_is_watched(served):
    report(served, "2025-03-03", LOST, health=False)
    report(served, "2025-03-04", SAME, health=False)
    assert [(event.kind, event.at) for event in history(served, "fires")][1:] == [("drift", day("2025-03-04"))]


def test_nothing_is_known_of_a_model_that_is_not_there(workspace):
    with pytest.raises(UnknownModelError):
        history(workspace, "fires")
