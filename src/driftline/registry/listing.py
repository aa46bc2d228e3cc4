"""Models as plain values, for lists and scripts."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from driftline.registry.aliases import current_holders, known_model, load_timeline, load_timelines
from driftline.registry.decision import Decision
from driftline.registry.decisions import load_decision, load_decisions
from driftline.registry.errors import UnknownDecisionStatusError, unknown_decision
from driftline.registry.reference import CHALLENGER, CHAMPION
from driftline.registry.timeline import Timeline
from driftline.store import decision_rows, model_rows, run_rows
from driftline.store.decision_rows import DecisionStatus
from driftline.workspace import Workspace


def list_models(workspace: Workspace) -> list[dict[str, Any]]:
    """Return each model with its champion, since when and why."""
    now = workspace.as_of()
    with workspace.database.reading() as session:
        models = model_rows.models(session)
        ids = [model.id for model in models]
        champions, challengers = (load_timelines(session, alias, ids) for alias in (CHAMPION, CHALLENGER))
        counts = {model.id: len(model_rows.versions(session, model.id)) for model in models}
    return [_listed(model.name, counts[model.id], champions[model.id], challengers[model.id], now) for model in models]


def _listed(name: str, versions: int, champions: Timeline, challengers: Timeline, now: datetime) -> dict[str, Any]:
    champion, challenger = champions.at(now), challengers.holder(now)
    return {
        "model": name,
        "versions": versions,
        "champion": champion.version.version if champion and champion.version else None,
        "challenger": challenger.version if challenger else None,
        "since": champion.effective_at if champion else None,
        "reason": champion.reason if champion else None,
    }


def describe_model(workspace: Workspace, name: str) -> dict[str, Any]:
    """Return the versions of a model, who was champion when and who was in the shadow when, all newest first.

    Raises:
        UnknownModelError: no model has this name.
    """
    with workspace.database.reading() as session:
        model = known_model(session, name)
        versions = model_rows.versions(session, model.id)
        champions = load_timeline(session, model.id, alias=CHAMPION)
        challengers = load_timeline(session, model.id, alias=CHALLENGER)
        dagster = run_rows.dagster_run_ids(session, [version.run_id for version in versions])
        holders = current_holders(session, model.id, workspace.as_of())
    own_last = sorted(holders, key=lambda alias: (alias == CHAMPION, alias == CHALLENGER, alias))
    aliases = {holders[alias].id: alias for alias in own_last}
    return {
        "model": name,
        "revision": champions.revision,
        "versions": [
            {
                "version": version.version,
                "alias": aliases.get(version.id),
                "trained_through": version.trained_through,
                "created_at": version.created_at,
                "flavor": version.flavor,
                "run_id": version.run_id,
                "dagster_run_id": dagster.get(version.run_id),
                "digest": version.digest,
            }
            for version in versions
        ],
        "aliases": {alias: version.version for alias, version in holders.items()},
        "history": _history(champions),
        "shadows": _history(challengers),
    }


def _history(timeline: Timeline) -> list[dict[str, Any]]:
    """Return the events of an alias, newest first."""
    befores = [None, *timeline.events]
    return [
        {
            "revision": event.revision,
            "effective_at": event.effective_at,
            "recorded_at": event.recorded_at,
            "version": event.version.version if event.version else None,
            "previous": before.version.version if before and before.version else None,
            "move": event.move,
            "actor": event.actor,
            "reason": event.reason,
            "decision_id": event.decision_id,
        }
        for before, event in reversed(list(zip(befores, timeline.events, strict=False)))
    ]


def describe_champion(workspace: Workspace, name: str, at: datetime) -> dict[str, Any]:
    """Return who was champion at a time and the decision behind it; version None where nobody was.

    Raises:
        UnknownModelError: no model has this name.
    """
    with workspace.database.reading() as session:
        event = load_timeline(session, known_model(session, name).id).at(at)
        decision = load_decision(session, event.decision_id) if event and event.decision_id else None
    if event is None or event.version is None:
        return {"model": name, "at": at, "version": None}
    return {
        "model": name,
        "at": at,
        "version": event.version.version,
        "since": event.effective_at,
        "recorded_at": event.recorded_at,
        "actor": event.actor,
        "reason": event.reason,
        "run_id": event.version.run_id,
        "digest": event.version.digest,
        **(_evidence(decision) if decision else {}),
    }


def list_decisions(
    workspace: Workspace,
    *,
    model: str | None = None,
    status: str | None = None,
    include_declined: bool = True,
    first: int = 50,
) -> list[dict[str, Any]]:
    """Return decisions about a model (None: about all), newest first.

    Args:
        workspace: where they are kept.
        model: a name.
        status: only such ones.
        include_declined: also those by which nothing was done, of which there is one for each quiet drift report.
        first: how many.

    Raises:
        UnknownModelError: no model has this name.
        UnknownDecisionStatusError: there is no such status.
    """
    if status is not None and status not in set(DecisionStatus):
        raise UnknownDecisionStatusError(status, [str(known) for known in DecisionStatus])
    wanted = None if status is None else DecisionStatus(status)
    with workspace.database.reading() as session:
        model_id = None if model is None else known_model(session, model).id
        unwanted = None if include_declined else DecisionStatus.DECLINED
        rows = decision_rows.decisions(session, model_id, status=wanted, without=unwanted, first=first)
        names = {row.id: row.name for row in model_rows.models(session)}
        found = load_decisions(session, rows)
    return [_decided(decision, names[decision.model_id]) for decision in found.values()]


def describe_decision(workspace: Workspace, decision_id: int) -> dict[str, Any]:
    """Return a decision with all that happened to it, and the comparison that it stands on.

    Raises:
        UnknownDecisionError: there is none of this number.
    """
    with workspace.database.reading() as session:
        rows = decision_rows.by_id(session, [decision_id])
        if not rows:
            raise unknown_decision(decision_id)
        names = {row.id: row.name for row in model_rows.models(session)}
        decision = load_decisions(session, rows)[decision_id]
    judged = decision.adjudication
    return {
        **_decided(decision, names[decision.model_id]),
        "declaration_digest": decision.declaration_digest,
        "events": [
            {"recorded_at": event.recorded_at, "status": event.status, "actor": event.actor, "text": event.text}
            for event in decision.events
        ],
        "comparison": {name: value for name, value in asdict(judged).items() if name not in _IDS} if judged else None,
    }


_IDS = {"challenger_version_id", "champion_version_id", "holdout_version_id", "details", "slices"}


def _decided(decision: Decision, model: str) -> dict[str, Any]:
    return {
        "id": decision.id,
        "as_of": decision.as_of,
        "recorded_at": decision.recorded_at,
        "model": model,
        "kind": decision.kind,
        "trigger": decision.trigger,
        "actor": decision.actor,
        "status": decision.status,
        "reason": decision.reason,
        "outcome": decision.outcome,
        "drift_report_id": decision.drift_report_id,
        "dagster_run_id": decision.dagster_run_id,
    }


def _evidence(decision: Decision) -> Mapping[str, Any]:
    judged = decision.adjudication
    return {
        "decision_id": decision.id,
        "dagster_run_id": decision.dagster_run_id,
        "trigger": decision.trigger,
        "why_retrained": decision.reason,
        "metric": judged.metric if judged else None,
        "champion_score": judged.champion_score if judged else None,
        "challenger_score": judged.challenger_score if judged else None,
        "p_value": judged.p_value if judged else None,
    }
