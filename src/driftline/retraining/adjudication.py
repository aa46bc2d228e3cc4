"""Champion against challenger: both scored on one holdout, judged, and the alias moved with the decision."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from driftline.declaration import ModelPipeline
from driftline.metrics import Comparison, SliceComparison
from driftline.registry import (
    Adjudication,
    AdjudicationSlice,
    Decision,
    Judgement,
    ModelVersion,
    Timeline,
    append,
    judge,
    load_decision,
    load_timeline,
    load_version,
    move_alias,
    record_adjudication,
    versions_by_id,
)
from driftline.retraining.errors import no_challenger
from driftline.retraining.fitting import HoldoutComparison, compare_on_holdout
from driftline.retraining.progress import lock_name, newest_waiting, record_failure
from driftline.retraining.refitting import refit
from driftline.retraining.training import load_rows
from driftline.store import dataset_rows, model_rows
from driftline.store.dataset_rows import DatasetVersion
from driftline.store.decision_rows import DecisionStatus
from driftline.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class AdjudicationResult:
    """What was decided about a challenger.

    Attributes:
        decision_id: the decision, with the comparison.
        promoted: whether the challenger is champion now.
        rule: that decided.
        reason: the rule with its values, as a sentence.
        champion: who serves now; None if nobody does yet.
        challenger: who was judged.
        comparison: the evidence; None where there was no champion to compare with.
    """

    decision_id: int
    promoted: bool
    rule: str
    reason: str
    champion: ModelVersion | None
    challenger: ModelVersion
    comparison: Comparison | None


def adjudicate(
    workspace: Workspace, pipeline: ModelPipeline, *, decision_id: int | None = None, actor: str = "policy"
) -> AdjudicationResult:
    """Judge a challenger that waits, and record the comparison, the decision and the alias move together.

    Champion and challenger are scored again on the holdout that the challenger was trained without; of a champion that
    was refitted, the version that was judged in its place, which has not seen the holdout. Where the move is refused
    because somebody else moved the alias meanwhile, the decision has failed and the champion stays.

    Args:
        workspace: where both are.
        pipeline: the declaration.
        decision_id: whose challenger, if it waits; else the newest that waits.
        actor: who decides.

    Raises:
        NotMaterializedError: none waits.
        AliasMovedError: the champion changed while the two were compared.
    """
    with workspace.lock(lock_name(pipeline.name)):
        pairing = _pairing(workspace, pipeline, decision_id)
        try:
            return _record(workspace, pairing, _verdict(workspace, pipeline, pairing), actor)
        except BaseException as error:
            record_failure(workspace, pairing.decision.id, error)
            raise


@dataclass(frozen=True, kw_only=True)
class _Pairing:
    """Who is compared on what: `judged` is the version that stands for the champion on a holdout."""

    decision: Decision
    challenger: ModelVersion
    champion: ModelVersion | None
    judged: ModelVersion | None
    holdout: DatasetVersion
    champions: Timeline
    takes_effect: datetime

    @property
    def recalled(self) -> bool:
        """Return whether the challenger has served before: it is promoted as it is."""
        return any(tenure.version.id == self.challenger.id for tenure in self.champions.tenures)


def _pairing(workspace: Workspace, pipeline: ModelPipeline, decision_id: int | None) -> _Pairing:
    with workspace.database.reading() as session:
        if model_rows.find_model(session, pipeline.name) is None:
            raise no_challenger(pipeline.name)
        requested = None if decision_id is None else load_decision(session, decision_id)
        is_waiting = requested is not None and requested.status is DecisionStatus.TRAINED
        decision = requested if is_waiting else newest_waiting(session, pipeline.name)
        if decision is None:
            raise no_challenger(pipeline.name)
        holdout = dataset_rows.find_version(session, decision.holdout_version_id)
        champions = load_timeline(session, decision.model_id)
        takes_effect = pipeline.training_time(workspace.as_of(), first=not champions.events)
        # A stream that has ended is looked at as of its end; the champion of later plans and switches stays.
        takes_effect = max([takes_effect, *filter(None, [champions.earliest(workspace.as_of())])])
        champion = champions.holder(takes_effect)
        ids = {decision.challenger_version_id, champion.judged_id if champion else None} - {None}
        versions = versions_by_id(session, [id_ for id_ in ids if id_ is not None])
    if holdout is None or decision.challenger_version_id is None:
        raise no_challenger(pipeline.name)
    return _Pairing(
        decision=decision,
        challenger=versions[decision.challenger_version_id],
        champion=champion,
        judged=versions[champion.judged_id] if champion else None,
        holdout=holdout,
        champions=champions,
        takes_effect=takes_effect,
    )


@dataclass(frozen=True, kw_only=True)
class _Verdict:
    """What came of a pairing; the winner is the challenger or its refit, None where the champion stays."""

    compared: HoldoutComparison
    judgement: Judgement
    guardrails: dict[str, Any]
    winner: ModelVersion | None


def _verdict(workspace: Workspace, pipeline: ModelPipeline, pairing: _Pairing) -> _Verdict:
    challenger = load_version(workspace, pairing.challenger, trusted=pipeline.trusted)
    champion = load_version(workspace, pairing.judged, trusted=pipeline.trusted) if pairing.judged else None
    compared = compare_on_holdout(pipeline, load_rows(workspace, pairing.holdout), challenger, champion)
    judgement = judge(
        pipeline.promote,
        compared.challenger,
        compared.comparison,
        champion_fault=compared.champion_fault,
        slices=compared.slices,
        tried=pairing.decision.tried,
    )
    winner = pairing.challenger if judgement.promote else None
    if winner is not None and pipeline.promote.refit and not pairing.recalled:
        winner = refit(workspace, pipeline, pairing.decision, winner)
    return _Verdict(compared=compared, judgement=judgement, guardrails=asdict(pipeline.promote), winner=winner)


def _record(workspace: Workspace, pairing: _Pairing, verdict: _Verdict, actor: str) -> AdjudicationResult:
    judgement, winner, at = verdict.judgement, verdict.winner, workspace.clock()
    champion = winner or pairing.champion
    ids: dict[str, Any] = {
        "dagster_run_id": pairing.decision.dagster_run_id,
        "challenger_version_id": pairing.challenger.id,
        "serving_version_id": champion.id if champion else None,
    }
    judged_by: dict[str, Any] = {"at": at, "rule": judgement.rule, "details": judgement.details, "actor": actor}
    with workspace.database.transaction() as session:
        record_adjudication(session, pairing.decision.id, _adjudication(pairing, verdict), at=at)
        held_out: dict[str, Any] = {
            "challenger_version_id": pairing.challenger.id,
            "holdout_version_id": pairing.holdout.id,
        }
        judged = append(session, pairing.decision, DecisionStatus.JUDGED, **judged_by, **held_out)
        status = DecisionStatus.PROMOTED if winner is not None else DecisionStatus.KEPT
        append(session, judged, status, **judged_by, **ids)
        if winner is not None:
            move_alias(
                session,
                pairing.decision.model_id,
                winner,
                seen=pairing.champions,
                effective_at=pairing.takes_effect,
                as_of=workspace.as_of(),
                recorded_at=at,
                actor=actor,
                reason=judgement.reason,
                decision_id=pairing.decision.id,
            )
    return AdjudicationResult(
        decision_id=pairing.decision.id,
        promoted=judgement.promote,
        rule=judgement.rule,
        reason=judgement.reason,
        champion=champion,
        challenger=pairing.challenger,
        comparison=verdict.compared.comparison,
    )


def _adjudication(pairing: _Pairing, verdict: _Verdict) -> Adjudication:
    """Return all that the judgement stood on."""
    compared, comparison = verdict.compared, verdict.compared.comparison
    return Adjudication(
        challenger_version_id=pairing.challenger.id,
        champion_version_id=pairing.champion.id if pairing.champion else None,
        holdout_version_id=pairing.holdout.id,
        metric=compared.challenger.metric,
        champion_score=comparison.champion.value if comparison else None,
        challenger_score=compared.challenger.value,
        gain=comparison.gain if comparison else None,
        gain_low=comparison.ci_low if comparison else None,
        gain_high=comparison.ci_high if comparison else None,
        standard_error=comparison.standard_error if comparison else None,
        method=comparison.method if comparison else None,
        p_value=comparison.p_value if comparison else None,
        p_value_two_sided=comparison.p_value_two_sided if comparison else None,
        note=comparison.note if comparison else compared.challenger.note,
        promote=verdict.judgement.promote,
        rule=verdict.judgement.rule,
        details=verdict.judgement.details,
        guardrails=verdict.guardrails,
        slices=tuple(_slice(part) for part in compared.slices),
    )


def _slice(part: SliceComparison) -> AdjudicationSlice:
    compared = part.comparison
    return AdjudicationSlice(
        slice_column=part.column,
        slice_value=part.value,
        champion_score=compared.champion.value if compared else None,
        challenger_score=compared.challenger.value if compared else None,
        gain=compared.gain if compared else None,
        gain_low=compared.ci_low if compared else None,
        gain_high=compared.ci_high if compared else None,
        standard_error=compared.standard_error if compared else None,
        row_count=compared.challenger.row_count if compared else 0,
        note=part.too_small or (compared.note if compared else None),
    )
