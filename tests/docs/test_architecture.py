"""ARCHITECTURE.md: its folders and rooms are those of the tree, and its arrows are the imports between rooms."""

import re
import tomllib

from tests.engine import FILES, ROOMS, ROOT, files, imports_of, room_of

TEXT = (ROOT / "ARCHITECTURE.md").read_text()
DRAWN = {*ROOMS, "workspace"}


def arrows(text: str) -> list[tuple[str, str]]:
    """Every arrow of the pictures of a page; one to a box of several rooms is one to each of them."""
    drawn = []
    for picture in re.findall(r"```mermaid\n(.*?)```", text, re.DOTALL):
        boxes = {box: re.findall(r"\w+", label) for box, label in re.findall(r'(\w+)\["([^"]*)"\]', picture)}
        for room, below in re.findall(r"^\s*(\w+) --> (.*)$", picture, re.MULTILINE):
            drawn += [(room, one) for name in re.findall(r"\w+", below) for one in boxes.get(name, [name])]
    return drawn


def imports() -> set[tuple[str, str]]:
    """Which room imports which."""
    found = {(room_of(path), one.room) for path in files() for one in imports_of(path.read_text())}
    return {(room, below) for room, below in found if {room, below} <= DRAWN and room != below}


def test_the_folders_of_the_tree_exist():
    tree = re.search(r"```\n(.*?)```", TEXT, re.DOTALL)[1]
    named = re.findall(r"(?:^|\s{3})([a-z_]+(?:/|\.py))(?=\s)", tree, re.MULTILINE)
    assert {"definitions.py", "assets/", "docs/", "benchmarks/"} <= set(named)
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_rooms_of_the_table_are_those_of_the_engine():
    assert sorted(re.findall(r"^\| `(\w+)` \|", TEXT, re.MULTILINE)) == sorted(DRAWN)


def test_every_arrow_is_an_import():
    assert sorted(set(arrows(TEXT)) - imports()) == []


def test_every_import_is_an_arrow():
    assert sorted(imports() - set(arrows(TEXT))) == []


def test_no_arrow_is_drawn_twice():
    assert len(arrows(TEXT)) == len(set(arrows(TEXT)))


def test_an_arrow_to_a_box_is_one_to_each_room_of_it():
    picture = '```mermaid\nflowchart LR\n    box["store · registry"]\n    cli --> box & api\n```'
    assert arrows(picture) == [("cli", "store"), ("cli", "registry"), ("cli", "api")]


def test_each_arrow_points_down_the_layers_that_the_linter_holds():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = [re.findall(r"driftline\.(\w+)", layer) for layer in contracts[0]["layers"]]
    depth = {room: level for level, layer in enumerate(layers) for room in layer}
    assert [arrow for arrow in arrows(TEXT) if depth[arrow[0]] >= depth[arrow[1]]] == []
    assert set(depth) == DRAWN | FILES


def test_it_is_read_in_one_sitting():
    assert len(TEXT.splitlines()) <= 160
