"""Whether to notify people: a pure function of a rule's result, of what was sent before, and of the time."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from driftline.alerting.rule_results import RuleResult, State


@dataclass(frozen=True, kw_only=True)
class Past:
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


class Event(StrEnum):
    """What becomes of an alert; `none` stores nothing."""

    NONE = "none"
    OPENED = "opened"
    REMINDER = "reminder"
    RESOLVED = "resolved"
    HAPPENED = "happened"


@dataclass(frozen=True, kw_only=True)
class Step:
    """What to store, and whether to send messages about it."""

    event: Event
    send: bool = False


def next_step(result: RuleResult, past: Past, now: datetime) -> Step:
    """Return what becomes of an alert.

    Messages go out when an incident begins and, while it lasts with new evidence, once per cooldown; an incident that
    comes and goes within the cooldown is stored, and sent only if it is still there afterwards. A recovery is sent
    if the incident was.
    """
    quiet = past.last_sent is not None and now < past.last_sent + result.cooldown
    is_new = result.evidence != past.evidence
    match result.state:
        case State.BAD if past.is_open:
            return Step(event=Event.REMINDER, send=not quiet and (is_new or not past.was_sent))
        case State.BAD:
            return Step(event=Event.OPENED, send=not quiet)
        case State.OK if past.is_open:
            return Step(event=Event.RESOLVED, send=past.was_sent)
        case State.HAPPENED if is_new and not quiet:
            return Step(event=Event.HAPPENED, send=True)
        case _:
            return Step(event=Event.NONE)
