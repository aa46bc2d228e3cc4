"""No two files need each other, not even for the types of their parameters."""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.engine import ENGINE


def module_files() -> dict[str, Path]:
    """The files of the engine by the name that they are imported under; faces left out: they only hand names on."""
    paths = (path for path in ENGINE.rglob("*.py") if path.name != "__init__.py")
    return {".".join(path.relative_to(ENGINE.parent).with_suffix("").parts): path for path in paths}


def imported(source: str) -> set[str]:
    """All modules, and names of modules, that a file imports anywhere in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return names


def order(imports: dict[str, set[str]]) -> list[str]:
    """The modules from the ground up; raises CycleError where there is a circle."""
    return list(TopologicalSorter(imports).static_order())


def test_no_files_import_each_other_in_a_circle():
    files = module_files()
    imports = {name: imported(path.read_text()) & files.keys() for name, path in files.items()}
    assert sum(len(names) for names in imports.values()) > 500
    assert len(order(imports)) == len(files)


def test_a_circle_would_be_seen():
    sources = {
        "a": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from b import x",
        "b": "def f():\n    import a",
    }
    with pytest.raises(CycleError):
        order({name: imported(source) & sources.keys() for name, source in sources.items()})
