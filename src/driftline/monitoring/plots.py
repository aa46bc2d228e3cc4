"""The plots of a version on its holdout: stored as numbers with the run that trained it, and drawn."""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from driftline.errors import PictureFormatError
from driftline.evaluation import (
    Calibration,
    ConfusionMatrix,
    Plot,
    PrecisionRecallCurve,
    Residuals,
    RocCurve,
    ScoredRows,
    class_shares,
    plots_from_json,
    plots_of,
    plots_to_json,
)
from driftline.store import registry, runs
from driftline.store.registry import ModelVersion
from driftline.tracking import ActiveRun
from driftline.workspace import Workspace

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PATH = "plots.json"  # among the artifacts of the run that trained the version
MOST_CLASSES = 50  # a larger confusion matrix is nothing to look at
INK, ACCENT, FAINT = "#1f2933", "#2563eb", "#9aa5b1"
FORMATS = (".png", ".svg")


@dataclass(frozen=True, kw_only=True)
class StoredPlots:
    """What is to be seen of a version on its holdout: the classes in their order, and plots by name."""

    classes: tuple[str, ...]
    plots: Mapping[str, Plot]


def store_plots(run: ActiveRun, rows: ScoredRows, classes: Sequence[object]) -> None:
    """Store the plots of what the version that a run trains says of its holdout."""
    found = plots_of(rows)
    if len(classes) > MOST_CLASSES:
        del found["confusion_matrix"]
    told = {"classes": [str(label) for label in classes], "plots": plots_to_json(found)}
    run.log_artifact(PATH, json.dumps(told).encode())


def load_plots(workspace: Workspace, version_id: int) -> StoredPlots | None:
    """Return the plots of a version, or None; of a refit, those of the version that was judged in its place."""
    with workspace.database.reading() as session:
        version = session.get_one(ModelVersion, version_id)
        judged = registry.version(session, version.judged_version_id or version_id)
        artifact = session.get(runs.Artifact, (judged.run_id, PATH)) if judged else None
    if artifact is None:
        return None
    told = json.loads(workspace.artifacts.get(artifact.digest))
    return StoredPlots(classes=tuple(told["classes"]), plots=plots_from_json(told["plots"]))


def draw_plot(plot: Plot, path: Path, *, title: str, classes: Sequence[object] = ()) -> None:
    """Draw a plot into a PNG or SVG file.

    Raises:
        PictureFormatError: `path` has another ending.
    """
    kind = path.suffix.lower()
    if kind not in FORMATS:
        raise PictureFormatError(str(path), FORMATS)
    path.write_bytes(plot_picture(plot, title=title, classes=classes, kind=kind.removeprefix(".")))


def plot_picture(plot: Plot, *, title: str, classes: Sequence[object] = (), kind: str = "png") -> bytes:
    """Return a small picture of a plot as the bytes of a PNG or SVG file."""
    from matplotlib.figure import Figure  # noqa: PLC0415  (half a second that only a picture costs)

    figure = Figure(figsize=(4.6, 3.6), dpi=90, layout="constrained")
    axes = figure.subplots()
    dress(axes, title)
    _draw(axes, plot, classes)
    out = io.BytesIO()
    figure.savefig(out, format=kind, metadata={"Software": None} if kind == "png" else None)
    return out.getvalue()


def dress(axes: "Axes", title: str) -> None:
    """Give axes the look of all pictures, and a title."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_title(title, fontsize=10, color=INK)
    axes.tick_params(labelsize=8, colors=INK)


def label_axes(axes: "Axes", x: str, y: str = "") -> None:
    """Write at both axes what they show."""
    axes.set_xlabel(x, fontsize=8, color=INK)
    axes.set_ylabel(y, fontsize=8, color=INK)


def _draw(axes: "Axes", plot: Plot, classes: Sequence[object]) -> None:
    match plot:
        case RocCurve():
            _diagonal(axes, 0.0, 1.0)
            axes.plot(plot.false_positive_rate, plot.true_positive_rate, color=ACCENT, linewidth=1.8)
            negatives, positives = plot.negative_count, plot.positive_count
            label_axes(
                axes, f"false positive rate ({negatives} negatives)", f"true positive rate ({positives} positives)"
            )
        case PrecisionRecallCurve():
            axes.plot(plot.recall, plot.precision, color=ACCENT, linewidth=1.8)
            axes.set_ylim(0.0, 1.05)
            label_axes(
                axes, f"recall ({plot.positive_count} positives)", f"precision ({plot.negative_count} negatives)"
            )
        case Calibration():
            _diagonal(axes, 0.0, 1.0)
            _bins(axes, plot.predicted, plot.observed, plot.observed_low, plot.observed_high)
            label_axes(axes, "predicted probability", "observed share, 95 %")
        case ConfusionMatrix():
            _confusion(axes, plot, classes)
        case Residuals():
            if plot.predicted:
                _diagonal(axes, plot.predicted[0], plot.predicted[-1])
            _bins(axes, plot.predicted, plot.actual, plot.actual_low, plot.actual_high)
            label_axes(axes, "predicted", "actual, with 80 % of the rows")


def _diagonal(axes: "Axes", low: float, high: float) -> None:
    axes.plot([low, high], [low, high], color=FAINT, linestyle="--", linewidth=1)


def _bins(axes: "Axes", x: Sequence[float], y: Sequence[float], low: Sequence[float], high: Sequence[float]) -> None:
    # The mean of a skewed bin may lie outside of 80 % of its rows.
    reach = [np.maximum(np.subtract(y, low), 0.0), np.maximum(np.subtract(high, y), 0.0)]
    axes.errorbar(x, y, yerr=reach, color=ACCENT, fmt="o-", markersize=3, linewidth=1.2)


def _confusion(axes: "Axes", matrix: ConfusionMatrix, classes: Sequence[object]) -> None:
    shares, names = class_shares(matrix), [str(label) for label in classes]
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    if 0 < len(names) <= 15:  # more numbers cannot be read
        for row, column in np.ndindex(shares.shape):
            color = "white" if shares[row, column] > 0.5 else INK
            count = matrix.counts[row][column]
            axes.text(column, row, f"{count:,}", ha="center", va="center", fontsize=8, color=color)
        axes.set_xticks(range(len(names)), names)
        axes.set_yticks(range(len(names)), names)
    label_axes(axes, "predicted", "true")
