"""Runs of commands belong to the code location as which Dagster loads the project, and so stand on its pages."""

import dagster as dg
import pytest

from driftline.pipelines.code_location import code_location
from driftline.pipelines.errors import WorkspaceFileError
from driftline.pipelines.in_process import Jobs

FILE = "load_from: [{python_file: {relative_path: definitions.py, working_directory: ., location_name: mine}}]"
SERVER = "{grpc_server: {host: localhost, port: 4266, location_name: server}}"
OTHER = "{python_file: {relative_path: other/definitions.py, location_name: other}}"


@pytest.mark.parametrize(
    ("workspace", "name"),
    [
        (FILE, "mine"),
        ("load_from: [{python_file: definitions.py}]", "definitions.py"),
        ("load_from: [{python_module: {module_name: definitions, location_name: by_module}}]", "by_module"),
        (f"load_from: [{OTHER}, {SERVER}, {FILE.split(' ', 1)[1][1:-1]}]", "mine"),
        (f"load_from: [{SERVER}]", "server"),
        (f"load_from: [{SERVER}, {OTHER}]", None),
        (None, None),
    ],
)
def test_the_location_is_the_one_that_loads_the_project(tmp_path, workspace, name):
    if workspace is not None:
        (tmp_path / "workspace.yaml").write_text(workspace)
    location = code_location(tmp_path)
    assert name == (None if location is None else location.location_name)


@pytest.mark.parametrize("workspace", ["", "{", "load_from: 3", "load_from: [{python_fil: definitions.py}]"])
def test_a_workspace_that_dagster_cannot_read_is_named(tmp_path, workspace):
    (tmp_path / "workspace.yaml").write_text(workspace)
    with pytest.raises(WorkspaceFileError, match=r"Dagster cannot read .*workspace\.yaml: "):
        code_location(tmp_path)


def test_a_run_of_a_command_is_listed_with_its_location(dagster, tmp_path):
    @dg.asset
    def rows() -> None: ...

    @dg.asset
    def more() -> None: ...

    definitions = dg.Definitions(assets=[rows, more], jobs=[dg.define_asset_job("both", tags={"of": "the job"})])
    (tmp_path / "workspace.yaml").write_text(FILE)
    jobs = Jobs(definitions=definitions, instance=dagster.instance, location=code_location(tmp_path))
    run_id = jobs.run("both", assets=[rows.key], tags={"and": "of the run"})
    [run] = dagster.instance.get_runs(
        dg.RunsFilter(job_name="both", tags={".dagster/repository": "__repository__@mine"})
    )
    assert (run.run_id, run.remote_job_origin.location_name) == (run_id, "mine")
    assert (run.tags["of"], run.tags["and"], run.asset_selection) == ("the job", "of the run", {rows.key})
    assert dagster.newest("rows") is not None
    assert dagster.newest("more") is None
