"""Champion against challenger: both scored on one holdout, judged, and the alias moved with the decision."""

from dataclasses import dataclass

from driftline.declaration import ModelPipeline
from driftline.metrics import Comparison
from driftline.registry import CHAMPION, Judgement, judge, load_version, move_alias
from driftline.retraining.decisions import fail, lock_name
from driftline.retraining.errors import NoChallengerError
from driftline.retraining.fitting import Meeting, meet
from driftline.retraining.refitting import refit
from driftline.retraining.training import load_rows
from driftline.store import alias_rows, dataset_rows, decision_rows, model_rows
from driftline.store.dataset_rows import DatasetVersion
from driftline.store.decision_rows import Decision, DecisionStatus
from driftline.store.model_rows import ModelVersion
from driftline.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Adjudicated:
    """What was decided about a challenger.

    Attributes:
        decision_id: the row with the meeting.
        promoted: whether the challenger is champion now.
        reason: why, in words.
        champion: who serves now; None if nobody does yet.
        challenger: who was judged.
        comparison: the evidence; None where there was no champion to compare with.
    """

    decision_id: int
    promoted: bool
    reason: str
    champion: ModelVersion | None
    challenger: ModelVersion
    comparison: Comparison | None


def adjudicate(workspace: Workspace, pipeline: ModelPipeline, *, actor: str = "policy") -> Adjudicated:
    """Judge the newest challenger that waits, and record the decision and the alias move together.

    Champion and challenger are scored again on the holdout that the challenger was trained without; of a champion that
    was refitted, the version that was judged in its place, which has not seen the holdout. Where the move is refused
    because somebody else moved the alias meanwhile, the decision has failed and the champion stays.

    Raises:
        NoChallengerError: none waits.
        AliasMovedError: the champion changed while the two were compared.
    """
    with workspace.lock(lock_name(pipeline)):
        match = _waiting(workspace, pipeline)
        try:
            return _record(workspace, pipeline, match, _rule(workspace, pipeline, match), actor)
        except BaseException as error:
            fail(workspace, match.decision.id, error)
            raise


@dataclass(frozen=True, kw_only=True)
class _Match:
    """Who meets whom, on which rows; `judged` is the champion, or the version that was judged in its place."""

    decision: Decision
    challenger: ModelVersion
    champion: ModelVersion | None
    judged: ModelVersion | None
    holdout: DatasetVersion


def _waiting(workspace: Workspace, pipeline: ModelPipeline) -> _Match:
    with workspace.database.reading() as session:
        line = model_rows.find_model(session, pipeline.name)
        waiting = decision_rows.decisions(session, line.id, status=DecisionStatus.TRAINED, first=1) if line else []
        if not waiting:
            raise NoChallengerError(pipeline.name)
        [decision] = waiting
        challenger = model_rows.version(session, decision.challenger_version_id)
        holdout = dataset_rows.find_version(session, decision.holdout_version_id)
        held = alias_rows.alias_event_at(session, decision.model_id, CHAMPION, None)
        champion = model_rows.version(session, held.version_id) if held else None
        judged = model_rows.version(session, champion.judged_version_id or champion.id) if champion else None
    if challenger is None or holdout is None:
        raise NoChallengerError(pipeline.name)
    return _Match(decision=decision, challenger=challenger, champion=champion, judged=judged, holdout=holdout)


@dataclass(frozen=True, kw_only=True)
class _Ruling:
    """What came of a match; the winner is the challenger or its refit, None where the champion stays."""

    meeting: Meeting
    judgement: Judgement
    winner: ModelVersion | None


def _rule(workspace: Workspace, pipeline: ModelPipeline, match: _Match) -> _Ruling:
    challenger = load_version(workspace, match.challenger, trusted=pipeline.trusted)
    champion = load_version(workspace, match.judged, trusted=pipeline.trusted) if match.judged else None
    meeting = meet(pipeline, load_rows(workspace, match.holdout), challenger, champion)
    judgement = judge(
        pipeline.promote,
        meeting.challenger,
        meeting.comparison,
        champion_fault=meeting.champion_fault,
        slices=meeting.slices,
    )
    winner = match.challenger if judgement.promote else None
    if winner is not None and pipeline.promote.refit:
        winner = refit(workspace, pipeline, match.decision, winner)
    return _Ruling(meeting=meeting, judgement=judgement, winner=winner)


def _record(workspace: Workspace, pipeline: ModelPipeline, match: _Match, ruling: _Ruling, actor: str) -> Adjudicated:
    meeting, judgement, winner = ruling.meeting, ruling.judgement, ruling.winner
    champion = winner or match.champion
    at, compared = workspace.clock(), meeting.comparison
    with workspace.database.transaction() as session:
        row = session.merge(match.decision)
        row.status = DecisionStatus.PROMOTED if judgement.promote else DecisionStatus.KEPT
        row.outcome, row.judged_at = judgement.reason, at
        row.metric, row.challenger_score = meeting.challenger.metric, meeting.challenger.value
        row.champion_version_id = match.champion.id if match.champion else None
        row.serving_version_id = champion.id if champion else None
        if compared is not None:
            row.champion_score = compared.champion.value
            row.gain, row.p_value = compared.gain, compared.p_value
            row.gain_low, row.gain_high = compared.ci_low, compared.ci_high
        if winner is not None:
            held = alias_rows.alias_event_at(session, row.model_id, CHAMPION, None)
            takes_effect = pipeline.training_time(workspace.as_of(), first=held is None)
            move_alias(
                session,
                winner,
                expected=match.champion,
                effective_at=max(takes_effect, held.effective_at) if held else takes_effect,  # never before another
                recorded_at=at,
                actor=actor,
                reason=judgement.reason,
                decision_id=row.id,
            )
    return Adjudicated(
        decision_id=match.decision.id,
        promoted=judgement.promote,
        reason=judgement.reason,
        champion=champion,
        challenger=match.challenger,
        comparison=compared,
    )
