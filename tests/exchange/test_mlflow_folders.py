"""Folders of MLflow that are damaged, old, moved or going on: what cannot be read costs itself alone."""

import pytest

from driftline.exchange import import_mlflow
from driftline.exchange.errors import UnreadableStoreError
from driftline.store import metric_rows, param_rows, run_rows

RUN, OTHER = "a" * 32, "b" * 32


@pytest.fixture
def folder(tmp_path):
    """A folder as MLflow 2 wrote it, with two runs."""
    root = tmp_path / "mlruns"
    write(root / "7" / "meta.yaml", "experiment_id: '7'\nlifecycle_stage: active\nname: old\n")
    for run_id in (RUN, OTHER):
        meta = (
            f"run_id: {run_id}\nrun_uuid: {run_id}\nexperiment_id: '7'\nstatus: 3\nlifecycle_stage: active\n"
            "start_time: 1600000000000\nend_time: 1600000005000\nuser_id: ada\n"
            f"artifact_uri: /elsewhere/mlruns/7/{run_id}/artifacts\n"
        )
        write(root / "7" / run_id / "meta.yaml", meta)
        write(root / "7" / run_id / "params" / "deep" / "lr", "0.5")
        write(root / "7" / run_id / "metrics" / "loss", "1600000001000 0.5 0\n1600000002000 0.25 1\n")
        write(root / "7" / run_id / "artifacts" / "a.txt", run_id)
    return root


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def metrics(workspace, run_id=RUN):
    with workspace.database.reading() as session:
        return {one.key: one for one in metric_rows.metrics_of(session, [run_id])[run_id]}


def test_a_folder_that_was_moved_has_its_files(workspace, folder):
    report = import_mlflow(workspace, str(folder))
    assert report.skipped == []
    with workspace.database.reading() as session:
        [[file]] = run_rows.of_runs(session, run_rows.Artifact, [OTHER]).values()
        [[param]] = param_rows.params_of(session, [RUN]).values()
    assert workspace.artifacts.get(file.digest).decode() == OTHER
    assert (param.key, param.value) == ("deep/lr", "0.5")


def test_lines_that_are_repeated_broken_or_without_a_step_cost_themselves(workspace, folder):
    loss = folder / "7" / RUN / "metrics" / "loss"
    loss.write_text("1600000001000 0.5\n1600000001000 0.5 0\nnonsense\n1600000002000 nan 1\n1600000002000 nan 1\n")
    report = import_mlflow(workspace, str(folder))
    found = metrics(workspace)["loss"]
    assert (found.count, found.finite_count, found.first) == (2, 1, 0.5)
    assert [(one.item.rpartition(":")[2], one.reason) for one in report.skipped] == [
        ("2", "it repeats a line above"),
        ("3", "the line is 'nonsense'"),
        ("5", "it repeats a line above"),
    ]
    assert report.tables["points"].skipped == 3


@pytest.mark.parametrize("content", ["run_id: [", "", "status: 9\n"])
def test_a_broken_file_of_a_run_costs_that_run(workspace, folder, content):
    (folder / "7" / RUN / "meta.yaml").write_text(content)
    report = import_mlflow(workspace, str(folder))
    assert (report.tables["runs"].imported, report.tables["runs"].skipped) == (1, 1)
    assert RUN in report.skipped[0].item


def test_text_in_another_encoding_costs_its_param(workspace, folder):
    (folder / "7" / RUN / "params" / "name").write_bytes(b"\xff\xfe\xfa")
    report = import_mlflow(workspace, str(folder))
    assert [(one.table, one.item) for one in report.skipped] == [("params", f"7/{RUN}/params/name")]


def test_files_on_another_machine_are_named(workspace, folder):
    meta = folder / "7" / RUN / "meta.yaml"
    meta.write_text(meta.read_text().replace(f"/elsewhere/mlruns/7/{RUN}/artifacts", "s3://bucket/runs/1/artifacts"))
    report = import_mlflow(workspace, str(folder))
    assert [one.item for one in report.skipped] == [f"{RUN} s3://bucket/runs/1/artifacts"]


def test_files_of_a_server_are_found_in_a_copy(workspace, folder, tmp_path):
    meta = folder / "7" / RUN / "meta.yaml"
    meta.write_text(meta.read_text().replace("/elsewhere/mlruns", "mlflow-artifacts:"))
    (folder / "7" / RUN / "artifacts").rename(tmp_path / "moved")
    (tmp_path / "copy" / RUN).mkdir(parents=True)
    (tmp_path / "moved").rename(tmp_path / "copy" / RUN / "artifacts")
    report = import_mlflow(workspace, str(folder), artifacts=tmp_path / "copy")
    assert (report.tables["artifacts"].imported, report.skipped) == (2, [])


def test_links_that_lead_out_of_a_run_are_not_followed(workspace, folder, tmp_path):
    (tmp_path / "secret").write_text("secret")
    (folder / "7" / RUN / "artifacts" / "link").symlink_to(tmp_path / "secret")
    assert import_mlflow(workspace, str(folder)).tables["artifacts"].imported == 2


def test_a_run_that_went_on_is_completed_by_the_next_import(workspace, folder):
    meta, loss = folder / "7" / RUN / "meta.yaml", folder / "7" / RUN / "metrics" / "loss"
    finished = meta.read_text()
    meta.write_text(finished.replace("status: 3", "status: 1").replace("end_time: 1600000005000", "end_time: null"))
    import_mlflow(workspace, str(folder))
    meta.write_text(finished)
    loss.write_text(f"{loss.read_text()}1600000003000 0.125 2\n")
    report = import_mlflow(workspace, str(folder))
    assert (report.tables["points"].imported, report.tables["points"].present) == (1, 4)
    assert (metrics(workspace)["loss"].count, metrics(workspace)["loss"].last) == (3, 0.125)
    with workspace.database.reading() as session:
        assert run_rows.run(session, RUN).status == "finished"


def test_an_import_that_was_interrupted_goes_on(workspace, folder):
    def interrupt(_done, _total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_mlflow(workspace, str(folder), progress=interrupt)
    again = import_mlflow(workspace, str(folder))
    assert (again.tables["runs"].present, again.tables["runs"].imported) == (1, 1)
    assert (metrics(workspace, RUN)["loss"].count, metrics(workspace, OTHER)["loss"].count) == (2, 2)


@pytest.mark.parametrize("what", ["nothing", "empty", "file"])
def test_what_is_no_store_is_refused(workspace, tmp_path, what):
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("no database")
    with pytest.raises(UnreadableStoreError, match="mlruns"):
        import_mlflow(workspace, str(tmp_path / what))
