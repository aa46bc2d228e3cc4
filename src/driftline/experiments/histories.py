"""The points of several metrics of several runs, as one table."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from driftline.experiments.listing import known_runs
from driftline.experiments.tables import history_table
from driftline.store import metric_rows
from driftline.workspace import Workspace, read_workspace

if TYPE_CHECKING:
    from pandas import DataFrame


def metric_histories(
    run_ids: Sequence[str], keys: Sequence[str] | None = None, *, workspace: Workspace | None = None
) -> "DataFrame":
    """Return a row for each point that these runs logged, with `run_id`, `key`, `step`, `time` and `value`.

    Args:
        run_ids: the runs, by their ids or the starts of these.
        keys: the metrics; None: all of them.
        workspace: where they are stored; by default where the settings say.

    Raises:
        UnknownRunError: no run starts so, or more than one.
    """
    workspace = workspace or read_workspace()
    with workspace.database.reading() as session:
        ids = [row.run_id for row in known_runs(session, run_ids)]
        logged = metric_rows.metrics_of(session, ids)
        wanted = [
            (run_id, metric.key) for run_id in ids for metric in logged[run_id] if keys is None or metric.key in keys
        ]
        return history_table([(run_id, key, metric_rows.history(session, run_id, key)) for run_id, key in wanted])
