"""Whether to notify people: a pure function of a rule's result, of what was sent before, and of the time."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from driftline.alerting.rule_results import RuleResult, RuleState


@dataclass(frozen=True, kw_only=True)
class IncidentHistory:
    """What was stored about the same incident before.

    Attributes:
        is_open: an alert about it is open.
        was_sent: messages were sent about the newest alert.
        evidence: what the newest alert stands on.
        last_sent: when a message last went out that the problem is there, in any of its alerts.
    """

    is_open: bool = False
    was_sent: bool = False
    evidence: str | None = None
    last_sent: datetime | None = None


class AlertEvent(StrEnum):
    """What becomes of an alert; `none` stores nothing."""

    NONE = "none"
    OPENED = "opened"
    REMINDER = "reminder"
    RESOLVED = "resolved"
    HAPPENED = "happened"


@dataclass(frozen=True, kw_only=True)
class Step:
    """What to store, and whether to send messages about it."""

    event: AlertEvent
    send: bool = False


def next_step(result: RuleResult, past: IncidentHistory, now: datetime) -> Step:
    """Return what becomes of an alert.

    Messages go out when an incident begins and, while it lasts with new evidence, once per cooldown; an incident that
    comes and goes within the cooldown is stored, and sent only if it is still there afterwards. A recovery is sent
    if the incident was.
    """
    quiet = past.last_sent is not None and now < past.last_sent + result.cooldown
    is_new = result.evidence != past.evidence
    match result.state:
        case RuleState.BAD if past.is_open:
            return Step(event=AlertEvent.REMINDER, send=not quiet and (is_new or not past.was_sent))
        case RuleState.BAD:
            return Step(event=AlertEvent.OPENED, send=not quiet)
        case RuleState.OK if past.is_open:
            return Step(event=AlertEvent.RESOLVED, send=past.was_sent)
        case RuleState.HAPPENED if is_new and not quiet:
            return Step(event=AlertEvent.HAPPENED, send=True)
        case _:
            return Step(event=AlertEvent.NONE)
