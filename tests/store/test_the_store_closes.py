"""Only the room `store` writes: above it no session is written to, and no table row is made."""

import ast
from pathlib import Path

ENGINE = Path(__file__).parents[2] / "src" / "driftline"
STORE = ENGINE / "store"
FORBIDDEN = {"add", "add_all", "connection", "delete", "exec", "execute", "flush", "get", "get_one", "merge"}


def table_names() -> set[str]:
    """The classes of the store that are tables."""
    return {
        node.name
        for path in STORE.glob("*_rows.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef) and any(keyword.arg == "table" for keyword in node.keywords)
    }


def names_of_tables(tree: ast.Module, tables: set[str]) -> set[str]:
    """The names that a file has for tables; a class of its own with such a name is not one."""
    return {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("driftline.store")
        for alias in node.names
        if alias.name in tables
    }


def called(node: ast.Call, names: set[str], tables: set[str]) -> str | None:
    """What a call writes or makes, in words, or None."""
    match node.func:
        case ast.Attribute(value=ast.Name(id="session") | ast.Attribute(attr="session" | "_session"), attr=verb):
            return f"session.{verb}" if verb in FORBIDDEN else None
        case ast.Attribute(value=ast.Name(id=module), attr=name) if module.endswith("_rows") and name in tables:
            return name
        case ast.Name(id=name) if name in names:
            return name
    return None


def openings() -> dict[str, set[str]]:
    """What each file above the store writes or makes of what only the store may."""
    tables = table_names()
    writing: dict[str, set[str]] = {}
    for path in sorted(ENGINE.rglob("*.py")):
        if STORE in path.parents:
            continue
        tree = ast.parse(path.read_text())
        names = names_of_tables(tree, tables)
        calls = {called(node, names, tables) for node in ast.walk(tree) if isinstance(node, ast.Call)} - {None}
        if calls:
            writing[path.relative_to(ENGINE).as_posix()] = calls
    return writing


def test_the_tables_of_the_store_are_found():
    assert {"AlertRow", "DriftReportRow", "Run", "MetricSummary"} <= table_names()


def test_above_the_store_no_session_is_written_to_and_no_row_is_made():
    assert openings() == {}


def test_the_check_sees_what_is_written_and_made():
    source = (
        "from driftline.store.run_rows import Run as R\nsession.add(R())\nself.session.merge(run_rows.Tag())\nx.get(1)"
    )
    tree = ast.parse(source)
    names = names_of_tables(tree, {"Run", "Tag"})
    calls = {called(node, names, {"Run", "Tag"}) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert calls == {"session.add", "R", "session.merge", "Tag", None}
