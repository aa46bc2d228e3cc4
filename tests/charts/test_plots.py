"""The plots of a version: stored with its run, and drawn as small pictures."""

import numpy as np
import pytest

from driftline.charts import draw_plot, plot_picture
from driftline.charts.errors import PictureFormatError
from driftline.dossier import load_plots, store_plots
from driftline.metrics import Task, scored_rows
from driftline.plots import plots_of
from driftline.registry import find_version
from driftline.tracking import start_run

RNG = np.random.default_rng(3)
ROWS = {
    Task.BINARY: scored_rows(Task.BINARY, [0, 1] * 50, RNG.random(100)),
    Task.MULTICLASS: scored_rows(Task.MULTICLASS, [0, 1, 2, 0] * 25, RNG.dirichlet(np.ones(3), 100)),
    Task.REGRESSION: scored_rows(Task.REGRESSION, np.arange(100.0), np.arange(100.0) + RNG.normal(0, 5, 100)),
}
CASES = [(task, name) for task, rows in ROWS.items() for name in plots_of(rows)]


@pytest.mark.parametrize(("task", "name"), CASES)
def test_each_plot_is_drawn_small(task, name):
    png = plot_picture(plots_of(ROWS[task])[name], title=name, classes=("a", "b", "c")[: 2 if task == "binary" else 3])
    assert png[1:4] == b"PNG"
    assert len(png) < 60_000


@pytest.mark.parametrize("task", [Task.BINARY, Task.REGRESSION])
def test_plots_without_rows_are_drawn_empty(task):
    for plot in plots_of(scored_rows(task, [], [])).values():
        assert plot_picture(plot, title="empty")[1:4] == b"PNG"


def test_a_picture_is_a_png_or_an_svg(tmp_path):
    plot = plots_of(ROWS[Task.REGRESSION])["residuals"]
    draw_plot(plot, tmp_path / "residuals.svg", title="residuals")
    assert b"<svg" in (tmp_path / "residuals.svg").read_bytes()
    with pytest.raises(PictureFormatError):
        draw_plot(plot, tmp_path / "residuals.pdf", title="residuals")


def test_a_trained_version_has_the_plots_of_its_holdout(served):
    stored = load_plots(served, find_version(served, "fires/1").id)
    assert stored.classes == ("no", "yes")
    assert tuple(stored.plots) == ("roc", "precision_recall", "calibration", "confusion_matrix")
    assert stored.plots["roc"].positive_count == stored.plots["precision_recall"].positive_count > 0


def test_a_matrix_of_very_many_classes_is_not_kept(workspace):
    rows = scored_rows(Task.MULTICLASS, [0, 1], np.full((2, 60), 1 / 60))
    with start_run("many", workspace=workspace) as run:
        store_plots(run, rows, range(60))
