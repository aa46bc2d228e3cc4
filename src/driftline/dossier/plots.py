"""The plots of a version on its holdout: stored as numbers with the run that trained it, and drawn."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from driftline.metrics import ScoredRows
from driftline.plots import (
    Plot,
    plots_from_json,
    plots_of,
    plots_to_json,
)
from driftline.registry import versions_by_id
from driftline.store import run_rows
from driftline.tracking import ActiveRun
from driftline.workspace import Workspace

PATH = "plots.json"  # among the artifacts of the run that trained the version
MOST_CLASSES = 50  # a larger confusion matrix is not readable


@dataclass(frozen=True, kw_only=True)
class StoredPlots:
    """What is to be seen of a version on its holdout: the classes in their order, and plots by name."""

    classes: tuple[str, ...]
    plots: Mapping[str, Plot]


def store_plots(run: ActiveRun, rows: ScoredRows, classes: Sequence[object]) -> None:
    """Store the plots of what the version that a run trains predicts on its holdout."""
    plots = plots_of(rows)
    if len(classes) > MOST_CLASSES:
        del plots["confusion_matrix"]
    payload = {"classes": [str(label) for label in classes], "plots": plots_to_json(plots)}
    run.log_bytes(json.dumps(payload).encode(), PATH)


def load_plots(workspace: Workspace, version_id: int) -> StoredPlots | None:
    """Return the plots of a version, or None; of a refit, those of the version that was judged in its place."""
    with workspace.database.reading() as session:
        version = versions_by_id(session, [version_id])[version_id]
        judged = versions_by_id(session, [version.judged_id])[version.judged_id]
        artifact = run_rows.artifact(session, judged.run_id, PATH)
    if artifact is None:
        return None
    payload = json.loads(workspace.artifacts.get(artifact.digest))
    return StoredPlots(classes=tuple(payload["classes"]), plots=plots_from_json(payload["plots"]))
