"""`driftline init`: what it writes runs as it is, for a table and a stream of one's own, too."""

import json
import subprocess
import sys
from dataclasses import replace

import pandas as pd
import pytest

from driftline import Window
from driftline.datasets import simulate_fire_risk
from tests.cli.preloaded import environment
from tests.streams import day


def test_the_example_is_trained_and_its_own_test_passes(driftline):
    written = driftline("init", "churn")
    assert (written.returncode, written.stderr) == (0, "")
    assert "driftline retrain churn" in written.stdout
    project = driftline.folder / "churn"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    tested = subprocess.run(command, cwd=project, env=environment(), capture_output=True, text=True, check=False)
    assert "1 passed" in tested.stdout
    decided = json.loads(replace(driftline, folder=project)("retrain", "churn", "--json").stdout)
    assert decided["outcome"].startswith("Promoted: the first valid version")


def test_a_stream_of_ones_own_is_replayed(driftline):
    rows = simulate_fire_risk(Window(day("2025-02-01"), day("2025-03-14")), rows_per_day=60)
    rows.drop(columns="station").to_csv(driftline.folder / "fires.csv", index=False)
    written = driftline("init", "forest", "--table", "fires.csv", "--target", "fire", "--time", "time")
    assert "Target 'fire': binary. Two classes: 'no'" in written.stdout
    assert "daily partitions from 2025-02-14 to 2025-03-14; models learn from 13d." in " ".join(written.stdout.split())
    told = replace(driftline, folder=driftline.folder / "forest")("replay", "forest")
    assert told.returncode == 0, told.stderr
    assert "What happened to forest, day by day" in told.stdout
    assert "auroc in production, each bar the median of 7 days:" in told.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--target", "x"), "is of a table: name it with --table"),
        (("--table", "rows.csv"), "is needed with --table"),
        (("--table", "rows.csv", "--target", "z"), "The column 'z' is not in the table"),
        (("--table", "none.csv", "--target", "x"), "none.csv cannot be read"),
    ],
)
def test_what_cannot_be_declared_writes_nothing(driftline, words, said):
    pd.DataFrame({"x": range(60), "y": range(60)}).to_csv(driftline.folder / "rows.csv", index=False)
    refused = driftline("init", "churn", *words)
    assert refused.returncode != 0
    assert said in " ".join(refused.stderr.replace("│", " ").split())
    assert not (driftline.folder / "churn").exists()
