"""A command that is forked from a process with all imported says and does what `python -m driftline` does."""

from dataclasses import replace

import pytest

NO_DATABASE = {"DRIFTLINE_DATABASE_URL": "sqlite:///nowhere/d.db"}


@pytest.mark.parametrize(
    ("words", "settings"),
    [
        (["--help"], {}),
        (["models", "--help"], {}),
        ([], {}),
        (["nonsense"], {}),
        (["runs", "--json"], {}),
        (["models", "income"], {}),
        (["gc"], NO_DATABASE),
        (["demo"], {}),
        (["backtest", "nothing"], {}),
        (["schema"], {}),
    ],
)
def test_it_comes_to_the_same(driftline, words, settings):
    command = replace(driftline, settings=settings)
    process = command.start(*words)
    out, err = process.communicate(timeout=120)
    forked = command(*words)
    assert (forked.returncode, forked.stdout, forked.stderr) == (process.returncode, out, err)


def test_a_project_of_its_own_is_loaded_from_its_own_folder_by_each(driftline, tmp_path):
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "definitions.py").write_text("defs = None\n")
        (tmp_path / name / "assets.py").write_text(f"raise OSError('{name}')\n")
    for name in ("one", "other"):
        shown = replace(driftline, folder=tmp_path / name)("demo")
        said = f"driftline: The project cannot be loaded: assets.py, line 1: OSError: {name}\n"
        assert (shown.returncode, shown.stderr) == (1, said)


def test_the_variables_of_one_command_are_not_there_for_the_next(driftline):
    given = replace(driftline, settings={"DRIFTLINE_EXECUTOR": "celery"})
    assert [given("runs").returncode, driftline("runs").returncode] == [1, 0]
