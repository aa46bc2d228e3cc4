"""Asks git, for no longer than a training can wait, and without a lock that another git would meet."""

import os
import subprocess
from pathlib import Path

PATIENCE_S = 10.0  # a work tree on a slow network is not worth more


def git(folder: Path, *words: str) -> str | None:
    """Return what git answers in `folder`; None without git or a repository, or where it does not answer in time."""
    try:
        done = subprocess.run(  # noqa: S603
            ["git", *words],  # noqa: S607
            cwd=folder,
            env=environment_of_git(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=PATIENCE_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):  # no git on this machine, or no such folder
        return None
    return done.stdout if done.returncode == 0 else None


def git_start(folder: Path, *words: str, most_bytes: int) -> tuple[bytes, bool] | None:
    """Return the first bytes of what git answers, and whether there are more; None where it does not answer."""
    try:
        asked = subprocess.Popen(  # noqa: S603
            ["git", *words],  # noqa: S607
            cwd=folder,
            env=environment_of_git(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except OSError:
        return None
    with asked:
        assert asked.stdout is not None  # noqa: S101  (a pipe, as was said above)
        answer = asked.stdout.read(most_bytes + 1)
        is_cut = len(answer) > most_bytes
        if is_cut:
            asked.kill()
    return (answer[:most_bytes], is_cut) if is_cut or asked.returncode == 0 else None


def environment_of_git() -> dict[str, str]:
    """Return the variables that git runs with: it takes no lock to remember what it has seen of the work tree."""
    return {**os.environ, "GIT_OPTIONAL_LOCKS": "0"}
