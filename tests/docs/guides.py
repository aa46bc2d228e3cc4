"""Runs a guide as a reader does: its Python and its commands one after the other, each section from the same folder.

Blocks of `bash` are not run: they install something, or need a server or an address of the reader's own.
"""

import os
import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from tests.cli.conftest import CommandLine

GUIDES = Path(__file__).parents[2] / "docs"
PART = re.compile(r"^## [^\n]*$|^```(\w+)\n(.*?)^```", re.DOTALL | re.MULTILINE)
# The first two run until they are ended, the third wants a stream with a level: tests of their own run them.
ELSEWHERE = ("driftline dev", "driftline serve", "driftline level")


def run_guide(
    name: str, command: CommandLine, *, ask: Callable[[str], object] | None = None, port: int = 4000
) -> Iterator[tuple[str, str]]:
    """Run the blocks of a guide, and give each command with what it printed.

    Args:
        name: of the guide.
        command: the command line, in the folder where each section begins.
        ask: answers a GraphQL document.
        port: where the API listens, which is 4000 in the guides.
    """
    names: dict[str, object] = {}
    folder = command.folder
    for part in PART.finditer((GUIDES / name).read_text()):
        language, text = part.groups()
        if language is None:
            folder = command.folder
        elif language == "python":
            _execute(text.replace("127.0.0.1:4000", f"127.0.0.1:{port}"), names, folder)
        elif language == "graphql" and ask is not None:
            ask(text)
        elif language == "sh":
            for words in filter(None, (shlex.split(line, comments=True) for line in text.splitlines())):
                if words[0] == "cd":
                    folder = (folder / words[1]).resolve()
                elif " ".join(words[:2]) not in ELSEWHERE:
                    assert words[0] == "driftline", words
                    done = replace(command, folder=folder)(*words[1:])
                    assert done.returncode == 0, (words, done.stderr)
                    yield " ".join(words), done.stdout


def _execute(text: str, names: dict[str, object], folder: Path) -> None:
    before = Path.cwd()
    os.chdir(folder)
    try:
        exec(text, names)  # noqa: S102
    finally:
        os.chdir(before)
