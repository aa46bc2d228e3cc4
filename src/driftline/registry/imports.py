"""Versions and aliases that come from another registry: they keep their numbers, and their history says so."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from driftline.models import digest_of_files
from driftline.registry.aliases import full_timeline, move_alias
from driftline.registry.model_version import ModelVersion, version_of_row
from driftline.registry.timeline import Timeline
from driftline.store import Session, alias_rows, model_rows
from driftline.store.alias_rows import AliasMove

IMPORTER = "import"  # the actor of events that an import appends


def import_version(
    session: Session,
    model_id: int,
    number: int,
    *,
    run_id: str,
    digests: Mapping[str, str],
    flavor: str,
    created_at: datetime,
    signature: Sequence[Mapping[str, Any]] = (),
) -> ModelVersion:
    """Store a version under the number that it has elsewhere; its files are the artifacts of its run below `model/`.

    Args:
        session: the transaction.
        model_id: of the model's row.
        number: which no version of the model has.
        run_id: the run that has its files.
        digests: the sha256 of each file by its path.
        flavor: the format of the files; one that is not driftline's own is never loaded.
        created_at: when it was registered; nothing later can have been used.
        signature: the columns that it reads, where they are known.
    """
    row = model_rows.add_version(
        session,
        model_id,
        number=number,
        run_id=run_id,
        digest=digest_of_files(digests),
        flavor=flavor,
        signature=[dict(column) for column in signature],
        classes=[],
        trained_through=created_at,
        created_at=created_at,
    )
    return version_of_row(row)


def import_alias(
    session: Session,
    version: ModelVersion,
    alias: str,
    *,
    since: datetime,
    recorded_at: datetime,
    reason: str,
) -> bool | None:
    """Give an alias to a version as another registry does; return whether that is new, None where people decided here.

    Args:
        session: the transaction.
        version: who has it there.
        alias: its name.
        since: the earliest time that the other registry can speak for.
        recorded_at: the time of the machine.
        reason: where it comes from, in words.
    """
    seen = full_timeline(session, version.model_id, alias)
    newest = seen.events[-1] if seen.events else None
    if newest is not None and newest.version is not None and newest.version.id == version.id:
        return False
    if newest is not None and newest.actor != IMPORTER:
        return None
    _append(session, version, seen, since=since, recorded_at=recorded_at, reason=reason)
    return True


def _append(
    session: Session, version: ModelVersion, seen: Timeline, *, since: datetime, recorded_at: datetime, reason: str
) -> None:
    earliest = seen.earliest(recorded_at)
    move_alias(
        session,
        version.model_id,
        version,
        seen=seen,
        effective_at=since if earliest is None else max(since, earliest),
        as_of=recorded_at,
        recorded_at=recorded_at,
        actor=IMPORTER,
        reason=reason,
    )


def restore_version(session: Session, model_id: int, stored: Mapping[str, Any], *, judged: int | None) -> int:
    """Store a version as another driftline had it, under its number, and return the id of its row.

    Args:
        session: the transaction.
        model_id: of the model's row.
        stored: its values there, by the names of columns.
        judged: the row of the version that was judged in its place.
    """
    names = (
        "run_id",
        "digest",
        "flavor",
        "signature",
        "task",
        "classes",
        "trained_from",
        "trained_through",
        "created_at",
    )
    values = {name: stored[name] for name in names}
    row = model_rows.add_version(session, model_id, number=stored["version"], judged_version_id=judged, **values)
    return row.id


def restore_history(
    session: Session, model_id: int, alias: str, events: Sequence[Mapping[str, Any]], version_ids: Mapping[int, int]
) -> int | None:
    """Append the events of an alias as another driftline had them, with their revisions; return how many were new.

    None, and nothing is appended, where the history here is not the beginning of that one, or a version is not here.

    Args:
        session: the transaction.
        model_id: of the model's row.
        alias: which.
        events: by revision.
        version_ids: the rows of versions by their numbers.
    """
    model_rows.lock_models(session, model_id)
    here = full_timeline(session, model_id, alias).events
    known = [(event.revision, event.version.version if event.version else None, event.effective_at) for event in here]
    if {one["version"] for one in events} - {None, *version_ids}:
        return None
    if known != [(one["revision"], one["version"], one["effective_at"]) for one in events[: len(known)]]:
        return None
    for one in events[len(known) :]:
        alias_rows.append(
            session,
            model_id=model_id,
            alias=alias,
            version_id=version_ids.get(one["version"]),
            previous_version_id=version_ids.get(one["previous_version"]),
            move=AliasMove(one["move"]),
            **{name: one[name] for name in ("revision", "effective_at", "recorded_at", "actor", "reason", "planned")},
        )
    return len(events) - len(known)
