"""Help: it is there for all that can be typed, and comes without loading what only work needs."""

import json
import subprocess
import sys

import pytest
import typer

from driftline.cli.app import app

COMMANDS = {command.callback.__name__: command for command in app.registered_commands}
GROUPED = [
    (group.name, command.callback.__name__)
    for group in app.registered_groups
    for command in group.typer_instance.registered_commands
]
HEAVY = ("alembic", "dagster", "lightgbm", "matplotlib", "numpy", "pandas", "pyarrow", "scipy", "sklearn")
HEAVY += ("skops", "sqlalchemy", "sqlmodel", "strawberry", "uvicorn")
PROBE = f"""
import atexit, json, sys
atexit.register(lambda: print(json.dumps(sorted(set(sys.modules) & set({HEAVY!r}))), file=sys.stderr))
from driftline.cli import main
main()
"""


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help_that_says_what_it_does(driftline, command):
    shown = driftline(command, "--help")
    assert shown.returncode == 0
    assert COMMANDS[command].callback.__doc__.partition("\n")[0].split()[0] in shown.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_each_option_and_argument_says_what_it_is(command):
    params = typer.main.get_command(app).commands[command].params
    assert [param.name for param in params if not param.help] == []


@pytest.mark.parametrize(("group", "command"), GROUPED)
def test_each_command_of_a_group_and_its_options_say_what_they_are(driftline, group, command):
    inner = typer.main.get_command(app).commands[group].commands[command]
    assert [param.name for param in inner.params if not param.help] == []
    assert inner.help.partition("\n")[0].split()[0] in driftline(group, command, "--help").stdout


def test_all_commands_but_the_one_for_maintainers_are_listed(driftline):
    listed = driftline("--help").stdout
    assert [command for command in COMMANDS if f"│ {command} " not in listed] == ["schema"]


def test_no_command_is_a_usage_error_that_shows_the_help(driftline):
    shown = driftline()
    assert shown.returncode == 2
    assert "driftline demo" in shown.stdout + shown.stderr


@pytest.mark.parametrize("words", [["--help"], ["demo", "--help"], ["dev", "--help"], ["truth"], ["nonsense"]])
def test_help_and_usage_errors_load_nothing_that_is_slow(words):
    code = f"import sys; sys.argv[1:] = {words!r}\n{PROBE}"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert json.loads(shown.stderr.splitlines()[-1]) == []


def test_the_schema_printed_is_the_one_committed(driftline, repository):
    assert driftline("schema").stdout == (repository / "graphql" / "schema.graphql").read_text()
