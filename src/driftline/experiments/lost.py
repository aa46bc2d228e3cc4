"""Runs whose process is gone, found by whoever reads runs next."""

from driftline.clock import now
from driftline.store import run_rows
from driftline.tracking import deliver_left, destination_of
from driftline.workspace import Workspace


def end_lost_runs(workspace: Workspace) -> None:
    """Store that runs are lost whose process is gone, although they have not ended; who reads runs calls this first.

    What these processes had logged is stored, too. Of a database that may only be read they stay as they are.
    """
    if workspace.database.is_read_only or not workspace.database.is_stored:
        return
    deliver_left(destination_of(workspace))
    with workspace.database.reading() as session:
        if not run_rows.abandoned_runs(session, now=now()):
            return
    with workspace.database.transaction() as session:
        run_rows.end_abandoned_runs(session, now=now())
