"""What people say of runs afterwards, also of those that have ended or go on elsewhere."""

import secrets
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from driftline.ingest import Batch
from driftline.journal import Event, Kind
from driftline.tracking.destinations import configured_destination, destination_of
from driftline.tracking.errors import unknown_run
from driftline.tracking.left import deliver_left
from driftline.tracking.values import checked_key, checked_run_id

if TYPE_CHECKING:
    from driftline.workspace import Workspace


def change_run(
    run_id: str,
    *,
    name: str | None = None,
    note: str | None = None,
    conclusion: str | None = None,
    tags: Mapping[str, Any] | None = None,
    archived: bool | None = None,
    workspace: "Workspace | None" = None,
) -> None:
    """Change what is said of a run; what it logged stays. It is stored when this returns.

    Args:
        run_id: its whole id.
        name: for people.
        note: in words; the newest one stands.
        conclusion: what it has shown of its hypothesis.
        tags: kept as text; None takes a tag away.
        archived: whether it is hidden from lists and searches; it can be brought back.
        workspace: where it is stored; by default where the settings say.

    Raises:
        InvalidRunIdError: the id is not 32 hexadecimal digits.
        InvalidKeyError: the key of a tag is empty, or no path.
        UnknownRunError: there is no such run.
        StorageError: the database or the server does not serve; nothing was changed.
    """
    checked_run_id(run_id)
    destination = configured_destination() if workspace is None else destination_of(workspace)
    texts = {checked_key(key): None if value is None else str(value) for key, value in (tags or {}).items()}
    facts: dict[str, Any] = {"name": name, "note": note, "conclusion": conclusion}
    facts = {key: value for key, value in facts.items() if value is not None}
    if archived is not None:
        facts["archived_us"] = time.time_ns() // 1000 if archived else None
    deliver_left(destination)
    found = destination.sink.find(run_id)
    if found is None:
        raise unknown_run(run_id)
    events = [Event(1, Kind.FACTS, facts), Event(2, Kind.TAGS, texts), Event(3, Kind.CLOSED, {})]
    about = {"experiment": found.experiment, "name": found.name}
    destination.send(Batch(run_id=run_id, writer=secrets.randbits(53), about=about, events=events))
