"""Drift reports: statements with evidence."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from driftline.api.context import Info
from driftline.api.dagster_run import FromDagster
from driftline.api.field import field
from driftline.api.scalars import JSON, BigInt
from driftline.api.versions import ModelVersion, OfModel, stored_version
from driftline.store import drift_rows

if TYPE_CHECKING:
    from driftline.api.decisions import Decision


@strawberry.type(description="The evidence of one check.")
class DriftFinding:
    """A drift finding."""

    kind: str = strawberry.field(description="performance, column, prediction or multivariate.")
    name: str = strawberry.field(description="The metric, the columns, or what is predicted.")
    method: str = strawberry.field(description="The test.")
    statistic: float | None = strawberry.field(description="The test's statistic; null where nothing was tested.")
    effect_name: str | None = strawberry.field(description="What `effect` measures.")
    effect: float | None = strawberry.field(description="The size of the change; 0 is none.")
    threshold: float | None = strawberry.field(description="From which effect, or at which level, a change counts.")
    p_value: float | None = strawberry.field(description="Of the test, adjusted for the number of columns.")
    reference_rows: BigInt = strawberry.field(description="Rows of the reference that were used.")
    analysis_rows: BigInt = strawberry.field(description="Rows of the window that were used.")
    verdict: str = strawberry.field(description="ok, drift, too_few_rows or undefined.")
    rule: str = strawberry.field(description="The rule that the verdict follows from; recorded: only `note` says why.")
    details: JSON = strawberry.field(description="The values that the rule spoke on.")
    note: str | None = strawberry.field(description="Both as a sentence.")
    role: str = strawberry.field(description="The rule that it serves: alert, or trigger of a retraining.")


@strawberry.type(description="A statement about the drift of one version up to one partition.")
class DriftReport(FromDagster, OfModel):
    """A drift report."""

    version_id: strawberry.Private[int]
    id: strawberry.ID = strawberry.field(description="Its id.")
    partition_key: str = strawberry.field(description="The last partition; empty for a table without partitions.")
    reference: str = strawberry.field(description="What the window was compared with.")
    window_start: datetime | None = strawberry.field(description="Start of the longest window looked at.")
    window_end: datetime | None = strawberry.field(description="End of that window, not included.")
    verdict: str = strawberry.field(description="ok, drift, too_few_rows or undefined; only ok says no drift.")
    summary: str = strawberry.field(description="What drifted, or why nothing is said, in words.")
    digest: str = strawberry.field(description="sha256 of the findings.")
    created_at: datetime = strawberry.field(description="When it was made.")

    @field("The version that it is about.")
    async def version(self, info: Info) -> ModelVersion:
        """Return the model version."""
        return await stored_version(info, self.version_id)

    @field("The evidence, one finding per check.")
    async def findings(self, info: Info) -> list[DriftFinding]:
        """Return the findings."""
        return await info.context.reader.many(DriftFinding, drift_rows.findings, key=int(self.id))

    @field("Whether it led to a retraining, and why or why not; null: not decided yet.")
    async def decision(self, info: Info) -> Annotated["Decision", strawberry.lazy("driftline.api.decisions")] | None:
        """Return the decision on this report."""
        from driftline.api.decisions import decision_node, decisions_on_reports  # noqa: PLC0415  each shows the other

        found = await info.context.reader.value(decisions_on_reports, key=int(self.id))
        return decision_node(found) if found else None
