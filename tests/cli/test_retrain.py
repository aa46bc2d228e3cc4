"""`driftline retrain`: a table of one's own is trained and judged from the command line."""

import json
from dataclasses import replace

import pytest

ASSETS = """
import numpy as np
import pandas as pd

from driftline import AcceptedRange, LightGBM, ModelPipeline, RandomShare, RowCount, Target


def read(window):
    random = np.random.default_rng(0)
    rows = pd.DataFrame({"x": random.normal(size=400), "id": np.arange(400)})
    rows["y"] = np.where(rows["x"] + random.normal(0, 0.3, 400) > 0, "yes", "no")
    return CHANGE(rows)


CHANGE = lambda rows: rows
table = ModelPipeline(
    name="table",
    dataset=read,
    target=Target("y", positive_class="yes"),
    trainer=LightGBM(trees=10),
    metrics=("auroc",),
    holdout=RandomShare(share=0.3),
    ignore=("id",),
    quality=(AcceptedRange("x", max_value=9), RowCount(min_rows=400, severity="warn")),
)
PIPELINES = (table,)
"""
DEFINITIONS = """
import dagster as dg
from assets import PIPELINES
from driftline.pipelines import WorkspaceResource, build

defs = dg.Definitions.merge(
    *(build(pipeline) for pipeline in PIPELINES), dg.Definitions(resources={"workspace": WorkspaceResource()})
)
"""


@pytest.fixture
def project(driftline):
    """The command in a project of one table, whose rows a line of code may change."""
    (driftline.folder / "definitions.py").write_text(DEFINITIONS)

    def change(rows="rows"):
        (driftline.folder / "assets.py").write_text(ASSETS.replace("lambda rows: rows", f"lambda rows: {rows}"))

    change()
    return driftline, change


def test_the_first_model_serves_and_the_next_one_must_be_better(project):
    driftline, change = project
    first = driftline("retrain", "table")
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout.startswith("Promoted: the first valid version, auroc ")
    change("rows.assign(y=rows['y'].where(rows.index != 3))")
    second = json.loads(driftline("retrain", "table", "--json").stdout)
    assert (second["status"], second["trigger"]) == ("kept", "manual")
    [left_out] = second["rows_left_out"]
    assert left_out.startswith("1 of 400 rows is left out: no finite value in the target column 'y'")
    assert second["warnings"] == [
        "399 rows were read that can be trained on, and there must be at least 400 rows. Look at the source."
    ]


def test_a_dataset_that_cannot_be_trained_on_says_why(project):
    driftline, change = project
    change("rows.assign(y='yes', x=rows['x'].where(rows.index != 3, 99))")
    shown = driftline("retrain", "table")
    assert (shown.returncode, shown.stdout) == (1, "")
    assert "All 400 rows have the one class 'yes' in the target column 'y'." in shown.stderr
    assert "1 of 400 rows has a value of 'x' that is not 9 or less: 99.0 in row 3." in shown.stderr
    assert shown.stderr.count("\n") == 1


def test_a_first_model_that_cannot_be_measured_says_so(project):
    driftline, change = project
    change("rows.assign(y=rows['y'].where(rows['x'].rank() < 2, 'no').where(rows['x'] != rows['x'].min(), 'yes'))")
    shown = driftline("retrain", "table")
    assert (shown.returncode, shown.stderr.count("\n")) == (1, 1)
    assert "The first model of 'table' does not serve: " in shown.stderr
    assert "Correct what is read or declared, and retrain." in shown.stderr


SEARCH = "Search(LightGBM(), trials=3, most_trees=20)"


def test_a_search_shows_how_far_it_is_on_a_terminal(project):
    driftline, _ = project
    assets = (driftline.folder / "assets.py").read_text()
    searching = assets.replace("LightGBM(trees=10)", SEARCH).replace("RowCount, Target", "RowCount, Search, Target")
    (driftline.folder / "assets.py").write_text(searching)
    terminal = {"FORCE_COLOR": "1", "TTY_INTERACTIVE": "1", "TERM": "xterm", "COLUMNS": "160"}
    shown = replace(driftline, settings={**driftline.settings, **terminal})("retrain", "table")
    assert "Promoted: the first valid version, auroc " in shown.stdout
    assert "trial 3 of 3, best auroc 0." in shown.stderr
    quiet = driftline("retrain", "table")
    assert (quiet.returncode, quiet.stderr) == (0, "")
