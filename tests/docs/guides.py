"""Runs a guide as a reader does: its Python and its commands one after the other, each section from the same folder."""

import os
import re
import shlex
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tests.cli.conftest import CommandLine

GUIDES = Path(__file__).parents[2] / "docs"
PART = re.compile(r"^## [^\n]*$|^```(\w+)\n(.*?)^```", re.DOTALL | re.MULTILINE)
SERVING = ("driftline dev", "driftline serve")  # run until they are ended; tests of their own start them


def run_guide(name: str, command: CommandLine) -> Iterator[tuple[str, str]]:
    """Run the blocks of a guide, and give each command with what it printed.

    Args:
        name: of the guide.
        command: the command line, in the folder where each section begins.
    """
    names: dict[str, object] = {}
    folder = command.folder
    for part in PART.finditer((GUIDES / name).read_text()):
        language, text = part.groups()
        if language is None:
            folder = command.folder
        elif language == "python":
            _execute(text, names, folder)
        elif language == "sh":
            for words in filter(None, (shlex.split(line, comments=True) for line in text.splitlines())):
                if words[0] == "cd":
                    folder = (folder / words[1]).resolve()
                elif " ".join(words[:2]) not in SERVING:
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
