"""What a terminal would obey is shown to it as text, in tables, in titles and in errors."""

import json

from driftline.artifacts import open_artifacts
from driftline.cli.output import print_table, printable
from driftline.clock import now
from driftline.store import open_database
from driftline.tracking import start_run
from driftline.workspace import Workspace

RED = "\x1b[31mred\x07\x9b1m\u202e"
SHOWN = r"\x1b[31mred\x07\x9b1m\u202e"


def test_control_characters_of_a_run_are_shown(driftline):
    driftline.home.mkdir()
    url = f"sqlite:///{driftline.home / 'driftline.db'}"
    stored = Workspace(
        database=open_database(url),
        artifacts=open_artifacts(str(driftline.home)),
        clock=now,
        journals=driftline.home / "journals",
    )
    with start_run(RED, workspace=stored, run_name=RED, tags={"tag": RED}) as run:
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


DIGEST = "cbe53b5c00df5f24deaf3105daaaf0f1e467aff9a05c424c37c4f864d0a7404e"


def test_a_table_breaks_no_word_and_copies_a_digest_whole(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "60")
    why = "Promoted: auroc 0.7496 against 0.6964 of the champion, gain +0.0532 on 420 holdout rows."
    print_table("Decisions", ("id", "status", "why"), [(43, "promoted", why)], empty="")
    print_table("Facts", ("", ""), [("declaration_digest", DIGEST), ("why", why)], empty="")
    shown = capsys.readouterr().out
    assert {*why.split(), DIGEST, "promoted"} <= {*shown.split()}
    lines = shown.splitlines()
    assert [line for line in lines if len(line) > 60] == [f"declaration_digest  {DIGEST}"]
    assert lines[:3] == ["Decisions", "id  status    why", "43  promoted  Promoted: auroc 0.7496 against 0.6964 of the"]


def test_a_row_of_too_many_columns_is_a_block_of_lines(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "40")
    columns = ("policy", "hindsight", "retrainings", "promotions", "regret")
    print_table("Two", columns, [("never", 0.0964, 0, 0, None), ("weekly", 0.0724, 6, 2, 0.003784)], empty="")
    blocks = capsys.readouterr().out.removeprefix("Two\n").split("\n\n")
    assert [block.splitlines()[0] for block in blocks] == ["policy       never", "policy       weekly"]
    assert blocks[1].splitlines()[-1] == "regret       0.003784"
