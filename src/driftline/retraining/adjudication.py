"""Champion against challenger: both scored on one holdout, judged, and the alias moved with the decision."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from driftline.datasets import encode
from driftline.declaration import ModelPipeline
from driftline.errors import IncomparableModelsError, InvalidInputError, NoChallengerError
from driftline.evaluation import Comparison, Measurement, Task, compare, measure
from driftline.models import Model
from driftline.registry import CHAMPION, judge, load_version, move_alias
from driftline.retraining.decisions import fail, lock_name
from driftline.retraining.training import load_rows
from driftline.store import datasets, registry
from driftline.store.datasets import DatasetVersion
from driftline.store.registry import Decision, DecisionStatus, ModelVersion
from driftline.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Adjudicated:
    """What was decided about a challenger.

    Attributes:
        decision_id: the row with the evidence.
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

    Champion and challenger are scored again on the holdout that the challenger was trained without; where
    the move is refused because somebody else moved the alias meanwhile, the decision has failed and the champion stays.

    Raises:
        NoChallengerError: none waits.
        AliasMovedError: the champion changed while the two were compared.
    """
    with workspace.lock(lock_name(pipeline)):
        match = _waiting(workspace, pipeline)
        try:
            evidence = _score(workspace, pipeline, match)
            return _record(workspace, pipeline, match, evidence, actor)
        except BaseException as error:
            fail(workspace, match.decision.id, error)
            raise


@dataclass(frozen=True, kw_only=True)
class _Match:
    """Who meets whom, on which rows."""

    decision: Decision
    challenger: ModelVersion
    champion: ModelVersion | None
    holdout: DatasetVersion


@dataclass(frozen=True, kw_only=True)
class _Evidence:
    """What both scored; no comparison without a champion, or with one that cannot score these rows."""

    challenger: Measurement
    comparison: Comparison | None
    champion_fault: str | None = None


def _waiting(workspace: Workspace, pipeline: ModelPipeline) -> _Match:
    with workspace.database.reading() as session:
        line = registry.find_model(session, pipeline.name)
        waiting = registry.decisions(session, line.id, status=DecisionStatus.TRAINED, first=1) if line else []
        if not waiting:
            raise NoChallengerError(pipeline.name)
        [decision] = waiting
        challenger = registry.version(session, decision.challenger_version_id)
        holdout = datasets.find_version(session, decision.holdout_version_id)
        held = registry.alias_event_at(session, decision.model_id, CHAMPION, None)
        champion = registry.version(session, held.version_id) if held else None
    if challenger is None or holdout is None:
        raise NoChallengerError(pipeline.name)
    return _Match(decision=decision, challenger=challenger, champion=champion, holdout=holdout)


def _score(workspace: Workspace, pipeline: ModelPipeline, match: _Match) -> _Evidence:
    rows = load_rows(workspace, match.holdout)
    model = load_version(workspace, match.challenger, trusted=pipeline.trusted)
    truth = encode(pipeline.target, rows, classes=model.classes)
    scores, first = model.score(rows), pipeline.metrics[0]
    if match.champion is None:
        return _Evidence(challenger=measure(first, model.task, truth, scores), comparison=None)
    try:
        champion_scores = _champion_scores(workspace, pipeline, match.champion, model, rows)
    except InvalidInputError as error:
        if pipeline.promote.if_champion_fails == "keep":
            raise
        measured = measure(first, model.task, truth, scores)
        return _Evidence(challenger=measured, comparison=None, champion_fault=str(error))
    comparison = compare(first, model.task, truth, champion_scores, scores)
    return _Evidence(challenger=comparison.challenger, comparison=comparison)


def _champion_scores(
    workspace: Workspace, pipeline: ModelPipeline, version: ModelVersion, challenger: Model, rows: pd.DataFrame
) -> np.ndarray:
    champion = load_version(workspace, version, trusted=pipeline.trusted)
    if _said(champion) != _said(challenger):
        raise IncomparableModelsError(pipeline.name, _said(champion), _said(challenger))
    return champion.score(rows)


def _said(model: Model) -> tuple[object, ...]:
    """Return what a model's scores are about: the positive class, or all classes in their order."""
    return (str(model.task), *(model.classes[-1:] if model.task is Task.BINARY else model.classes))


def _record(
    workspace: Workspace, pipeline: ModelPipeline, match: _Match, evidence: _Evidence, actor: str
) -> Adjudicated:
    judgement = judge(
        pipeline.promote, evidence.challenger, evidence.comparison, champion_fault=evidence.champion_fault
    )
    champion = match.challenger if judgement.promote else match.champion
    at, compared = workspace.clock(), evidence.comparison
    with workspace.database.transaction() as session:
        row = session.merge(match.decision)
        row.status = DecisionStatus.PROMOTED if judgement.promote else DecisionStatus.KEPT
        row.outcome, row.judged_at = judgement.reason, at
        row.metric, row.challenger_score = evidence.challenger.metric, evidence.challenger.value
        row.champion_version_id = match.champion.id if match.champion else None
        row.serving_version_id = champion.id if champion else None
        if compared is not None:
            row.champion_score = compared.champion.value
            row.gain, row.p_value = compared.gain, compared.p_value
            row.gain_low, row.gain_high = compared.ci_low, compared.ci_high
        if judgement.promote:
            held = registry.alias_event_at(session, row.model_id, CHAMPION, None)
            takes_effect = pipeline.training_time(workspace.as_of(), first=held is None)
            move_alias(
                session,
                match.challenger,
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
