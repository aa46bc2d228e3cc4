"""What is refused of a skops file before anything of it is loaded: what would fill the memory."""

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

from driftline.models.errors import ModelFilesError

MOST_SCHEMA_BYTES = 32 * 2**20  # a forest of 1,000 trees has 3 MB; as Python objects it takes twenty times as much
MOST_UNPACKED_BYTES = 256 * 2**20  # of the arrays of a small file
MOST_RATIO = 50  # of the arrays of a large one; trees pack to a tenth


def refuse_bomb(content: bytes) -> None:
    """Refuse a file whose arrays, each counted as often as it is named, or whose schema would fill the memory.

    skops writes an object in full wherever it occurs. A schema that instead refers to one it has written before would
    be gone through twice as often with each level.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as stored:
        sizes = {entry.filename: entry.file_size for entry in stored.infolist()}  # of no entry is more unpacked
        if sizes["schema.json"] > MOST_SCHEMA_BYTES:
            raise ModelFilesError(
                f"its schema has {sizes['schema.json']:,} bytes, at most {MOST_SCHEMA_BYTES:,} are read"
            )
        schema = json.loads(stored.read("schema.json"))
    _size(schema, {})
    named = set(_named_files(schema))
    unpacked = sum(sizes.get(file, 0) for _, file in named)
    most = max(MOST_UNPACKED_BYTES, MOST_RATIO * len(content))
    if unpacked > most:
        raise ModelFilesError(f"it unpacks to {unpacked:,} bytes, at most {most:,} are read")


def _size(node: Any, sizes: dict[str, int]) -> int:
    """Return how many objects a part of a schema has; refuse one that is written in two sizes under one number."""
    if isinstance(node, list):
        return sum(_size(child, sizes) for child in node)
    if not isinstance(node, dict):
        return 0
    size = 1 + sum(_size(child, sizes) for child in node.values())
    if "__id__" in node and sizes.setdefault(str(node["__id__"]), size) != size:
        raise ModelFilesError("its schema refers to an object instead of writing it in full")
    return size


def _named_files(schema: Any) -> Iterator[tuple[str, str]]:
    """Give the object and the name of each file that a schema refers to."""
    todo = [schema]
    while todo:
        node = todo.pop()
        if isinstance(node, dict):
            if "file" in node:
                yield str(node.get("__id__")), str(node["file"])
            todo.extend(node.values())
        elif isinstance(node, list):
            todo.extend(node)
