"""ARCHITECTURE.md: its folders and rooms are those of the tree, and its arrows are those of the linter."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
ENGINE = ROOT / "src" / "driftline"
TEXT = (ROOT / "ARCHITECTURE.md").read_text()
PICTURE = re.search(r"```mermaid\n(.*?)```", TEXT, re.DOTALL)[1]
ARROWS = [
    (room, below)
    for line in re.sub(r'\["[^"]*"\]', "", PICTURE).splitlines()
    if "-->" in line
    for room in line.split("-->")[0].replace("&", " ").split()
    for below in line.split("-->")[1].replace("&", " ").split()
]
FILES = {"clock", "errors", "settings"}  # below all rooms, and in no picture


def test_the_folders_of_the_tree_exist():
    tree = re.search(r"```\n(.*?)```", TEXT, re.DOTALL)[1]
    named = re.findall(r"(?:^|\s{3})([a-z_]+(?:/|\.py))(?=\s)", tree, re.MULTILINE)
    assert {"definitions.py", "assets/", "docs/", "benchmarks/"} <= set(named)
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_rooms_of_the_picture_are_those_of_the_engine():
    rooms = {path.parent.name for path in ENGINE.glob("*/__init__.py")} | {"workspace"}
    assert {room for arrow in ARROWS for room in arrow} == rooms


def test_each_arrow_points_down_the_layers_that_the_linter_holds():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = [re.findall(r"driftline\.(\w+)", layer) for layer in contracts[0]["layers"]]
    depth = {room: level for level, layer in enumerate(layers) for room in layer}
    assert [arrow for arrow in ARROWS if depth[arrow[0]] >= depth[arrow[1]]] == []
    assert set(depth) == {room for arrow in ARROWS for room in arrow} | FILES


def test_the_rooms_and_files_named_in_the_tables_exist():
    named = re.findall(r"`((?:[a-z]+/)+(?:[a-z_]+\.py)?)`", TEXT)
    assert len(named) > 15
    assert [name for name in named if not any((root / name).exists() for root in (ENGINE, ROOT))] == []
