"""A room is entered by its face: `__init__` only imports, and promises what others use and no more."""

import ast
import re
from pathlib import Path

import pytest

from tests.engine import ENGINE, ROOMS, ROOT, Import, exports, files, imports_of, room_of

PROJECT = [
    ROOT / "definitions.py",
    *(path for room in ("assets", "resources", "sensors") for path in (ROOT / room).rglob("*.py")),
]
GUIDES = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]


def examples(guide: Path) -> str:
    """The Python of a guide."""
    return "\n".join(re.findall(r"```python\n(.*?)```", guide.read_text(), re.DOTALL))


def used() -> dict[str, set[str]]:
    """The names of each room that another room, the project or a guide uses."""
    names: dict[str, set[str]] = {room: set() for room in ROOMS}
    sources = [(room_of(path), path.read_text()) for path in files()]
    sources += [("", path.read_text()) for path in PROJECT] + [("", examples(guide)) for guide in GUIDES]
    for own, source in sources:
        for found in imports_of(source):
            if found.room != own and found.room in names:
                names[found.room] |= {found.module} if found.module else set(found.names)
    return names


def behind(own: str, found: Import) -> bool:
    """Whether an import goes past the face of another room: its errors are open to all, and the store's nouns."""
    if found.room not in ROOMS or found.room == own or found.module in {"", "errors"}:
        return False
    return found.room != "store" or found.module not in exports("store")


@pytest.mark.parametrize("room", ROOMS)
def test_a_face_only_imports(room):
    body = ast.parse((ENGINE / room / "__init__.py").read_text()).body
    others = [ast.unparse(node) for node in body[1:] if not isinstance(node, ast.Import | ast.ImportFrom)]
    assert [line.partition(" ")[0] for line in others] == ["__all__"]


def test_a_face_promises_what_others_use_and_no_more():
    uses = used()
    assert {room: sorted(unused) for room in ROOMS if (unused := exports(room) - uses[room])} == {}


def test_no_name_behind_a_face_is_private():
    assert [(room, name) for room in ROOMS for name in exports(room) if name.startswith("_")] == []


def test_nobody_goes_past_the_face_of_a_room():
    past = {
        (path.relative_to(ENGINE).as_posix(), f"{found.room}.{found.module}")
        for path in files()
        for found in imports_of(path.read_text())
        if behind(room_of(path), found)
    }
    assert past == set()


def test_the_check_sees_who_goes_past_a_face():
    [face, error, noun, inside] = imports_of(
        "from driftline.registry import promote\nfrom driftline.registry.errors import AliasMovedError\n"
        "from driftline.store.run_rows import Run\nfrom driftline.registry.timeline import Timeline"
    )
    assert [behind("cli", found) for found in (face, error, noun, inside)] == [False, False, False, True]
    assert not behind("registry", inside)
