"""Models as plain values, for lists and scripts."""

from datetime import datetime
from typing import Any

from driftline.registry.aliases import known_model
from driftline.registry.reference import CHAMPION
from driftline.store import registry
from driftline.workspace import Workspace


def list_models(workspace: Workspace) -> list[dict[str, Any]]:
    """Return each model with its champion, since when and why."""
    told = []
    with workspace.database.reading() as session:
        for line in registry.models(session):
            numbers = {version.id: version.version for version in registry.versions(session, line.id)}
            held = registry.alias_event_at(session, line.id, CHAMPION, None)
            told.append(
                {
                    "model": line.name,
                    "versions": len(numbers),
                    "champion": numbers[held.version_id] if held else None,
                    "since": held.effective_at if held else None,
                    "reason": held.reason if held else None,
                }
            )
    return told


def describe_model(workspace: Workspace, name: str) -> dict[str, Any]:
    """Return the versions of a model and who was champion when, both newest first.

    Raises:
        UnknownModelError: no model has this name.
    """
    with workspace.database.reading() as session:
        line = known_model(session, name)
        versions = registry.versions(session, line.id)
        events = registry.alias_events(session, line.id, CHAMPION)
    numbers = {version.id: version.version for version in versions}
    holder = events[0].version_id if events else None
    return {
        "model": name,
        "versions": [
            {
                "version": version.version,
                "alias": CHAMPION if version.id == holder else None,
                "trained_through": version.trained_through,
                "created_at": version.created_at,
                "flavor": version.flavor,
                "run_id": version.run_id,
                "digest": version.digest,
            }
            for version in versions
        ],
        "history": [
            {
                "effective_at": event.effective_at,
                "recorded_at": event.recorded_at,
                "version": numbers[event.version_id],
                "previous": numbers.get(event.previous_version_id or 0),
                "actor": event.actor,
                "reason": event.reason,
                "decision_id": event.decision_id,
            }
            for event in events
        ],
    }


def describe_champion(workspace: Workspace, name: str, at: datetime) -> dict[str, Any]:
    """Return who was champion at a time and the decision behind it; version None where nobody was.

    Raises:
        UnknownModelError: no model has this name.
    """
    with workspace.database.reading() as session:
        event = registry.alias_event_at(session, known_model(session, name).id, CHAMPION, at)
        version = registry.version(session, event.version_id) if event else None
        decision = registry.decision(session, event.decision_id) if event and event.decision_id else None
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
