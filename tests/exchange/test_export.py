"""What is exported and imported again is the same store: its next export is the same, table by table."""

import json
import math
import shutil

import pyarrow.parquet as pq
import pytest

import driftline
from driftline.exchange import export, import_driftline
from driftline.exchange.errors import ExportFolderError, UnreadableStoreError
from driftline.exchange.export_tables import SCHEMAS
from driftline.experiments import find_runs
from driftline.registry import timeline
from driftline.store import metric_rows
from tests.databases import new_database
from tests.workspaces import opened


@pytest.fixture
def other(tmp_path):
    """An empty workspace beside the one that is exported."""
    (tmp_path / "other").mkdir()
    with new_database("sqlite", tmp_path / "other") as url:
        workspace = opened(url, tmp_path / "other" / "artifacts")
        yield workspace
        workspace.database.close()


def log_runs(workspace):
    with driftline.start_run("trials", workspace=workspace, run_name="outer", hypothesis="deeper is better") as run:
        run.log_params({"lr": 0.1, "layers": [3, 4], "name": "x", "early": True, "nothing": None})
        run.log_params({"lr": 0.2})
        for step, value in enumerate((1.5, math.nan, math.inf, -math.inf, 0.25)):
            run.log_metrics({"loss": value, "auc": step}, step=step)
        run.set_tags({"team": "fire", "long": "x" * 2_000})
        run.log_bytes(b"hello", "notes/a.txt")
        with driftline.start_run("trials", workspace=workspace, nested=True, run_name="inner") as inner:
            inner.log_metrics({"loss": 1.0}, step=0)
            for step in range(5_000):
                inner.log_metrics({"long": step / 7}, step=step)


def tables(folder):
    found = {}
    for name in SCHEMAS:
        rows = pq.read_table(folder / f"{name}.parquet").to_pylist()
        if name == "metrics":  # a mean adds up in the batches in which points came, so its last digit is chance
            rows = [row | {"mean": row["mean"] and float(f"{row['mean']:.12g}")} for row in rows]
        found[name] = sorted(json.dumps(row | {"decision_id": None}, default=str, sort_keys=True) for row in rows)
    return found


def test_a_store_comes_back_equal(served, other, tmp_path):
    log_runs(served)
    first = export(served, tmp_path / "first")
    assert first.skipped == []
    report = import_driftline(other, tmp_path / "first")
    assert report.skipped == []
    export(other, tmp_path / "second")
    assert tables(tmp_path / "second") == tables(tmp_path / "first")
    assert {name for name, rows in tables(tmp_path / "first").items() if not rows} == set()
    assert [event.version.version for event in timeline(other, "fires").events] == [1]
    rows = driftline.load_model("fires@champion", workspace=served).example
    scores = [driftline.load_model("fires@champion", workspace=one).score(rows) for one in (served, other)]
    assert (scores[0] == scores[1]).all()


def test_a_second_import_changes_nothing_and_one_into_the_same_store_neither(workspace, other, tmp_path):
    log_runs(workspace)
    export(workspace, tmp_path / "first")
    for into in (other, workspace, other):
        report = import_driftline(into, tmp_path / "first")
    assert {name: one.imported for name, one in report.tables.items() if one.imported} == {}
    assert report.tables["points"].present == 5 + 5 + 1 + 5_000
    for number, one in enumerate((other, workspace)):
        export(one, tmp_path / str(number))
        assert tables(tmp_path / str(number)) == tables(tmp_path / "first")


def test_an_import_that_was_interrupted_goes_on(workspace, other, tmp_path):
    log_runs(workspace)
    export(workspace, tmp_path / "first")

    def interrupt(_done, _total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_driftline(other, tmp_path / "first", progress=interrupt)
    assert import_driftline(other, tmp_path / "first").skipped == []
    export(other, tmp_path / "second")
    assert tables(tmp_path / "second") == tables(tmp_path / "first")


def test_a_filter_chooses_runs_and_what_came_from_them(served, other, tmp_path):
    log_runs(served)
    report = export(served, tmp_path / "first", filter_string="params.lr > 0.15")
    assert (report.tables["runs"], report.tables["models"]) == (1, 0)
    assert report.files == report.tables["artifacts"]
    import_driftline(other, tmp_path / "first")
    [run] = find_runs(other)
    assert (run.name, run.params["lr"]) == ("outer", 0.2)
    with other.database.reading() as session:
        assert list(metric_rows.history(session, run.run_id, "auc").values) == [0, 1, 2, 3, 4]


def test_a_file_that_was_altered_is_named(workspace, other, tmp_path):
    log_runs(workspace)
    export(workspace, tmp_path / "first")
    for path in (tmp_path / "first" / "files").glob("*/*"):
        if path.read_bytes() == b"hello":
            path.write_bytes(b"HELLO")
    [skipped] = import_driftline(other, tmp_path / "first").skipped
    assert "was altered" in skipped.reason


def test_a_folder_with_something_in_it_takes_no_export(workspace, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a").write_text("")
    with pytest.raises(ExportFolderError, match="new or empty"):
        export(workspace, tmp_path / "full")


def test_what_is_no_export_is_refused(workspace, tmp_path):
    with pytest.raises(UnreadableStoreError, match="not the folder of an export"):
        import_driftline(workspace, tmp_path)
    export(workspace, tmp_path / "first")
    shutil.move(tmp_path / "first" / "driftline.json", tmp_path / "was.json")
    (tmp_path / "first" / "driftline.json").write_text('{"format": 99}')
    with pytest.raises(UnreadableStoreError, match="its format is 99"):
        import_driftline(workspace, tmp_path / "first")
