"""Pictures of the plots of a version."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from driftline.charts.files import picture_kind, write_picture
from driftline.plots import Calibration, ConfusionMatrix, Plot, PrecisionRecallCurve, Residuals, RocCurve, class_shares

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK, ACCENT, FAINT = "#1f2933", "#2563eb", "#9aa5b1"


def draw_plot(plot: Plot, path: Path, *, title: str, classes: Sequence[object] = ()) -> None:
    """Draw a plot into a PNG or SVG file.

    Raises:
        PictureFormatError: `path` has another ending.
        PictureFolderError: it cannot be written.
    """
    write_picture(path, plot_picture(plot, title=title, classes=classes, kind=picture_kind(path)))


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
