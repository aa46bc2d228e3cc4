"""`driftline demo` where the world changes and the policy is the default: a real replay, from loss to recovery."""

import json
from dataclasses import replace

import pytest

OTHERWISE = {
    'retrain=Retrain(trigger=None, choice=None, cooldown="21d"),  # once in its six weeks': "retrain=Retrain(),",
    "promote=Promote(confidence=None),": "",
    "rows_per_day=60": "rows_per_day=100",
    '"2025-02-10", end="2025-03-24"': '"2025-07-18", end="2025-09-12"',
}
CHANGED = "2025-08-01"  # the conifers are replanted


@pytest.fixture(scope="module")
def recovered(replayed, tmp_path_factory):
    """The command line on a home where the demo has run over the second change of the world, and what it printed."""
    made, _ = replayed
    folder = tmp_path_factory.mktemp("recovery")
    for name in ("definitions.py", "workspace.yaml"):
        (folder / name).write_text((made.folder / name).read_text())
    text = (made.folder / "assets.py").read_text()
    for declared, other in OTHERWISE.items():
        assert declared in text
        text = text.replace(declared, other)
    (folder / "assets.py").write_text(text)
    command = replace(made, folder=folder, home=tmp_path_factory.mktemp("recovered"))
    shown = command("demo")
    assert shown.returncode == 0, shown.stderr
    return command, shown.stdout


@pytest.fixture(scope="module")
def told(recovered):
    return json.loads(recovered[0]("demo", "--json").stdout)


def test_the_world_changes_then_the_level_is_lost_then_it_is_regained_by_what_a_look_promoted(told):
    assert [event["at"] for event in told] == sorted(event["at"] for event in told)
    assert (told[0]["kind"], told[0]["version"], told[0]["before"]) == ("promoted", 1, None)
    since = [event for event in told if event["at"] > CHANGED]
    kinds = [event["kind"] for event in since]
    lost = kinds.index("level_lost")
    won = kinds.index("promoted", lost)
    regained = kinds.index("level_regained", won)
    assert since[lost]["loss"] > since[lost]["level"]
    assert since[lost]["changed_at"] < since[lost]["at"]
    assert since[won]["look"] in {"level_lost", "rows_have_grown"}
    assert since[won]["chosen"]["tried"] > 1
    assert since[won]["after"] > since[won]["before"]
    assert since[regained]["loss"] < 1.05 * since[regained]["level"]


def test_every_look_says_why_what_it_chose_and_how_that_was_judged(told):
    looks = [event for event in told[1:] if event["kind"] in {"promoted", "kept"}]
    assert looks
    for look in looks:
        assert look["look"] is not None
        assert look["chosen"]["rows"] > 0 or look["chosen"]["version"] is not None
        assert look["rule"]
        assert look["outcome"]


def test_the_table_and_the_marks_below_the_bars_tell_the_same_story(recovered, told):
    _, shown = recovered
    titles = {"level_lost": "LEVEL LOST", "level_regained": "LEVEL REGAINED", "promoted": "promoted"}
    kinds = [event["kind"] for event in told]
    for kind, title in titles.items():
        assert shown.count(title) >= kinds.count(kind) > 0
    [marks] = [line.split("┘ ")[1] for line in shown.splitlines() if "┘ " in line]
    assert len(marks) <= 8  # weeks
    assert "×" in marks
    assert "✓" in marks[marks.index("×") :]
