"""Drift reports with their findings, and decisions with the comparison of champion and challenger behind them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import get_args

import strawberry

from driftline import registry
from driftline.api.context import Info, from_row
from driftline.api.schema.fields import JSON, BigInt, FromDagster, closed_set, field
from driftline.api.schema.runs import DatasetVersion
from driftline.api.schema.versions import ModelVersion, OfModel, stored_version, version_of
from driftline.drift import FindingKind, FindingRole, Verdict
from driftline.store import Session, dataset_rows, decision_rows, drift_rows
from driftline.store.decision_rows import DecisionKind, DecisionStatus, Trigger
from driftline.store.lookup import by_key

strawberry.enum(
    DecisionStatus,
    description=(
        "What happened to a decision. DECLINED: no retraining; PROMOTED or KEPT: the challenger was judged; ACCEPTED: "
        "a level was."
    ),
)
strawberry.enum(
    DecisionKind, description="What is decided: a retraining, a switch by hand, a bandit's winner, or a level."
)
strawberry.enum(
    Verdict,
    description=(
        "What a drift check concluded; only OK means that it compared the rows and saw no drift. DEGRADED: the level "
        "that the pipeline had reached is lost."
    ),
)
_FindingKind = closed_set("FindingKind", get_args(FindingKind), description="What a finding is about.")
_FindingRole = closed_set(
    "FindingRole",
    get_args(FindingRole),
    description=("What a finding serves: ALERT and HEALTH make the report's verdict, TRIGGER asks for a retraining."),
)


@strawberry.type(description="Something that happened to a decision; events are only ever appended.")
class DecisionEvent(FromDagster):
    """An event of a decision."""

    status: DecisionStatus = strawberry.field(description="What happened.")
    recorded_at: datetime = strawberry.field(description="When it was stored.")
    actor: str = strawberry.field(description="The person or program that acted.")
    rule: str = strawberry.field(description="The code of the rule that applied.")
    details: JSON = strawberry.field(description="The values that it was applied to.")
    text: str = strawberry.field(description="Both as a sentence.")
    attempt: int = strawberry.field(description="Of the training, from 1.")


@strawberry.type(description="A challenger against the champion on the rows that share a value of a column.")
class AdjudicationSlice:
    """A slice of a comparison."""

    slice_column: str = strawberry.field(description="The column.")
    slice_value: str = strawberry.field(description="Its value, as text.")
    champion_score: float | None = strawberry.field(description="The champion's score there.")
    challenger_score: float | None = strawberry.field(description="The challenger's.")
    gain: float | None = strawberry.field(description="How much better the challenger is; negative is worse.")
    gain_low: float | None = strawberry.field(description="The lower end of its 95 % interval.")
    gain_high: float | None = strawberry.field(description="The upper end.")
    standard_error: float | None = strawberry.field(description="Of the gain.")
    row_count: BigInt = strawberry.field(description="Rows that both scored.")
    note: str | None = strawberry.field(description="Why there is no comparison.")


@strawberry.type(description="The comparison of a challenger with the champion that a decision is based on.")
class Adjudication:
    """A comparison."""

    metric: str = strawberry.field(description="The metric that decides.")
    champion_score: float | None = strawberry.field(description="The champion's score; null: there was no champion.")
    challenger_score: float | None = strawberry.field(description="The challenger's score on the same rows.")
    gain: float | None = strawberry.field(description="How much better the challenger is; negative is worse.")
    gain_low: float | None = strawberry.field(description="The lower end of the gain's 95 % interval.")
    gain_high: float | None = strawberry.field(description="The upper end of that interval.")
    standard_error: float | None = strawberry.field(description="Of the gain.")
    method: str | None = strawberry.field(description="The paired test.")
    p_value: float | None = strawberry.field(description="One-sided: that the challenger is not better.")
    p_value_two_sided: float | None = strawberry.field(description="That both are equal.")
    note: str | None = strawberry.field(description="Why something is missing.")
    promote: bool = strawberry.field(description="Whether the challenger is to become champion.")
    rule: str = strawberry.field(description="The code of the rule that gave it.")
    details: JSON = strawberry.field(description="The values that it was applied to.")
    guardrails: JSON = strawberry.field(description="What the policy asked for.")
    slices: list[AdjudicationSlice] = strawberry.field(description="Every slice that was compared.")


@strawberry.type(description="The evidence of one check.")
class DriftFinding:
    """A drift finding."""

    kind: str = strawberry.field(graphql_type=_FindingKind, description="What it is about.")
    name: str = strawberry.field(description="The metric, the columns, or what is predicted.")
    method: str = strawberry.field(description="The test.")
    statistic: float | None = strawberry.field(description="The test's statistic; null where nothing was tested.")
    effect_name: str | None = strawberry.field(description="What `effect` measures.")
    effect: float | None = strawberry.field(description="The size of the change; 0 is none.")
    threshold: float | None = strawberry.field(description="From which effect, or at which level, a change counts.")
    p_value: float | None = strawberry.field(description="Of the test, adjusted for the number of columns.")
    reference_rows: BigInt = strawberry.field(description="Rows of the reference that were used.")
    analysis_rows: BigInt = strawberry.field(description="Rows of the window that were used.")
    verdict: Verdict = strawberry.field(description="What the check concluded.")
    rule: str = strawberry.field(description="The rule behind the verdict; `recorded`: only `note` has the reason.")
    details: JSON = strawberry.field(description="The values that the rule was applied to.")
    note: str | None = strawberry.field(description="Both as a sentence.")
    role: str = strawberry.field(graphql_type=_FindingRole, description="What it serves.")


@strawberry.type(description="A statement about the drift of one version up to one partition.")
class DriftReport(FromDagster, OfModel):
    """A drift report."""

    version_id: strawberry.Private[int]
    id: strawberry.ID = strawberry.field(description="Its id.")
    partition_key: str = strawberry.field(description="The last partition; empty for a table without partitions.")
    reference: str = strawberry.field(description="What the window was compared with.")
    window_start: datetime | None = strawberry.field(description="Start of the longest window looked at.")
    window_end: datetime | None = strawberry.field(description="End of that window, not included.")
    verdict: Verdict = strawberry.field(
        description="The conclusion of its alerts and of health; only OK says that all is well."
    )
    summary: str = strawberry.field(description="What drifted, or why there is no verdict, in words.")
    health: JSON | None = strawberry.field(
        description="How the pipeline stood against the level that it had reached; null: no rule of recovery."
    )
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

    @field("The decision whether it leads to a retraining, with the reason; null: not decided yet.")
    async def decision(self, info: Info) -> "Decision | None":
        """Return the decision on this report."""
        decision = await info.context.reader.value(decisions_on_reports, key=int(self.id))
        return decision_node(decision) if decision else None


@strawberry.type(description="A decision about a model: what asked for it, its status and outcome, and its evidence.")
class Decision(FromDagster, OfModel):
    """A decision."""

    drift_report_id: strawberry.Private[int | None]
    challenger_version_id: strawberry.Private[int | None]
    champion_version_id: strawberry.Private[int | None]
    serving_version_id: strawberry.Private[int | None]
    holdout_version_id: strawberry.Private[int | None]
    id: strawberry.ID = strawberry.field(description="Its id.")
    kind: DecisionKind = strawberry.field(description="What is decided.")
    trigger: Trigger = strawberry.field(description="What asked for it.")
    reason: str = strawberry.field(description="Why it was asked for, or why it was declined.")
    status: DecisionStatus = strawberry.field(description="Where it stands.")
    outcome: str | None = strawberry.field(description="Why the challenger was promoted or not, or what failed.")
    actor: str = strawberry.field(description="Who asked.")
    as_of: datetime = strawberry.field(description="The time that it was decided for; in a replay, a past one.")
    recorded_at: datetime = strawberry.field(description="When it was stored.")
    started_at: datetime | None = strawberry.field(description="When the newest training started.")
    judged_at: datetime | None = strawberry.field(description="When champion and challenger were compared.")
    attempt: int = strawberry.field(description="The number of the training's newest attempt.")
    declaration_digest: str | None = strawberry.field(description="The pipeline's declaration that was in force.")
    events: list[DecisionEvent] = strawberry.field(description="Everything that happened to it, oldest first.")
    adjudication: Adjudication | None = strawberry.field(description="The comparison; null: none was made.")

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


def decision_node(decision: registry.Decision) -> Decision:
    """Return the node of a decision."""
    judged = decision.adjudication
    adjudication = None
    if judged is not None:
        slices = [from_row(AdjudicationSlice, part) for part in judged.slices]
        adjudication = from_row(Adjudication, judged, slices=slices)
    return from_row(
        Decision,
        decision,
        champion_version_id=judged.champion_version_id if judged else None,
        events=[from_row(DecisionEvent, event) for event in decision.events],
        adjudication=adjudication,
    )


def decisions_by_id(session: Session, ids: Sequence[int]) -> Mapping[int, registry.Decision]:
    """Return decisions by their ids."""
    return registry.load_decisions(session, decision_rows.by_id(session, ids))


def decisions_on_reports(session: Session, report_ids: Sequence[int]) -> Mapping[int | None, registry.Decision]:
    """Return the decision on each drift report."""
    rows = decision_rows.on_reports(session, report_ids)
    return {
        decision.drift_report_id: decision
        for decision in registry.load_decisions(session, list(rows.values())).values()
    }


def newest_decisions(
    session: Session, model_id: int | None, *, status: DecisionStatus | None, first: int, before: int | None
) -> list[registry.Decision]:
    """Return decisions about a model (None: all), newest first."""
    rows = decision_rows.decisions(session, model_id, status=status, first=first, before=before)
    return list(registry.load_decisions(session, rows).values())
