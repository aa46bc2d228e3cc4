"""Registered models, and the events that say which of their versions is champion."""

from datetime import datetime
from typing import Annotated

import strawberry

from driftline.api.context import Info
from driftline.api.decisions import Decision
from driftline.api.field import field
from driftline.api.page import First, size
from driftline.api.versions import ModelVersion, version_of
from driftline.registry import CHAMPION
from driftline.store import alias_rows, decision_rows, model_rows
from driftline.store.lookup import by_key


@strawberry.type(description="The move of an alias to a version; the history is only ever appended to.")
class AliasEvent:
    """An alias event."""

    version_id: strawberry.Private[int | None]
    previous_version_id: strawberry.Private[int | None]
    decision_id: strawberry.Private[int | None]
    alias: str = strawberry.field(description="The movable name.")
    revision: int = strawberry.field(description="The number of the move, counted per alias from 1.")
    effective_at: datetime = strawberry.field(
        description="From when on the version holds the alias; it may be to come."
    )
    recorded_at: datetime = strawberry.field(description="When the move was stored; later than that in a replay.")
    actor: str = strawberry.field(description="Who moved it.")
    reason: str = strawberry.field(description="Why, in words.")

    @field("Who holds the alias from then on; null: nobody, the alias has ended.")
    async def version(self, info: Info) -> ModelVersion | None:
        """Return the version."""
        return await version_of(info, self.version_id)

    @field("Who held it before; null for the first move.")
    async def previous_version(self, info: Info) -> ModelVersion | None:
        """Return the version before."""
        return await version_of(info, self.previous_version_id)

    @field("The decision with its evidence; null where a person moved the alias.")
    async def decision(self, info: Info) -> Decision | None:
        """Return the decision."""
        return await info.context.reader.one(Decision, by_key, decision_rows.Decision, key=self.decision_id)


At = Annotated[datetime | None, strawberry.argument(description="A time of the past or to come; now by default.")]
Alias = Annotated[str, strawberry.argument(description="The movable name.")]
BeforeVersion = Annotated[int | None, strawberry.argument(description="Only numbers below this.")]
BeforeRevision = Annotated[int | None, strawberry.argument(description="Only revisions below this.")]
Number = Annotated[int, strawberry.argument(description="The version's number.")]


@strawberry.type(description="A named line of model versions.")
class RegisteredModel:
    """A registered model."""

    id: strawberry.Private[int]
    name: str = strawberry.field(description="Its name, unique; that of the pipeline which trains it.")
    description: str = strawberry.field(description="In words; may be empty.")
    created_at: datetime = strawberry.field(description="When its first version was trained.")

    @field("Who is champion, or was or will be at another time, and why; null: nobody was yet.")
    async def champion(self, info: Info, at: At = None) -> AliasEvent | None:
        """Return the event that made the champion."""
        return await self.alias_at(info, CHAMPION, at)

    @field(
        "The move of any alias that holds now or at another time, such as of `challenger`; null: nobody held it yet."
    )
    async def alias_at(self, info: Info, alias: Alias, at: At = None) -> AliasEvent | None:
        """Return the event of an alias."""
        time = at or info.context.as_of
        return await info.context.reader.one(AliasEvent, alias_rows.alias_events_at, alias, time, key=self.id)

    @field("The moves of an alias, newest first; the next page has `before` the last revision.")
    async def history(
        self, info: Info, alias: Alias = CHAMPION, first: First = 50, before: BeforeRevision = None
    ) -> list[AliasEvent]:
        """Return the events of an alias."""
        reader = info.context.reader
        return await reader.many(AliasEvent, alias_rows.newest_events, alias, size(first), before, key=self.id)

    @field("Its versions, newest first; the next page has `before` the last number.")
    async def versions(self, info: Info, first: First = 50, before: BeforeVersion = None) -> list[ModelVersion]:
        """Return the versions."""
        reader = info.context.reader
        return await reader.many(ModelVersion, model_rows.newest_versions, size(first), before, key=self.id)

    @field("One version; null where there is none of this number.")
    async def version(self, info: Info, number: Number) -> ModelVersion | None:
        """Return one version."""
        return await info.context.reader.one(ModelVersion, model_rows.versions_numbered, number, key=self.id)
