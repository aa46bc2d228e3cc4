"""Whether to tell people: a pure function of what a rule sees, what was told before, and the time."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from driftline.alerting.rule_results import Sighting, State


@dataclass(frozen=True, kw_only=True)
class Past:
    """What was stored about the same trouble before.

    Attributes:
        is_open: an episode of it goes on.
        told: people were told of the newest episode.
        evidence: what the newest episode stands on.
        last_told: when people were last told that it is there, in any episode.
    """

    is_open: bool = False
    told: bool = False
    evidence: str | None = None
    last_told: datetime | None = None


class Event(StrEnum):
    """What becomes of an alert; `none` stores nothing."""

    NONE = "none"
    OPENED = "opened"
    REMINDER = "reminder"
    RESOLVED = "resolved"
    HAPPENED = "happened"


@dataclass(frozen=True, kw_only=True)
class Step:
    """What to store, and whether to tell people."""

    event: Event
    tell: bool = False


def next_step(sighting: Sighting, past: Past, now: datetime) -> Step:
    """Return what becomes of an alert.

    A trouble is told when it begins and, while it goes on with new evidence, once per cooldown; one that comes
    and goes within the cooldown is stored and told only if it is still there afterwards. A recovery is told
    if the trouble was.
    """
    quiet = past.last_told is not None and now < past.last_told + sighting.cooldown
    news = sighting.evidence != past.evidence
    match sighting.state:
        case State.BAD if past.is_open:
            return Step(event=Event.REMINDER, tell=not quiet and (news or not past.told))
        case State.BAD:
            return Step(event=Event.OPENED, tell=not quiet)
        case State.OK if past.is_open:
            return Step(event=Event.RESOLVED, tell=past.told)
        case State.HAPPENED if news and not quiet:
            return Step(event=Event.HAPPENED, tell=True)
        case _:
            return Step(event=Event.NONE)
