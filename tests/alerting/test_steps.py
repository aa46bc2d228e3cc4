"""When messages go out: pure steps from a rule's result and what was sent before."""

from datetime import UTC, datetime, timedelta

import pytest

from driftline.alerting.rule_results import AlertRule, Conclusion, RuleResult, RuleState
from driftline.alerting.steps import AlertEvent, IncidentHistory, Step, next_step

NOW = datetime(2025, 3, 20, tzinfo=UTC)
DAY = timedelta(days=1)


def result(state: str) -> RuleResult:
    return RuleResult(
        key="fires/drift",
        on="drift",
        model="fires",
        severity="warning",
        cooldown=DAY,
        conclusion=Conclusion(
            rule=AlertRule.DRIFT_FOUND, values={}, state=RuleState(state), evidence="report 2", path="", version=1
        ),
    )


OPEN = {"is_open": True, "was_sent": True, "evidence": "report 1"}


@pytest.mark.parametrize(
    ("state", "past", "step"),
    [
        ("bad", {}, ("opened", True)),
        ("ok", {}, ("none", False)),
        ("unknown", OPEN, ("none", False)),
        ("bad", {**OPEN, "last_sent": NOW - DAY}, ("reminder", True)),
        ("bad", {**OPEN, "last_sent": NOW - DAY / 2}, ("reminder", False)),
        ("bad", {**OPEN, "evidence": "report 2", "last_sent": NOW - 9 * DAY}, ("reminder", False)),
        ("bad", {"evidence": "report 1", "was_sent": True, "last_sent": NOW - DAY / 2}, ("opened", False)),
        ("bad", {**OPEN, "was_sent": False, "evidence": "report 2", "last_sent": NOW - DAY}, ("reminder", True)),
        ("ok", {**OPEN, "last_sent": NOW}, ("resolved", True)),
        ("ok", {**OPEN, "was_sent": False}, ("resolved", False)),
        ("happened", {}, ("happened", True)),
        ("happened", {"evidence": "report 2", "last_sent": NOW - 9 * DAY}, ("none", False)),
        ("happened", {"evidence": "report 1", "last_sent": NOW - DAY / 2}, ("none", False)),
    ],
)
def test_what_becomes_of_an_alert(state, past, step):
    assert next_step(result(state), IncidentHistory(**past), NOW) == Step(event=AlertEvent(step[0]), send=step[1])
