"""`driftline gc` finds what nothing names, and nothing that a row of the database names."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from driftline.predictions import predict
from driftline.workspace import unnamed_artifacts
from tests.cli.preloaded import environment
from tests.deliveries import DAY, add, labels
from tests.streams import fires


def test_models_rows_predictions_and_labels_are_named(served):
    predict(served, fires(), [DAY])
    add(served, labels())
    assert unnamed_artifacts(served, age=timedelta(0)) == []
    served.artifacts.put(b"of a process that died")
    assert [file.size_bytes for file in unnamed_artifacts(served, age=timedelta(0))] == [22]
    assert unnamed_artifacts(served, age=timedelta(days=1)) == []


def test_files_are_shown_and_removed_on_demand(driftline):
    old = driftline.home / "artifacts" / "partial" / ("a" * 32)
    old.parent.mkdir(parents=True)
    old.write_bytes(b"half a file")
    os.utime(old, (0, 0))
    assert "1 file of 0.0 MB that nothing names" in driftline("gc").stdout
    assert json.loads(driftline("gc", "--json").stdout) == {
        "files": [str(old)],
        "size_bytes": 11,
        "removed": False,
        "runs": [],
        "kept": [],
    }
    assert Path(old).exists()
    assert driftline("gc", "--remove").stdout.startswith("Removed 1 file of")
    assert not old.exists()


def test_runs_are_listed_and_removed_on_demand(driftline):
    log = "import driftline\nwith driftline.start_run('trials', run_name='{}') as run: run.log_params({{'lr': {}}})"
    for name, rate in (("slow", 0.1), ("fast", 0.9)):
        run_script(driftline, log.format(name, rate))
    shown = driftline("gc", "--filter", "params.lr < 0.5")
    assert "Runs that would be removed" in shown.stdout
    assert "slow" in shown.stdout
    assert "fast" not in shown.stdout
    [run] = json.loads(driftline("gc", "--filter", "params.lr < 0.5", "--json").stdout)["runs"]
    assert (run["name"], run["is_archived"]) == ("slow", False)
    assert "Removed 1 run" in driftline("gc", "--filter", "params.lr < 0.5", "--remove").stdout
    assert [run["name"] for run in json.loads(driftline("runs", "--json").stdout)] == ["fast"]
    assert json.loads(driftline("gc", "--runs-older-than", "180d", "--json").stdout)["runs"] == []


def run_script(driftline, text):
    home = {"DRIFTLINE_HOME": str(driftline.home)}
    subprocess.run([sys.executable, "-c", text], cwd=driftline.folder, env=environment() | home, check=True)
