"""What the README and the guides say is so: their code runs, and what they name exists."""

import ast
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import typer

from driftline import LightGBM, ModelPipeline, RandomShare, Window
from driftline.cli.app import app
from driftline.retraining import adjudicate, read_dataset, train
from driftline.settings import Settings
from tests.streams import Forest, day, read_persons

ROOT = Path(__file__).parents[2]
GUIDES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
README = (ROOT / "README.md").read_text()
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.DOTALL | re.MULTILINE)
ELSEWHERE = {"DRIFTLINE_TEST_POSTGRES_URL", "DAGSTER_HOME"}  # of the tests, and of Dagster


def blocks(text: str, *languages: str) -> list[str]:
    return [block for language, block in BLOCK.findall(text) if language in languages]


def declaration() -> dict[str, object]:
    names: dict[str, object] = {}
    exec(blocks(README, "python")[0], names)  # noqa: S102
    return names


def test_the_declaration_of_the_readme_is_one():
    declared = declaration()["income"]
    assert isinstance(declared, ModelPipeline)
    assert declared.name == "income"


def test_the_declaration_of_the_readme_trains_as_the_one_in_assets():
    [call] = [
        node.value
        for node in ast.walk(ast.parse((ROOT / "assets" / "income.py").read_text()))
        if isinstance(node, ast.keyword) and node.arg == "trainer"
    ]
    assets = eval(compile(ast.Expression(call), "income.py", "eval"), {"LightGBM": LightGBM})  # noqa: S307
    assert declaration()["income"].trainer == assets


def test_a_model_is_used_as_the_readme_says(served, monkeypatch, tmp_path):
    monkeypatch.setenv("DRIFTLINE_DATABASE_URL", served.database._engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("DRIFTLINE_ARTIFACTS_URL", str(tmp_path / "artifacts"))
    code = blocks(README, "python")[1].replace("income", "fires")
    names = {"frame": Forest()(Window(day("2025-03-01"), day("2025-03-02")))}
    exec(code, names)  # noqa: S102
    assert set(names["labels"]) == {"no", "yes"}


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_each_command_a_guide_names_exists_with_its_options(guide):
    commands = typer.main.get_command(app).commands
    text = guide.read_text()
    code = "\n".join([*blocks(text, "sh", "console", "bash"), *re.findall(r"`([^`\n]+)`", text)])
    for name, rest in re.findall(r"(?:^|/|&& )driftline ([a-z]+)([^\n#;|&]*)", code, re.MULTILINE):
        command = commands[name]
        for inner in getattr(command, "commands", {}).keys() & set(rest.split()[:1]):
            command = command.commands[inner]
        known = {option for param in command.params for option in (*param.opts, *param.secondary_opts)}
        assert set(re.findall(r"--[a-z-]+", rest)) <= known, (guide.name, name, rest)


def test_each_setting_is_in_the_table_of_the_readme_and_each_of_the_table_is_a_setting():
    known = {f"DRIFTLINE_{name.upper()}" for name in Settings.model_fields}
    rows = set(re.findall(r"^\| `([A-Z_]+)` \|", README, re.MULTILINE))
    assert rows == known | {"DAGSTER_HOME"}


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_no_guide_names_a_setting_that_is_none(guide):
    known = {f"DRIFTLINE_{name.upper()}" for name in Settings.model_fields} | ELSEWHERE
    assert set(re.findall(r"\bDRIFTLINE_[A-Z_]+\b", guide.read_text())) <= known


def test_the_defaults_in_the_table_are_those_of_the_settings(monkeypatch, tmp_path):
    for name in Settings.model_fields:
        monkeypatch.delenv(f"DRIFTLINE_{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)
    rows = dict(re.findall(r"^\| `DRIFTLINE_([A-Z_]+)` \| `([^`]+)` \|", README, re.MULTILINE))
    settings = Settings()
    assert settings.root == (tmp_path / rows.pop("HOME")).resolve()
    assert {name: getattr(settings, name.lower()) for name in rows} == rows


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_the_relative_links_of_a_guide_lead_somewhere(guide):
    targets = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", guide.read_text())
    assert [target for target in targets if not (guide.parent / target).exists()] == []


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_the_files_that_a_guide_names_exist(guide):
    named = re.findall(r"`((?:[\w.-]+/)+[\w-]+\.(?:py|graphql|md|yaml|toml))`", guide.read_text())
    places = (ROOT, ROOT / "src" / "driftline")
    assert [name for name in named if not any((place / name).exists() for place in places)] == []


def test_the_dagster_command_of_the_readme_selects_the_six_assets(tmp_path):
    [selection] = re.findall(r"dagster asset materialize -f definitions.py --select '([^']+)'", README)
    command = [sys.executable, "-m", "dagster", "asset", "list", "-f", "definitions.py", "--select", selection]
    environment = {**os.environ, "DAGSTER_HOME": str(tmp_path), "PYTHONWARNINGS": "ignore"}
    listed = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    kinds = ("champion", "dataset", "drift", "evaluation", "model", "predictions")
    assert listed.stdout.split() == [f"income/{kind}" for kind in kinds]


def test_a_copied_dataset_function_is_all_that_a_new_pipeline_needs(workspace):
    mine = replace(declaration()["income"], dataset=read_persons, holdout=RandomShare(share=0.3))
    assert read_dataset(workspace, mine).problems == ()
    train(workspace, mine)
    assert adjudicate(workspace, mine).promoted
