"""What was started: the command line, and the script, module or notebook behind it."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from driftline.masking import mask_command

_LONGEST = 10_000  # characters of a command line
_SESSION_OF_JUPYTER = "JPY_SESSION_NAME"  # the path of the notebook, from Jupyter Server 2 on
_FILE_OF_VS_CODE = "__vsc_ipynb_file__"  # among the variables of the notebook


@dataclass(frozen=True, kw_only=True)
class EntryPoint:
    """What a process was started with.

    Attributes:
        kind: a script, a module (`python -m`), a notebook, or code that is typed or piped in.
        name: the path of the script or the notebook, or the name of the module; None where it is not known.
        command: the command line with each secret masked, as one word each.
        folder: the working directory.
    """

    kind: Literal["script", "module", "notebook", "interactive"]
    name: str | None
    command: tuple[str, ...]
    folder: str


def entry_point() -> EntryPoint:
    """Return what this process was started with."""
    kind, name = _source()
    return EntryPoint(kind=kind, name=name, command=_short(mask_command(command_line())), folder=_folder())


def command_line() -> list[str]:
    """Return the command line as it was given, `python` and its options included."""
    return [sys.executable or "python", *sys.orig_argv[1:]]


def _source() -> tuple[Literal["script", "module", "notebook", "interactive"], str | None]:
    shell = ipython_shell()
    if shell is not None and type(shell).__name__ != "TerminalInteractiveShell":
        return "notebook", os.environ.get(_SESSION_OF_JUPYTER) or getattr(shell, "user_ns", {}).get(_FILE_OF_VS_CODE)
    main = sys.modules.get("__main__")
    spec, file = getattr(main, "__spec__", None), getattr(main, "__file__", None)
    if spec is not None and shell is None:
        return "module", spec.name.removesuffix(".__main__")
    if shell is None and file and not file.startswith("<"):  # as "<stdin>" does
        return "script", str(Path(file).absolute())
    return "interactive", None


def ipython_shell() -> Any:
    """Return the shell of IPython where the code runs in one, else None."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython is not None and hasattr(ipython, "get_ipython") else None


def _short(words: Sequence[str]) -> tuple[str, ...]:
    """Return the words up to a length; a shell may have put ten thousand file names there."""
    kept, length = list[str](), 0
    for word in words:
        length += len(word)
        if length > _LONGEST:
            return (*kept, f"... and {len(words) - len(kept)} more")
        kept.append(word)
    return tuple(kept)


def _folder() -> str:
    try:
        return str(Path.cwd())
    except FileNotFoundError:  # it was removed
        return ""
