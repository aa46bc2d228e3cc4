"""The Dagster run that something came from."""

import strawberry

from driftline.api.context import Info
from driftline.api.field import field


@strawberry.type
class FromDagster:
    """What a Dagster run may have made; the types that inherit this show which, with a link."""

    dagster_run_id: str | None = strawberry.field(description="The Dagster run that this is part of, if any.")

    @field("That run in Dagster's UI, at DRIFTLINE_DAGSTER_URL.")
    def dagster_run_url(self, info: Info) -> str | None:
        """Return the link to the Dagster run."""
        return f"{info.context.dagster.url}/runs/{self.dagster_run_id}" if self.dagster_run_id else None
