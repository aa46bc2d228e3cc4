"""Pictures of a model in the Dagster UI: small PNGs, since every visitor of the asset's page downloads them."""

import base64
import io
from collections.abc import Callable, Mapping

import dagster as dg
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from driftline.evaluation import (
    Calibration,
    RocCurve,
    Task,
    calibration,
    confusion_matrix,
    predicted_classes,
    roc_curve,
    scored_rows,
)
from driftline.models import Label

INK, ACCENT, FAINT = "#1f2933", "#2563eb", "#9aa5b1"
MOST_FEATURES = 15


def model_pictures(
    task: Task, classes: tuple[Label, ...], truth: np.ndarray, scores: np.ndarray, importance: Mapping[str, float]
) -> dict[str, dg.MarkdownMetadataValue]:
    """Return the pictures that suit a task, by title, for the metadata of a materialization."""
    rows = scored_rows(task, truth, scores)
    pictures = {"feature importance": _picture("Feature importance", lambda axes: _importance(axes, importance))}
    if task is Task.BINARY:
        roc = roc_curve(rows.truth, rows.scores)
        bins = calibration(rows.truth, rows.scores)
        pictures["ROC curve"] = _picture("ROC curve on the holdout", lambda axes: _roc(axes, roc))
        pictures["calibration"] = _picture("Calibration on the holdout", lambda axes: _calibration(axes, bins))
    if task is not Task.REGRESSION:
        matrix = confusion_matrix(rows.truth, predicted_classes(rows), class_count=len(classes))
        counts = np.array(matrix.counts)
        pictures["confusion matrix"] = _picture("Confusion matrix", lambda axes: _confusion(axes, counts, classes))
    return pictures


def _picture(title: str, draw: Callable[[Axes], None]) -> dg.MarkdownMetadataValue:
    """Return a drawing as Markdown with the PNG inside: the UI shows it behind "Show Markdown"."""
    figure = Figure(figsize=(4.6, 3.6), dpi=90, layout="constrained")
    axes = figure.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_title(title, fontsize=10, color=INK)
    axes.tick_params(labelsize=8, colors=INK)
    draw(axes)
    png = io.BytesIO()
    figure.savefig(png, format="png", metadata={"Software": None})
    return dg.MetadataValue.md(f"![{title}](data:image/png;base64,{base64.b64encode(png.getvalue()).decode()})")


def _roc(axes: Axes, roc: RocCurve) -> None:
    axes.plot([0, 1], [0, 1], color=FAINT, linestyle="--", linewidth=1)
    axes.plot(roc.false_positive_rate, roc.true_positive_rate, color=ACCENT, linewidth=1.8)
    axes.set_xlabel(f"false positive rate ({roc.negative_count} negatives)", fontsize=8, color=INK)
    axes.set_ylabel(f"true positive rate ({roc.positive_count} positives)", fontsize=8, color=INK)


def _calibration(axes: Axes, bins: Calibration) -> None:
    below = np.subtract(bins.observed, bins.observed_low)
    above = np.subtract(bins.observed_high, bins.observed)
    axes.plot([0, 1], [0, 1], color=FAINT, linestyle="--", linewidth=1)
    axes.errorbar(
        bins.predicted,
        bins.observed,
        yerr=[below, above],
        color=ACCENT,
        fmt="o-",
        markersize=3,
        linewidth=1.2,
    )
    axes.set_xlabel("predicted probability", fontsize=8, color=INK)
    axes.set_ylabel("observed share, 95 %", fontsize=8, color=INK)


def _confusion(axes: Axes, counts: np.ndarray, classes: tuple[Label, ...]) -> None:
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    if len(classes) <= MOST_FEATURES:
        for row, column in np.ndindex(counts.shape):
            color = "white" if shares[row, column] > 0.5 else INK
            axes.text(column, row, f"{counts[row, column]:,}", ha="center", va="center", fontsize=8, color=color)
        axes.set_xticks(range(len(classes)), [str(label) for label in classes])
        axes.set_yticks(range(len(classes)), [str(label) for label in classes])
    axes.set_xlabel("predicted", fontsize=8, color=INK)
    axes.set_ylabel("true", fontsize=8, color=INK)


def _importance(axes: Axes, importance: Mapping[str, float]) -> None:
    shown = sorted(importance.items(), key=lambda item: item[1])[-MOST_FEATURES:]
    axes.barh([name for name, _ in shown], [share for _, share in shown], color=ACCENT)
    axes.set_xlabel("share of the gain", fontsize=8, color=INK)
