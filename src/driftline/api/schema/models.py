"""Registered models, and the events that say which of their versions is champion."""

from datetime import datetime
from typing import Annotated

import strawberry

from driftline import registry
from driftline.api.context import Info, from_row
from driftline.api.schema.decisions import Decision, decision_node, decisions_by_id
from driftline.api.schema.fields import field
from driftline.api.schema.page import First, size
from driftline.api.schema.versions import ModelVersion
from driftline.registry import CHAMPION, Timeline, load_timelines
from driftline.store import model_rows
from driftline.store.alias_rows import AliasMove

strawberry.enum(AliasMove, description="MOVE and ROLLBACK give the alias a version, END leaves it without one.")


@strawberry.type(description="The move of an alias to a version; the history is only ever appended to.")
class AliasEvent:
    """An alias event."""

    event: strawberry.Private[registry.AliasEvent]
    before: strawberry.Private[registry.AliasEvent | None]
    alias: str = strawberry.field(description="The movable name.")
    revision: int = strawberry.field(description="The number of the move, counted per alias from 1.")
    move: AliasMove = strawberry.field(description="What it does.")
    planned: bool = strawberry.field(description="Whether it was recorded for a time to come.")
    effective_at: datetime = strawberry.field(
        description="From when on the alias names the version; it may be to come."
    )
    recorded_at: datetime = strawberry.field(description="When the move was stored; later than that in a replay.")
    actor: str = strawberry.field(description="Who moved it.")
    reason: str = strawberry.field(description="Why, in words.")

    @field("The version that the alias names from then on; null: the alias has ended.")
    def version(self) -> ModelVersion | None:
        """Return the version."""
        return from_row(ModelVersion, self.event.version) if self.event.version else None

    @field("The version that the move before named; null for the first move.")
    def previous_version(self) -> ModelVersion | None:
        """Return the version before."""
        return from_row(ModelVersion, self.before.version) if self.before and self.before.version else None

    @field("The decision with its evidence; null where a version was put into the shadow.")
    async def decision(self, info: Info) -> Decision | None:
        """Return the decision."""
        row = await info.context.reader.value(decisions_by_id, key=self.event.decision_id)
        return decision_node(row) if row else None


def _event(timeline: Timeline, event: registry.AliasEvent | None) -> AliasEvent | None:
    if event is None:
        return None
    before = timeline.events[event.revision - 2] if event.revision > 1 else None
    return from_row(AliasEvent, event, event=event, before=before, alias=timeline.alias)


At = Annotated[datetime | None, strawberry.argument(description="A time of the past or to come; now by default.")]
Alias = Annotated[str, strawberry.argument(description="The movable name: champion or challenger.")]
BeforeVersion = Annotated[int | None, strawberry.argument(description="Only numbers below this.")]
BeforeRevision = Annotated[int | None, strawberry.argument(description="Only revisions below this.")]
Number = Annotated[int, strawberry.argument(description="The version's number.")]


@strawberry.type(description="A named model and its versions.")
class RegisteredModel:
    """A registered model."""

    id: strawberry.Private[int]
    name: str = strawberry.field(description="Its name, unique; that of the pipeline which trains it.")
    description: str = strawberry.field(description="In words; may be empty.")
    created_at: datetime = strawberry.field(description="When its first version was trained.")

    @field("The move that made the champion of now or of another time, with the reason; null: there was none yet.")
    async def champion(self, info: Info, at: At = None) -> AliasEvent | None:
        """Return the event that made the champion."""
        return await self.alias_at(info, CHAMPION, at)

    @field("The move of any alias, such as `challenger`, in force now or at another time; null: there was none yet.")
    async def alias_at(self, info: Info, alias: Alias, at: At = None) -> AliasEvent | None:
        """Return the event of an alias."""
        timeline = await info.context.reader.value(load_timelines, alias, key=self.id)
        return _event(timeline, timeline.at(at or info.context.as_of))

    @field("The moves of an alias, newest first; the next page has `before` the last revision.")
    async def history(
        self, info: Info, alias: Alias = CHAMPION, first: First = 50, before: BeforeRevision = None
    ) -> list[AliasEvent]:
        """Return the events of an alias."""
        timeline = await info.context.reader.value(load_timelines, alias, key=self.id)
        events = [event for event in reversed(timeline.events) if before is None or event.revision < before]
        return [node for event in events[: size(first)] if (node := _event(timeline, event)) is not None]

    @field("Its versions, newest first; the next page has `before` the last number.")
    async def versions(self, info: Info, first: First = 50, before: BeforeVersion = None) -> list[ModelVersion]:
        """Return the versions."""
        reader = info.context.reader
        return await reader.many(ModelVersion, model_rows.newest_versions, size(first), before, key=self.id)

    @field("One version; null where there is none of this number.")
    async def version(self, info: Info, number: Number) -> ModelVersion | None:
        """Return one version."""
        return await info.context.reader.one(ModelVersion, model_rows.versions_numbered, number, key=self.id)
