"""Models as plain values, for lists and scripts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from driftline.registry.aliases import known_model
from driftline.registry.reference import CHALLENGER, CHAMPION
from driftline.store import alias_rows, decision_rows, model_rows
from driftline.store.alias_rows import AliasEvent
from driftline.workspace import Workspace


def list_models(workspace: Workspace) -> list[dict[str, Any]]:
    """Return each model with its champion, since when and why."""
    told = []
    with workspace.database.reading() as session:
        for line in model_rows.models(session):
            numbers = {version.id: version.version for version in model_rows.versions(session, line.id)}
            held = alias_rows.alias_event_now(session, line.id, CHAMPION, workspace.as_of())
            shadow = alias_rows.alias_event_now(session, line.id, CHALLENGER, workspace.as_of())
            told.append(
                {
                    "model": line.name,
                    "versions": len(numbers),
                    "champion": _number(numbers, held),
                    "challenger": _number(numbers, shadow),
                    "since": held.effective_at if held else None,
                    "reason": held.reason if held else None,
                }
            )
    return told


def describe_model(workspace: Workspace, name: str) -> dict[str, Any]:
    """Return the versions of a model, who was champion when and who was in the shadow when, all newest first.

    Raises:
        UnknownModelError: no model has this name.
    """
    with workspace.database.reading() as session:
        line = known_model(session, name)
        versions = model_rows.versions(session, line.id)
        champions = alias_rows.alias_events(session, line.id, CHAMPION)
        shadows = alias_rows.alias_events(session, line.id, CHALLENGER)
        held = {
            alias: alias_rows.alias_event_now(session, line.id, alias, workspace.as_of())
            for alias in (CHALLENGER, CHAMPION)
        }
    numbers = {version.id: version.version for version in versions}
    aliases = {event.version_id: alias for alias, event in held.items() if event is not None}
    return {
        "model": name,
        "versions": [
            {
                "version": version.version,
                "alias": aliases.get(version.id),
                "trained_through": version.trained_through,
                "created_at": version.created_at,
                "flavor": version.flavor,
                "run_id": version.run_id,
                "digest": version.digest,
            }
            for version in versions
        ],
        "history": [_told(numbers, event) for event in champions],
        "shadows": [_told(numbers, event) for event in shadows],
    }


def _number(numbers: Mapping[int, int], event: AliasEvent | None) -> int | None:
    return None if event is None or event.version_id is None else numbers[event.version_id]


def _told(numbers: Mapping[int, int], event: AliasEvent) -> dict[str, Any]:
    return {
        "effective_at": event.effective_at,
        "recorded_at": event.recorded_at,
        "version": _number(numbers, event),
        "previous": numbers.get(event.previous_version_id or 0),
        "actor": event.actor,
        "reason": event.reason,
        "decision_id": event.decision_id,
    }


def describe_champion(workspace: Workspace, name: str, at: datetime) -> dict[str, Any]:
    """Return who was champion at a time and the decision behind it; version None where nobody was.

    Raises:
        UnknownModelError: no model has this name.
    """
    with workspace.database.reading() as session:
        event = alias_rows.alias_event_at(session, known_model(session, name).id, CHAMPION, at)
        version = model_rows.version(session, event.version_id) if event else None
        decision = decision_rows.decision(session, event.decision_id) if event and event.decision_id else None
    told: dict[str, Any] = {"model": name, "at": at, "version": version.version if version else None}
    if event is not None and version is not None:
        told |= {
            "since": event.effective_at,
            "recorded_at": event.recorded_at,
            "actor": event.actor,
            "reason": event.reason,
            "run_id": version.run_id,
            "digest": version.digest,
        }
    if decision is not None:
        told |= {
            "decision_id": decision.id,
            "trigger": decision.trigger,
            "why_retrained": decision.reason,
            "metric": decision.metric,
            "champion_score": decision.champion_score,
            "challenger_score": decision.challenger_score,
            "p_value": decision.p_value,
        }
    return told
