"""Who held an alias when: the one place that knows what "champion at a time" means."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from driftline.registry.model_version import ModelVersion
from driftline.store.alias_rows import AliasMove


@dataclass(frozen=True, kw_only=True)
class AliasEvent:
    """An alias is given to a version, or to nobody.

    Attributes:
        id: of its row.
        revision: of the events of this alias of this model, from 1.
        version: who holds the alias from then on; None: nobody.
        effective_at: from when on; it may be to come, and a replay dates it back.
        recorded_at: when it was stored.
        actor: who decided.
        reason: why, in words.
        move: what it does.
        planned: it was recorded for a time to come.
        decision_id: the decision with the evidence.
    """

    id: int
    revision: int
    version: ModelVersion | None
    effective_at: datetime
    recorded_at: datetime
    actor: str
    reason: str
    move: AliasMove = AliasMove.MOVE
    planned: bool = False
    decision_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Tenure:
    """A time for which one version held an alias without a break; `end` None: it still does."""

    version: ModelVersion
    start: datetime
    end: datetime | None
    event: AliasEvent


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """The history of one alias of one model, as it was when it was loaded.

    An event takes the place of all events before it that are dated at the same time or later: so a plan is cancelled,
    and so a switch that was dated by mistake blocks nothing.

    Attributes:
        alias: the movable name.
        events: by revision.
    """

    alias: str
    events: tuple[AliasEvent, ...] = ()

    @property
    def revision(self) -> int:
        """Return the revision of the newest event; 0 without any. Who moves the alias says which one they saw."""
        return self.events[-1].revision if self.events else 0

    def at(self, time: datetime) -> AliasEvent | None:
        """Return the event by which a version holds the alias at `time`; None where nobody does."""
        place = bisect_right(self._times, time) - 1
        event = self._effective[place] if place >= 0 else None
        return event if event is not None and event.version is not None else None

    def holder(self, time: datetime) -> ModelVersion | None:
        """Return who holds the alias at `time`, or None."""
        event = self.at(time)
        return event.version if event else None

    def holders(self, times: Sequence[datetime]) -> list[ModelVersion | None]:
        """Return who holds the alias at each of `times`."""
        return [self.holder(time) for time in times]

    def planned(self, now: datetime) -> tuple[AliasEvent, ...]:
        """Return the events to come, soonest first."""
        return tuple(event for event in self._effective if event.effective_at > now)

    def tenure(self, time: datetime) -> Tenure | None:
        """Return the tenure that `time` lies in, or None; a cancelled plan and a repeated move interrupt nothing."""
        return next(
            (tenure for tenure in reversed(self.tenures) if tenure.start <= time and _lasts(tenure, time)), None
        )

    def since(self, time: datetime) -> datetime | None:
        """Return since when the holder at `time` holds the alias, or None."""
        tenure = self.tenure(time)
        return tenure.start if tenure else None

    @cached_property
    def tenures(self) -> tuple[Tenure, ...]:
        """Return all tenures, oldest first, those to come included."""
        tenures: list[Tenure] = []
        for event, following in zip(self._effective, (*self._effective[1:], None), strict=False):
            end = following.effective_at if following else None
            if event.version is None:
                continue
            before = tenures[-1] if tenures else None
            if before is not None and before.end == event.effective_at and before.version.id == event.version.id:
                tenures[-1] = Tenure(version=before.version, start=before.start, end=end, event=before.event)
            else:
                tenures.append(Tenure(version=event.version, start=event.effective_at, end=end, event=event))
        return tuple(tenures)

    def rollback_target(self, now: datetime) -> ModelVersion | None:
        """Return the version that served before the present tenure, or None.

        A rollback takes back the tenure that it ended: asked again, it goes one further back.
        """
        stack: list[ModelVersion] = []
        for event in self._took_effect(now):
            if event.version is None or (stack and stack[-1].id == event.version.id):
                continue
            if event.move is AliasMove.ROLLBACK and any(older.id == event.version.id for older in stack):
                while stack[-1].id != event.version.id:
                    stack.pop()
            else:
                stack.append(event.version)
        return stack[-2] if len(stack) > 1 else None

    def _took_effect(self, now: datetime) -> list[AliasEvent]:
        """Return the events by `now` that came to hold, if only for a moment, by revision."""
        came: list[AliasEvent] = []
        for event in self.events:
            came = [older for older in came if not _replaces(event, older)]
            came.append(event)
        return [event for event in came if event.effective_at <= now]

    def earliest(self, now: datetime) -> datetime | None:
        """Return the time before which no event may be dated: what held then has been answered for; None: any."""
        taken_effect = [
            event.effective_at for event in self._effective if not (event.planned and event.effective_at > now)
        ]
        return max(taken_effect, default=None)

    @cached_property
    def _effective(self) -> tuple[AliasEvent, ...]:
        """Return the events that are or will be in effect, by time: none that a later revision has replaced."""
        kept: list[AliasEvent] = []
        for event in reversed(self.events):
            if not kept or event.effective_at < kept[-1].effective_at:
                kept.append(event)
        return tuple(reversed(kept))

    @cached_property
    def _times(self) -> list[datetime]:
        return [event.effective_at for event in self._effective]


def _replaces(later: AliasEvent, event: AliasEvent) -> bool:
    """Return whether an event never came to hold because of a later one."""
    if later.effective_at == event.effective_at:
        return event.planned  # a plan that was cancelled by a move at its own time
    return later.effective_at < event.effective_at


def _lasts(tenure: Tenure, time: datetime) -> bool:
    return tenure.end is None or time < tenure.end
