"""The engine as its files say it is: the rooms, and what each file imports of them."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
ENGINE = ROOT / "src" / "driftline"
ROOMS = sorted(path.parent.name for path in ENGINE.glob("*/__init__.py"))
FILES = {
    "clock",
    "dagster_pages",
    "errors",
    "json_values",
    "storable_text",
    "masking",
    "process",
    "settings",
}  # below all rooms, and in no picture


class Import(NamedTuple):
    """What a line takes from a room, and from which module of it; "" is the room's face."""

    room: str
    module: str
    names: tuple[str, ...]


def room_of(path: Path) -> str:
    """The room that a file of the engine stands in; a file beside the rooms is one by itself."""
    return path.relative_to(ENGINE).parts[0].removesuffix(".py")


def imports_of(source: str) -> Iterator[Import]:
    """What a file imports of the engine."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            paths = [(alias.name, ()) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = tuple(alias.name for alias in node.names)
            paths = (
                [(f"driftline.{name}", ()) for name in names]
                if node.module == "driftline"
                else [(node.module or "", names)]
            )
        else:
            continue
        for path, names in paths:
            top, _, rest = path.partition(".")
            if top == "driftline" and rest:
                room, _, module = rest.partition(".")
                yield Import(room, module, names)


def files() -> Iterator[Path]:
    """The files of the engine that people write: all but the steps of migrations, which are generated."""
    return (path for path in sorted(ENGINE.rglob("*.py")) if not is_generated(path))


def is_generated(path: Path) -> bool:
    """Whether a file is a step of the migrations."""
    return (ENGINE / "store" / "migrations" / "versions") in path.parents


def exports(room: str) -> set[str]:
    """What the face of a room promises."""
    tree = ast.parse((ENGINE / room / "__init__.py").read_text())
    return {
        name
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
        for name in ast.literal_eval(node.value)
    }
