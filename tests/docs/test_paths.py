"""Every path and module that a page names exists."""

import re
from pathlib import Path

import pytest

from tests.engine import ENGINE, ROOT

PAGES = [ROOT / "README.md", ROOT / "ARCHITECTURE.md", *sorted((ROOT / "docs").rglob("*.md"))]
FOLDERS = "assets|benchmarks|docs|graphql|resources|sensors|src|tests"
BLOCK = re.compile(r"```.*?```", re.DOTALL)
ANYWHERE = re.compile(rf"(?<![\w./-])(?:{FOLDERS})/[\w./-]*[\w/]")  # also in a block of code
IN_WORDS = re.compile(r"`((?:[\w-]+/)+(?:[\w-]+\.\w+)?|[\w-]+\.(?:py|md|toml|txt|yaml|graphql))`")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
MODULE = re.compile(r"\bdriftline((?:\.[a-z_]+)+)")


def named(text: str) -> set[str]:
    """The paths that a page names."""
    return {*ANYWHERE.findall(text), *IN_WORDS.findall(BLOCK.sub("", text)), *LINK.findall(text)}


def exists(path: str, page: Path) -> bool:
    return any((folder / path).exists() for folder in (ROOT, ENGINE, page.parent, ROOT / "graphql" / "operations"))


def is_module(dotted: str) -> bool:
    """Whether `.room.module` is one, or a name of one."""
    path = ENGINE.joinpath(*dotted.strip(".").split("."))
    return any(where.exists() or where.with_suffix(".py").exists() for where in (path, path.parent))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_path_that_a_page_names_exists(page):
    text = page.read_text()
    assert [path for path in sorted(named(text)) if not exists(path, page)] == []
    assert [module for module in MODULE.findall(text) if not is_module(module)] == []


def test_the_check_sees_paths_and_modules_that_are_gone():
    text = "See `drift/gone.py`, [a page](gone.md), `gone.toml` and `drift/rule.py`.\n```sh\npytest tests/gone.py\n```"
    gone = [path for path in sorted(named(text)) if not exists(path, ROOT / "README.md")]
    assert gone == ["drift/gone.py", "gone.md", "gone.toml", "tests/gone.py"]
    assert not is_module(".gone.module")
