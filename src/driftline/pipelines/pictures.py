"""Pictures of a model in the Dagster UI: small PNGs, since every visitor of the asset's page downloads them."""

import base64
import io
from collections.abc import Mapping

import dagster as dg
import numpy as np

from driftline.charts import ACCENT, dress, label_axes, plot_picture
from driftline.datasets import Label
from driftline.metrics import Task, scored_rows
from driftline.plots import plots_of

MOST_FEATURES = 15
TITLES = {
    "roc": "ROC curve",
    "precision_recall": "precision and recall",
    "calibration": "calibration",
    "confusion_matrix": "confusion matrix",
    "residuals": "predicted and actual",
}


def model_pictures(
    task: Task, classes: tuple[Label, ...], truth: np.ndarray, scores: np.ndarray, importance: Mapping[str, float]
) -> dict[str, dg.MarkdownMetadataValue]:
    """Return the pictures that suit a task, by title, for the metadata of a materialization."""
    plots = plots_of(scored_rows(task, truth, scores))
    shown = {TITLES[name]: f"{TITLES[name][0].upper()}{TITLES[name][1:]} on the holdout" for name in plots}
    pictures = {
        title: _markdown(shown[title], plot_picture(plot, title=shown[title], classes=classes))
        for title, plot in zip(shown, plots.values(), strict=True)
    }
    return {"feature importance": _markdown("Feature importance", _importance(importance)), **pictures}


def _markdown(title: str, png: bytes) -> dg.MarkdownMetadataValue:
    """Return a picture as Markdown with the PNG inside: the UI shows it behind "Show Markdown"."""
    return dg.MetadataValue.md(f"![{title}](data:image/png;base64,{base64.b64encode(png).decode()})")


def _importance(importance: Mapping[str, float]) -> bytes:
    from matplotlib.figure import Figure  # noqa: PLC0415  (half a second that only a picture costs)

    figure = Figure(figsize=(4.6, 3.6), dpi=90, layout="constrained")
    axes = figure.subplots()
    dress(axes, "Feature importance")
    shown = sorted(importance.items(), key=lambda item: item[1])[-MOST_FEATURES:]
    axes.barh([name for name, _ in shown], [share for _, share in shown], color=ACCENT)
    label_axes(axes, "share of the gain")
    png = io.BytesIO()
    figure.savefig(png, format="png", metadata={"Software": None})
    return png.getvalue()
