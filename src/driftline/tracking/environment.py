"""Who runs which code: read once for each run."""

import getpass
import subprocess
from dataclasses import dataclass
from pathlib import Path

from driftline.masking import public_url

COMMIT = "# branch.oid "


@dataclass(frozen=True, kw_only=True)
class Environment:
    """The user and the state of the code; None where git does not know the folder."""

    user_name: str
    user_email: str | None
    source_url: str | None
    git_commit: str | None
    git_dirty: bool | None


def environment(folder: Path) -> Environment:
    """Return who runs and which commit `folder` is at; uncommitted changes make it dirty."""
    config = _config(folder)
    commit, dirty = _state(folder)
    return Environment(
        user_name=config.get("user.name") or _login(),
        user_email=config.get("user.email"),
        source_url=public_url(config["remote.origin.url"]) if "remote.origin.url" in config else None,
        git_commit=commit,
        git_dirty=dirty,
    )


def _config(folder: Path) -> dict[str, str]:
    told = _git(folder, "config", "-z", "--get-regexp", r"^(user\.(name|email)|remote\.origin\.url)$") or ""
    entries = (entry.partition("\n") for entry in told.split("\0") if entry)
    return {key: value.strip() for key, _, value in entries}  # the last one counts, as for git


def _state(folder: Path) -> tuple[str | None, bool | None]:
    """Return the commit, None before the first one, and whether anything is not committed."""
    status = _git(folder, "status", "--porcelain=v2", "--branch", "--no-ahead-behind")
    if status is None:
        return None, None
    lines = status.splitlines()
    [commit] = [line.removeprefix(COMMIT) for line in lines if line.startswith(COMMIT)]
    return None if commit == "(initial)" else commit, any(not line.startswith("# ") for line in lines)


def _git(folder: Path, *words: str) -> str | None:
    try:
        done = subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603, S607
    except FileNotFoundError:  # no git on this machine
        return None
    return done.stdout if done.returncode == 0 else None


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container's user without a name
        return "unknown"
