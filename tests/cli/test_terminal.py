"""What a terminal would obey is shown to it as text, in tables, in titles and in errors."""

import json

from driftline.artifacts import open_artifacts
from driftline.cli.output import printable
from driftline.clock import now
from driftline.store import open_database
from driftline.tracking import start_run
from driftline.workspace import Workspace

RED = "\x1b[31mred\x07\x9b1m\u202e"
SHOWN = r"\x1b[31mred\x07\x9b1m\u202e"


def test_control_characters_of_a_run_are_shown(driftline):
    driftline.home.mkdir()
    url = f"sqlite:///{driftline.home / 'driftline.db'}"
    stored = Workspace(database=open_database(url), artifacts=open_artifacts(str(driftline.home)), clock=now)
    with start_run(stored, experiment=RED, name=RED, tags={"tag": RED}) as run:
        run.log_params({"p": "half of one: \ud800", "q": RED})
    stored.database.close()
    for words in (["runs"], ["runs", run.run_id]):
        shown = driftline(*words)
        assert (shown.returncode, shown.stderr) == (0, "")
        assert SHOWN in shown.stdout
        assert not any(character in shown.stdout for character in RED[:1] + RED[-4:-3])
    assert r"half of one: \ud800" in shown.stdout
    assert json.loads(driftline("runs", run.run_id, "--json").stdout)["params"]["q"] == RED


def test_control_characters_of_an_argument_are_shown_in_its_error(driftline):
    shown = driftline("models", RED)
    assert shown.returncode == 1
    assert repr(RED)[1:-1] in shown.stderr
    assert "\x1b" not in shown.stderr


def test_lines_and_tabs_stay():
    assert printable("a\tb\nc – ü 漢 🔥") == "a\tb\nc – ü 漢 🔥"
