"""A first project has the shape of this one, and does not overwrite anything."""

from pathlib import Path

import pytest
from graphql import build_schema, parse, validate

from driftline.api import schema_text
from driftline.starter import example_declaration, pipeline_name, project_files, write_project
from driftline.starter.errors import FolderInUseError, InvalidNameError, UnwritableFolderError

ROOT = Path(__file__).parents[2]
SHARED = (
    "definitions.py",
    "workspace.yaml",
    *(f"resources/{name}.py" for name in ("__init__", "executor", "workspace")),
)


def files() -> dict[str, str]:
    return project_files("churn", example_declaration("churn"), schema="type Query")


def test_a_first_project_has_the_top_level_of_this_one():
    tops = {path.partition("/")[0] for path in files()}
    assert tops == {
        "pyproject.toml",
        "README.md",
        "assets",
        "resources",
        "sensors",
        "graphql",
        "tests",
        "workspace.yaml",
    } | {
        "definitions.py",
        ".gitignore",
    }


@pytest.mark.parametrize("path", [*SHARED, *(f"sensors/{name}.py" for name in ("__init__", "alerts", "drift"))])
def test_what_says_nothing_of_a_model_is_as_in_this_project(path):
    assert files()[path] == (ROOT / path).read_text()


def test_the_query_of_a_first_project_is_one_of_the_schema():
    query = files()["graphql/operations/champion_at.graphql"]
    assert validate(build_schema(schema_text()), parse(query)) == []


def test_the_pipeline_has_the_name_of_the_folder():
    assert [pipeline_name(name) for name in ("churn", "Fire-Risk 2026", "my.model")] == [
        "churn",
        "fire_risk_2026",
        "my_model",
    ]


@pytest.mark.parametrize("name", ["", "2026", "class", "путь", "--", "pd"])
def test_a_name_that_python_could_not_use_is_refused(name):
    with pytest.raises(InvalidNameError, match="letters, digits and hyphens"):
        pipeline_name(name)


def test_nothing_is_overwritten(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(FolderInUseError, match=r"notes\.txt"):
        write_project(tmp_path, files())
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_place_that_takes_no_files_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UnwritableFolderError, match="Not a directory"):
        write_project(tmp_path / "file" / "churn", files())
