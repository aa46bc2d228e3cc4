"""When people are told: pure steps from what is seen and what was told before."""

from datetime import UTC, datetime, timedelta

import pytest

from driftline.alerting.rule_results import Sighting, State
from driftline.alerting.steps import Event, Past, Step, next_step

NOW = datetime(2025, 3, 20, tzinfo=UTC)
DAY = timedelta(days=1)


def seen(state: str, evidence: str = "report 2") -> Sighting:
    return Sighting(
        key="fires/drift",
        on="drift",
        model="fires",
        version=1,
        severity="warning",
        cooldown=DAY,
        state=State(state),
        evidence=evidence,
        what="Drift.",
    )


OPEN = {"is_open": True, "told": True, "evidence": "report 1"}


@pytest.mark.parametrize(
    ("state", "past", "step"),
    [
        ("bad", {}, ("opened", True)),
        ("ok", {}, ("none", False)),
        ("unknown", OPEN, ("none", False)),
        ("bad", {**OPEN, "last_told": NOW - DAY}, ("reminder", True)),
        ("bad", {**OPEN, "last_told": NOW - DAY / 2}, ("reminder", False)),
        ("bad", {**OPEN, "evidence": "report 2", "last_told": NOW - 9 * DAY}, ("reminder", False)),
        ("bad", {"evidence": "report 1", "told": True, "last_told": NOW - DAY / 2}, ("opened", False)),
        ("bad", {**OPEN, "told": False, "evidence": "report 2", "last_told": NOW - DAY}, ("reminder", True)),
        ("ok", {**OPEN, "last_told": NOW}, ("resolved", True)),
        ("ok", {**OPEN, "told": False}, ("resolved", False)),
        ("happened", {}, ("happened", True)),
        ("happened", {"evidence": "report 2", "last_told": NOW - 9 * DAY}, ("none", False)),
        ("happened", {"evidence": "report 1", "last_told": NOW - DAY / 2}, ("none", False)),
    ],
)
def test_what_becomes_of_an_alert(state, past, step):
    assert next_step(seen(state), Past(**past), NOW) == Step(event=Event(step[0]), tell=step[1])
