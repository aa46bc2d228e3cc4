"""Decisions: whether to retrain, and whether the challenger took the champion's place."""

from datetime import datetime

import strawberry

from driftline.api.context import Info
from driftline.api.dagster_run import FromDagster
from driftline.api.datasets import DatasetVersion
from driftline.api.drift_reports import DriftReport
from driftline.api.field import field
from driftline.api.versions import ModelVersion, OfModel, version_of
from driftline.store import dataset_rows, drift_rows
from driftline.store.decision_rows import DecisionStatus
from driftline.store.lookup import by_key

strawberry.enum(
    DecisionStatus,
    description="Where a decision stands: DECLINED no retraining; PROMOTED or KEPT: the challenger was judged.",
)


@strawberry.type(description="A decision about a retraining and what became of it, with its evidence.")
class Decision(FromDagster, OfModel):
    """A decision."""

    drift_report_id: strawberry.Private[int | None]
    challenger_version_id: strawberry.Private[int | None]
    champion_version_id: strawberry.Private[int | None]
    serving_version_id: strawberry.Private[int | None]
    holdout_version_id: strawberry.Private[int | None]
    id: strawberry.ID = strawberry.field(description="Its id.")
    trigger: str = strawberry.field(description="drift, age, labels, schedule, manual or first.")
    reason: str = strawberry.field(description="Why to retrain, or why not.")
    status: DecisionStatus = strawberry.field(description="Where it stands.")
    outcome: str | None = strawberry.field(description="Why the challenger was promoted or not, or what failed.")
    actor: str = strawberry.field(description="Who decided.")
    as_of: datetime = strawberry.field(description="The time that was decided at; a replay dates it back.")
    recorded_at: datetime = strawberry.field(description="When it was stored.")
    started_at: datetime | None = strawberry.field(description="When the training started.")
    judged_at: datetime | None = strawberry.field(description="When champion and challenger were compared.")
    attempt: int = strawberry.field(description="How often the training was started.")
    metric: str | None = strawberry.field(description="The metric that decides.")
    champion_score: float | None = strawberry.field(description="The champion's score on the holdout.")
    challenger_score: float | None = strawberry.field(description="The challenger's score on the same holdout.")
    gain: float | None = strawberry.field(description="How much better the challenger is; negative is worse.")
    gain_low: float | None = strawberry.field(description="The lower end of the gain's confidence interval.")
    gain_high: float | None = strawberry.field(description="The upper end of that interval.")
    p_value: float | None = strawberry.field(description="Of the paired test of the gain.")

    @field("The version that was to take the champion's place.")
    async def challenger(self, info: Info) -> ModelVersion | None:
        """Return the challenger."""
        return await version_of(info, self.challenger_version_id)

    @field("The champion before the decision; null: there was none.")
    async def champion(self, info: Info) -> ModelVersion | None:
        """Return the champion before."""
        return await version_of(info, self.champion_version_id)

    @field("The champion after the decision.")
    async def serving(self, info: Info) -> ModelVersion | None:
        """Return the champion after."""
        return await version_of(info, self.serving_version_id)

    @field("The rows that both were scored on.")
    async def holdout(self, info: Info) -> DatasetVersion | None:
        """Return the holdout."""
        return await info.context.reader.one(DatasetVersion, dataset_rows.dataset_versions, key=self.holdout_version_id)

    @field("The drift report that led to it; null for another trigger.")
    async def drift_report(self, info: Info) -> DriftReport | None:
        """Return the drift report."""
        return await info.context.reader.one(DriftReport, by_key, drift_rows.DriftReportRow, key=self.drift_report_id)
