"""Who runs which code: read once for each run."""

import getpass
import subprocess
from dataclasses import dataclass
from pathlib import Path


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
    status = _git(folder, "status", "--porcelain")
    return Environment(
        user_name=_git(folder, "config", "user.name") or _login(),
        user_email=_git(folder, "config", "user.email"),
        source_url=_without_credentials(_git(folder, "config", "remote.origin.url")),
        git_commit=_git(folder, "rev-parse", "--verify", "--quiet", "HEAD"),
        git_dirty=None if status is None else bool(status),
    )


def _git(folder: Path, *words: str) -> str | None:
    try:
        done = subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603, S607
    except FileNotFoundError:  # no git on this machine
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container's user without a name
        return "unknown"


def _without_credentials(url: str | None) -> str | None:
    """Return `url` without the user and password that a clone URL may carry."""
    if url is None or "://" not in url:
        return url
    scheme, rest = url.split("://", 1)
    return f"{scheme}://{rest.rpartition('@')[2]}"
